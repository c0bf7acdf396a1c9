"""A program is run within its bounds, gets exactly what it is given, and leaves nothing behind."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures.programs import marked, open_files, until_running

from headway.domain.errors import Transient
from headway.programs import Bounds, CutOff, Finished, run_bounded

PATH = {"PATH": "/usr/bin:/bin"}
FAMILY = "sleep 600 & (sleep 600 & wait) & wait"
"""A shell, its child, its other child and that one's child."""
FAMILY_SIZE = 4


@pytest.fixture
def mark() -> str:
    """Mark the programs of one test."""
    return uuid.uuid4().hex


async def run(
    *arguments: str,
    environment: Mapping[str, str] = PATH,
    bounds: Bounds | None = None,
    stdin: bytes = b"",
    folder: Path | None = None,
) -> Finished:
    bounds = bounds or Bounds(time=timedelta(seconds=30))
    return await run_bounded(arguments, environment=environment, bounds=bounds, stdin=stdin, folder=folder)


async def test_what_a_program_wrote_and_how_it_ended_is_given() -> None:
    """Both streams apart, and its status."""
    finished = await run("sh", "-c", "printf out; printf err >&2; exit 3")
    assert (finished.output, finished.errors, finished.status) == (b"out", b"err", 3)
    assert finished.cut_off is None
    assert not finished.is_done


async def test_a_program_that_others_kill_was_not_cut_off() -> None:
    """A signal from elsewhere is a status, not a bound."""
    finished = await run("sh", "-c", "kill -TERM $$")
    assert (finished.status, finished.cut_off) == (-signal.SIGTERM, None)


async def test_a_program_reads_what_it_is_given_and_nothing_else() -> None:
    """Without input there is none: no terminal, nothing of ours."""
    assert (await run("cat", stdin=b"x" * 200_000)).output == b"x" * 200_000
    assert (await run("cat")).output == b""


async def test_who_does_not_read_its_input_holds_nobody_up() -> None:
    """More than a pipe holds, for a program that reads none of it."""
    assert (await run("true", stdin=b"x" * 10_000_000)).is_done


async def test_a_program_has_only_the_environment_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of ours reaches it unless it is named."""
    monkeypatch.setenv("HEADWAY_SECRET", "s3cret")
    finished = await run("env", environment={**PATH, "ONE": "1"})
    assert set(finished.output.decode().split()) == {"PATH=/usr/bin:/bin", "ONE=1"}


async def test_a_program_is_looked_for_on_its_own_path(tmp_path: Path) -> None:
    """Not on ours, which may hold others of that name."""
    program = tmp_path / "own"
    program.write_text("#!/bin/sh\necho own\n")
    program.chmod(0o755)
    assert (await run("own", environment={"PATH": str(tmp_path)})).output == b"own\n"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("no-such-program", "there is no such program on its PATH"),
        ("/nowhere/program", "No such file or directory"),
        ("/etc/passwd", "Permission denied"),
    ],
)
async def test_what_cannot_be_started_is_named_and_none_of_its_arguments(program: str, words: str) -> None:
    """An argument may be a secret; a path may be anybody's."""
    with pytest.raises(Transient) as missing:
        await run(program, "--token=s3cret", environment={"PATH": "/usr/bin", "TOKEN": "s3cret"})
    assert missing.value.code == "command-missing"
    assert missing.value.what == f"{Path(program).name} could not be started"
    assert missing.value.why == words
    assert "s3cret" not in str(missing.value)


async def test_a_folder_that_is_gone_is_not_called_a_missing_program(tmp_path: Path) -> None:
    """The kernel has one error for both."""
    with pytest.raises(Transient) as missing:
        await run_bounded(
            ["true"], environment=PATH, bounds=Bounds(time=timedelta(seconds=9)), folder=tmp_path / "gone"
        )
    assert missing.value.why == "the folder that it runs in is gone"


async def test_when_time_is_up_a_program_and_its_grandchildren_are_gone(mark: str) -> None:
    """What it wrote until then is given."""
    finished = await run(
        *("sh", "-c", f"echo begun; {FAMILY}"),
        environment={**PATH, "MARK": mark},
        bounds=Bounds(time=timedelta(seconds=1)),
    )
    assert (finished.status, finished.cut_off, finished.output) == (None, CutOff.TIME, b"begun\n")
    await until_running(mark, 0)


