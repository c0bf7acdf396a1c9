"""Runs one git program to its end, bounded in time and output.

Invariants: when a call returns, raises or is cancelled, the program and all that it started are gone (it
leads a process group of its own, which is killed). It has no terminal to ask on. Safe to run concurrently.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 16
_GRACE_S = 5.0
"""How long the end of what was killed is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended."""

    status: int | None
    """Its exit status; None: it was killed, for its time or its output."""
    output: bytes
    errors: bytes

    @property
    def is_done(self) -> bool:
        """Whether it did what it was asked."""
        return self.status == 0


async def run_bounded(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    output_limit: int = 64 << 20,
) -> Finished:
    """Run a program and give what it wrote.

    Args:
        arguments: the program and its arguments; never a shell.
        folder: where it runs.
        environment: all of its environment.
        timeout_s: seconds until it is killed.
        output_limit: bytes of each stream after which it is killed.

    Raises:
        OSError: the program could not be started.
    """
    process = await asyncio.create_subprocess_exec(
        *arguments,
        cwd=folder,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    output, errors = bytearray(), bytearray()
    status: int | None = None
    try:
        async with asyncio.timeout(timeout_s):
            await asyncio.gather(
                _drain(process, 1, output, output_limit), _drain(process, 2, errors, output_limit)
            )
            status = await process.wait()
    except TimeoutError:
        status = None
    finally:
        await _end(process)
    if max(len(output), len(errors)) > output_limit:
        status = None
    return Finished(status=status, output=bytes(output), errors=bytes(errors))


async def _drain(process: asyncio.subprocess.Process, number: int, into: bytearray, limit: int) -> None:
    stream = process.stdout if number == 1 else process.stderr
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        if len(into) <= limit:
            into += chunk
        if len(into) > limit:
            # What is in the pipe already is read to its end, or the program's end would not be seen.
            _kill(process)


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    _kill(process)
    nothing = bytearray()
    # What left the group and holds the pipes open is not waited for longer.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GRACE_S):
            await asyncio.gather(*(_drain(process, number, nothing, sys.maxsize) for number in (1, 2)))
            await process.wait()
