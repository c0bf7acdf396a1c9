"""Starts a program as the leader of a process group of its own, and kills that group.

Invariant: whoever is cancelled while it starts one leaves none behind.
"""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from headway.domain.errors import Transient


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """File descriptors, or `DEVNULL`."""

    stdin: int = DEVNULL
    stdout: int = DEVNULL
    stderr: int = DEVNULL


async def start(
    arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path | None, streams: Streams
) -> Process:
    """Start a program.

    Raises:
        Transient: `command-missing`; its words name the program and no argument.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *arguments,
            cwd=folder,
            env=dict(environment),
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except OSError as error:
        raise _missing(arguments[0], folder, error) from error
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            process = await starting
            kill_group(process)
            await process.wait()
        raise


def kill_group(process: Process) -> bool:
    """Kill all that is left of a program's group; False: nothing was.

    What left the group on its own (a daemon, the monitor of a container) lives on.
    """
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _missing(program: str, folder: Path | None, error: OSError) -> Transient:
    why = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError):
        if folder is not None and not folder.is_dir():
            why = "the folder that it runs in is gone"
        elif "/" not in program:
            why = "there is no such program on its PATH"
    return Transient(
        "command-missing",
        f"{Path(program).name} could not be started",
        why=why,
        next_step="install it, or look at the machine",
    )
