"""Runs one git program to its end, bounded in time and output.

Invariants: when a call returns, raises or is cancelled, the program and all that it started are gone (it
leads a process group of its own, which is killed). It has no terminal to ask on. Safe to run concurrently.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 16


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


class _TooMuch(Exception):
    """The program wrote more than it may."""


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
                _drain(process.stdout, output, output_limit), _drain(process.stderr, errors, output_limit)
            )
            status = await process.wait()
    except (TimeoutError, _TooMuch):
        status = None
    finally:
        await _end(process)
    return Finished(status=status, output=bytes(output), errors=bytes(errors))


async def _drain(stream: asyncio.StreamReader | None, into: bytearray, limit: int) -> None:
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        into += chunk
        if len(into) > limit:
            raise _TooMuch


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())
