"""However the demo's story ends, nothing of it stays: no pod, network, process or folder."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from demo.story.headway import engine_name
from demo.story.leftovers import expect_nothing_left
from tests.fixtures.demo_world import wait_for

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "KEEP"},
    "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
    "PYTHONUNBUFFERED": "1",
}


@contextmanager
def playing(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Play the story in a folder until its first pod starts."""
    argv = [sys.executable, "-m", "demo.run", "--folder", str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT, cwd=ROOT) as process:
        try:
            wait_for("the first pod's network", lambda: has_network(folder) or None, timeout_s=90)
            yield process
        finally:
            process.kill()
            process.wait(10)
            end(folder)


def has_network(folder: Path) -> bool:
    """Say whether the engine of the folder's demo has a network."""
    argv = ["podman", "network", "ls", "--format", "{{.Name}}"]
    shown = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True).stdout
    return f"headway-{engine_name(folder)}-" in shown


def end(folder: Path) -> str:
    """End the folder's demo as people do; gives what that says."""
    argv = [sys.executable, "-m", "demo.end", "--folder", str(folder)]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=150, check=False, env=ENVIRONMENT, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_story_and_all_that_it_started(folder: Path, number: int) -> None:
    """In the middle of the first delivery: exit status 130, said in words, and nothing is left."""
    with playing(folder) as process:
        process.send_signal(number)
        said, _ = process.communicate(timeout=150)
        assert process.returncode == 130, said
        assert "interrupted" in said
        assert not folder.exists()
        expect_nothing_left(engine_name(folder))


def test_what_a_killed_story_left_is_ended_by_the_next_command(folder: Path) -> None:
    """Killed without warning, its engine and pods run on; `python -m demo.end` ends them."""
    with playing(folder) as process:
        process.kill()
        process.wait(10)
        assert has_network(folder)
        assert "nothing is left" in end(folder)
        assert not folder.exists()


def test_where_no_demo_was_left_running_nothing_can_be_published(folder: Path) -> None:
    """The command says how to get one."""
    argv = [sys.executable, "-m", "demo.publish", "app1", "2.0.0", "--folder", str(folder)]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=30, check=False, env=ENVIRONMENT, cwd=ROOT
    )
    assert done.returncode == 1
    assert "make demo KEEP=1" in done.stderr
