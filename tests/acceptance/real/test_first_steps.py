"""A stranger types the page "First steps" word for word on a machine where nothing of ours is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fixtures.image_store import SETTING

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/how-to/first-steps.md"
FRESH_MACHINE = ROOT / "tests/fixtures/fresh_machine.sh"
WITHIN_S = 540
"""Many times what two busy cores need."""
BLOCK = re.compile(r"(?:^ {4}.*\n|^\n(?= {4}))+", re.MULTILINE)


def blocks(heading: str) -> list[str]:
    """Give the blocks of one section that can be copied, without their indent."""
    section = PAGE.read_text().split(f"\n## {heading}")[1].split("\n## ")[0]
    return [re.sub("^ {4}", "", block.strip("\n"), flags=re.MULTILINE) for block in BLOCK.findall(section)]


def in_another_terminal(name: str, block: str) -> str:
    return f"( {block}\n) > {name}.log 2>&1 & {name}=$!"


def until(condition: str) -> str:
    return f"until {condition}; do sleep 0.1; done"


def walk() -> str:
    """Put the page's blocks in the order in which a person types them, each in the terminal that it says."""
    (begin, open_production, publish_estate) = blocks("1.")
    (serve, _apart) = blocks("2.")
    (registry,) = blocks("3.")
    (nats, application) = blocks("4.")
    (look, curl) = blocks("5.")
    (watch, *rest) = look.splitlines()
    (people,) = blocks("6.")
    (approve, production) = blocks("7.")
    (identity, *approvals) = approve.splitlines()
    steps = [
        begin,
        open_production,
        publish_estate,
        in_another_terminal("serve", f"exec {serve}"),
        until("grep -q 127.0.0.1:8642 serve.log"),
        in_another_terminal(
            "registry", registry.replace("docker-registry serve", "exec docker-registry serve")
        ),
        until("curl --silent --fail http://127.0.0.1:5000/v2/"),
        nats,
        application,
        in_another_terminal("watch", f"exec {watch}"),
        "headway wait app1 --in staging --version 1.0.0 --timeout 4m",
        *rest,
        "grep -q staging watch.log; kill $watch",
        curl,
        people,
        identity,
        # Until the soak is over it says when to come back.
        *(until(f"{approve} 2>> soak.log") for approve in approvals),
        production,
        "kill -INT $serve; wait $serve || true",
        "headway agent --tear-down",
        'test -z "$(podman ps --all --quiet)"',
        "echo THE END",
    ]
    return "set -x\n" + "\n".join(steps) + "\n"


@pytest.mark.timeout(WITHIN_S + 60)
def test_first_steps_can_be_typed_word_for_word(tmp_path: Path) -> None:
    script = tmp_path / "walk.sh"
    script.write_text(walk())
    spaces = [
        "timeout",
        str(WITHIN_S),
        "unshare",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
    ]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin:/sbin"
    done = subprocess.run(
        [*spaces, "bash", str(FRESH_MACHINE), str(tmp_path), str(script)],
        env={name: value for name, value in os.environ.items() if name != SETTING} | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    logs = "\n".join(f"== {log.name}\n{log.read_text()}" for log in sorted(tmp_path.rglob("*.log")))
    said = done.stdout[-8000:] + logs[-8000:]
    assert done.returncode == 0, said
    assert done.stdout.rstrip().endswith("THE END"), said
    assert "\nhello\n" in done.stdout, "the entrance answers"
    assert "The approval counts until" in done.stdout, "ben approves"
    assert done.stdout.count("\nhello\n") == 2, "the entrance answers in production too"
