"""Runs one program to its end, bounded in time, memory and output.

Invariants: when a call returns, raises or is cancelled, the program and all that it started are gone (it
leads a process group of its own, which is killed). Safe to run concurrently.
"""

import asyncio
import contextlib
import os
import resource
import signal
import sys
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
    has_overflowed: bool
    """Whether it was killed for its output."""


class _TooMuch(Exception):
    """The program wrote more than it may."""


async def run_bounded(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    output_limit: int,
    memory_limit: int,
) -> Finished:
    """Run a program and give what it wrote.

    Args:
        arguments: the program and its arguments; never a shell.
        folder: where it runs.
        environment: all of its environment.
        timeout_s: seconds until it is killed.
        output_limit: bytes of each stream after which it is killed.
        memory_limit: bytes of data that it may hold (where the system can hold it to that).

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
    has_overflowed = False
    try:
        _limit(process.pid, memory_limit)
        async with asyncio.timeout(timeout_s):
            await asyncio.gather(
                _drain(process.stdout, output, output_limit), _drain(process.stderr, errors, output_limit)
            )
            status = await process.wait()
    except TimeoutError:
        status = None
    except _TooMuch:
        has_overflowed = True
    finally:
        await _end(process)
    return Finished(status=status, output=bytes(output), errors=bytes(errors), has_overflowed=has_overflowed)


def _limit(pid: int, memory_limit: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (memory_limit, memory_limit))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


async def _drain(stream: asyncio.StreamReader | None, into: bytearray, limit: int) -> None:
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        into += chunk
        if len(into) > limit:
            raise _TooMuch


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())
