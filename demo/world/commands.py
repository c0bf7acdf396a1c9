"""Runs the programs that teams and the platform use: bounded, quiet, away from the user's own settings."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from headway.domain.errors import Broken

# Names the world that a process belongs to, so that the next start finds what a killed one left behind.
MARK = "HEADWAY_DEMO_WORLD"

_LAST_LINES = 15


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment without any setting of the user's Git, and with `extra`."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MAKE", "MFLAGS"))
    }
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **extra,
    }


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    extra: Mapping[str, str] | None = None,
    timeout_s: float = 60,
) -> str:
    """Run a program to its end and give its standard output, without the last line end.

    Raises:
        Broken: `demo-command-failed`: it is not installed, ended with another status than 0, or took longer.
    """
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            env=environment(extra or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=True,
        )
    except FileNotFoundError as error:
        raise _failed(argv, f"{error.filename} is not there") from error
    except subprocess.TimeoutExpired as error:
        raise _failed(argv, f"it was not done after {timeout_s:g} s") from error
    except subprocess.CalledProcessError as error:
        said = [line for line in f"{error.stdout}\n{error.stderr}".splitlines() if line.strip()]
        raise _failed(argv, "\n".join(["it ended badly", *said[-_LAST_LINES:]])) from error
    return done.stdout.rstrip("\n")


def _failed(argv: Sequence[str], why: str) -> Broken:
    return Broken(
        "demo-command-failed",
        f"{' '.join(argv[:4])} failed",
        why=why,
        next_step="look at its words above; the demo's set-up (python -m demo.prepare) says what is missing",
    )
