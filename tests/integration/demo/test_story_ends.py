"""However the demo's story ends, nothing of it stays: no pod, network, process or folder.

Kept, all of it stays, until the end that it names.
"""

import re
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from demo.engines.podman import Podman, engine_name
from tests.fixtures.demo_story import ENVIRONMENT, ROOT, end_story, playing


def playing_until_its_first_pod(folder: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    """Play the story in a folder until its first pod starts."""
    return playing(folder, "podman", "the first pod's network", lambda: has_network(folder))


def has_network(folder: Path) -> bool:
    """Say whether the engine of the folder's demo has a network."""
    argv = ["podman", "network", "ls", "--format", "{{.Name}}"]
    shown = subprocess.run(argv, capture_output=True, text=True, timeout=90, check=True).stdout
    return f"headway-{engine_name(folder)}-" in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_story_and_all_that_it_started(folder: Path, number: int) -> None:
    """In the middle of the first delivery: exit status 130, said in words, and nothing is left."""
    with playing_until_its_first_pod(folder) as process:
        process.send_signal(number)
        said, _ = process.communicate(timeout=150)
        assert process.returncode == 130, said
        assert "interrupted" in said
        assert not folder.exists()
        Podman(folder).expect_nothing_left()


def test_what_a_killed_story_left_is_ended_by_the_next_command(folder: Path) -> None:
    """Killed without warning, its engine and pods run on; `python -m demo.end` ends them."""
    with playing_until_its_first_pod(folder) as process:
        process.kill()
        process.wait(10)
        assert has_network(folder)
        assert "nothing is left" in end_story(folder)
        assert not folder.exists()


def test_where_no_demo_was_left_running_nothing_can_be_published(folder: Path) -> None:
    """The command says how to get one."""
    argv = [sys.executable, "-m", "demo.publish", "app1", "2.0.0", "--folder", str(folder)]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=90, check=False, env=ENVIRONMENT, cwd=ROOT
    )
    assert done.returncode == 1
    assert "make demo KEEP=1" in done.stderr


@pytest.mark.timeout(400)
def test_a_kept_story_runs_on_delivers_what_is_published_and_ends_as_it_says(folder: Path) -> None:
    """By the commands that it names, word for word, and where it says that people reach app1."""
    argv = [sys.executable, "-m", "demo.run", "--scenes", "1", "--folder", str(folder)]
    try:
        said = told(argv, KEEP="1")
        exports = re.findall(r"^  (export .+)$", said, re.MULTILINE)
        (publish,) = re.findall(r"^  (python -m demo.publish app1 2.0.0.*)$", said, re.MULTILINE)
        (url,) = re.findall(r"^  production-us-west-2 +(http://\S+)$", said, re.MULTILINE)
        (board,) = re.findall(r"^  (http://\S+/)$", said, re.MULTILINE)
        assert "Sign in" in httpx.get(board, headers={"Accept": "text/html"}, trust_env=False).text
        (end,) = re.findall(r"^  (python -m demo.end.*)$", said, re.MULTILINE)
        assert version_at(url) == "1.0.0"
        assert has_network(folder)

        wait = "headway wait app1 --in production-us-west-2 --version 2.0.0 --timeout 2m"
        typed("\n".join(["set -e", *exports, publish, wait]))
        assert version_at(url) == "2.0.0"

        assert "nothing is left" in typed("\n".join([*exports, end]))
        assert not folder.exists()
        Podman(folder).expect_nothing_left()
    finally:
        end_story(folder)


def version_at(url: str) -> str:
    """Ask app1 which version it is."""
    return str(httpx.get(url, trust_env=False, timeout=10).json()["version"])


def typed(script: str) -> str:
    """Type lines into a shell, as people do, and give what is said."""
    return told(["bash", "-c", script])


def told(argv: list[str], **variables: str) -> str:
    """Run a command to its good end and give what it says."""
    done = subprocess.run(
        argv,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=150,
        check=False,
        env={**ENVIRONMENT, **variables},
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
