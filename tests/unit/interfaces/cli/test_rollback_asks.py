"""A rollback that takes an artifact out asks once, if a person sits at a terminal to answer."""

import asyncio
import contextlib
import os
import pty
import sys
from pathlib import Path

import pytest
from tests.fixtures.served import Served, delivered

from headway import __version__


async def at_a_terminal(served: Served, answer: str, *arguments: str) -> tuple[int, str]:
    """Run the program with a terminal at both ends, and type an answer when it asks."""
    ours, theirs = pty.openpty()
    token = served.state / "identities" / "sue.token"
    command = [sys.executable, "-m", "headway", "--state", str(served.state), "--token-file", str(token)]
    program = await asyncio.create_subprocess_exec(
        *command, *arguments, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = ""
    with contextlib.suppress(OSError):  # the terminal's end, once the program has left it
        while data := await asyncio.to_thread(os.read, ours, 65536):
            said += data.decode()
            if "[y/N]" in said and answer:
                os.write(ours, f"{answer}\n".encode())
                answer = ""
    os.close(ours)
    return await program.wait(), said


def has_app1(served: Served) -> bool:
    return served.world.tag_in("staging") is not None


ROLLBACK = ("rollback", "app1", "--from", "staging", "--reason", "odd")


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
async def test_at_a_terminal_it_goes_only_with_a_yes(tmp_path: Path, answer: str, code: int) -> None:
    async with delivered(tmp_path, "sue") as served:
        found, said = await at_a_terminal(served, answer, *ROLLBACK)
        await served.world.settle()
        assert (found, has_app1(served)) == (code, answer == "n"), said
    assert "has no last good version in oc/staging: it would be taken out" in said
    assert ("Nothing was done." in said) == (answer == "n")


async def test_with_yes_nobody_is_asked(tmp_path: Path) -> None:
    async with delivered(tmp_path, "sue") as served:
        code, said = await at_a_terminal(served, "", *ROLLBACK, "--yes")
        await served.world.settle()
        assert (code, has_app1(served)) == (0, False), said
    assert "[y/N]" not in said


async def test_a_script_is_not_asked_and_reads_what_was_done(tmp_path: Path) -> None:
    async with delivered(tmp_path, "sue") as served:
        done = await served.headway(*ROLLBACK, person="sue")
        await served.world.settle()
        assert (done.code, has_app1(served)) == (0, False)
    assert "taken out (no last good version is known here)" in done.out
    assert "nothing of oc/app1 runs there any more; volume claims stay" in done.out
    assert "bring it in again: headway promote oc/app1 --to oc/staging" in done.out


async def test_what_has_a_last_good_version_goes_back_unasked(tmp_path: Path) -> None:
    async with delivered(tmp_path, "sue") as served:
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        await served.world.settle()
        code, said = await at_a_terminal(served, "", *ROLLBACK)
        await served.world.settle()
        assert (code, served.world.tag_in("staging")) == (0, "1.0.0"), said


async def test_the_program_says_its_version(tmp_path: Path) -> None:
    async with delivered(tmp_path, "sue") as served:
        told = await served.headway("--version")
    assert (told.code, told.out) == (0, f"headway {__version__}\n")
