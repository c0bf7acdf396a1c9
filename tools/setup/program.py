"""Runs the programs that set-up needs: bounded in time, their words kept for when they fail."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.setup.failure import SetupError

LAST_LINES = 15
"""How much of a failed program's output is shown: enough for a resolver's or a compiler's own reason."""


def find_program(name: str) -> str | None:
    """Find a program on the PATH or where only root's PATH looks; None: it is not installed."""
    return shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")


def need_program(name: str) -> str:
    """Find a program.

    Raises:
        SetupError: it is not installed.
    """
    found = find_program(name)
    if found is None:
        raise SetupError(
            f"the program {name} is missing",
            why="it is neither on the PATH nor where only root's PATH looks",
            next_step="run the make target that you came from again: it installs what it needs",
        )
    return found


def run_program(
    argv: Sequence[str | Path],
    *,
    timeout_s: int,
    next_step: str,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program to its end and give what it printed.

    Args:
        argv: the program and its arguments; never a shell's line.
        timeout_s: how long it may take.
        next_step: what a person can do when it fails.
        environment: variables to add to our own.

    Raises:
        SetupError: it could not be started, took too long, or ended with another status than 0.
    """
    words = [str(word) for word in argv]
    what = f"`{' '.join(words[:6])}{' …' if len(words) > 6 else ''}` failed"
    try:
        ended = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
            env={**os.environ, **(environment or {})},
        )
    except OSError as error:
        raise SetupError(what, why=f"it could not be started: {error}", next_step=next_step) from error
    except subprocess.TimeoutExpired as error:
        raise SetupError(what, why=f"it took longer than {timeout_s} s", next_step=next_step) from error
    if ended.returncode != 0:
        tail = "\n    ".join(ended.stdout.strip().splitlines()[-LAST_LINES:]) or "it said nothing"
        raise SetupError(what, why=f"exit status {ended.returncode}:\n    {tail}", next_step=next_step)
    return ended.stdout