@pytest.mark.parametrize("to", ["", ">&2"])
async def test_who_writes_too_much_is_killed_and_no_more_is_kept(mark: str, to: str) -> None:
    """Each stream has the bound; what came until there is kept."""
    finished = await run(
        *("sh", "-c", f"yes {to} & wait"),
        environment={**PATH, "MARK": mark},
        bounds=Bounds(time=timedelta(seconds=60), output=100_000),
    )
    assert (finished.status, finished.cut_off) == (None, CutOff.OUTPUT)
    assert max(len(finished.output), len(finished.errors)) == 100_000
    await until_running(mark, 0)


@pytest.mark.parametrize(("size", "cut_off"), [(5000, None), (5001, CutOff.OUTPUT)])
async def test_the_last_byte_allowed_is_allowed(size: int, cut_off: CutOff | None) -> None:
    """Also where the program has ended before we read what it wrote."""
    bounds = Bounds(time=timedelta(seconds=30), output=5000)
    finished = await run("sh", "-c", f"head -c {size} /dev/zero", bounds=bounds)
    assert (finished.cut_off, len(finished.output)) == (cut_off, 5000)


@pytest.mark.parametrize(("memory", "is_done"), [(1 << 30, True), (200 << 20, False), (None, True)])
async def test_a_program_gets_no_more_memory_than_its_bound(memory: int | None, is_done: bool) -> None:
    """It is told that there is none; here it ends by that."""
    taking = "import time; time.sleep(0.2); taken = bytearray(300 << 20)"
    bounds = Bounds(time=timedelta(seconds=30), memory=memory)
    finished = await run(sys.executable, "-c", taking, bounds=bounds)
    assert finished.is_done == is_done
    assert (b"MemoryError" in finished.errors) != is_done


async def test_children_that_a_program_forgot_are_gone_when_it_is(mark: str) -> None:
    """They are of its group, and hold its pipes open."""
    finished = await run("sh", "-c", "sleep 600 & echo over", environment={**PATH, "MARK": mark})
    assert (finished.status, finished.output) == (0, b"over\n")
    await until_running(mark, 0)


async def test_who_becomes_a_daemon_is_spared_but_for_its_bounds(mark: str) -> None:
    """Its parent may end before it left the group; a parent that does not end is killed with it."""
    environment, bounds = {**PATH, "MARK": mark}, Bounds(time=timedelta(seconds=1))
    for script, left in (("sleep 600 & echo over", 1), ("sleep 600 & wait", 0)):
        finished = await run_bounded(
            ["sh", "-c", script], environment=environment, bounds=bounds, becomes_daemon=True
        )
        assert (finished.cut_off is None) == bool(left)
        for pid in await until_running(mark, left):
            os.kill(pid, signal.SIGKILL)
            await until_running(mark, 0)


async def test_what_left_the_group_lives_on_and_is_not_waited_for(mark: str, tmp_path: Path) -> None:
    """A container's monitor, a daemon: they hold the pipes open for as long as they run."""
    leaving = "mkfifo left; setsid -f sh -c 'echo > left; exec sleep 600'; read _ < left; echo over"
    finished = await run("sh", "-c", leaving, environment={**PATH, "MARK": mark}, folder=tmp_path)
    assert finished.output == b"over\n"
    for pid in await until_running(mark, 1):
        os.kill(pid, signal.SIGKILL)


async def test_a_cancelled_run_leaves_nothing_however_far_it_was(mark: str) -> None:
    """Cancelled after each of the loop's first turns, also while it is being started."""
    for turns in range(25):
        running = asyncio.create_task(run("sh", "-c", FAMILY, environment={**PATH, "MARK": mark}))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    await until_running(mark, 0)


async def test_a_cancelled_run_takes_its_grandchildren_along(mark: str) -> None:
    """All of the family runs when it is cancelled."""
    running = asyncio.create_task(run("sh", "-c", FAMILY, environment={**PATH, "MARK": mark}))
    await until_running(mark, FAMILY_SIZE)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await until_running(mark, 0)


async def test_many_at_once_leave_no_file_open(mark: str) -> None:
    """Each gets its own output; those that fail, too."""
    await run("true")
    before = open_files()
    many = [run("sh", "-c", f"echo {n}; exit {n % 3}") for n in range(40)]
    finished = await asyncio.gather(*many, run("no-such-program"), return_exceptions=True)
    assert [one.output for one in finished if isinstance(one, Finished)] == [b"%d\n" % n for n in range(40)]
    assert isinstance(finished[-1], Transient)
    assert open_files() == before
    assert marked(mark) == set()
