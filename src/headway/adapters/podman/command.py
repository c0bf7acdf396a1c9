"""Runs other programs: argv lists only, with a time limit and an output limit, in a process group of its own.

The one place of this adapter that starts processes. When time is up or the caller is cancelled the whole
group is killed. Safe to use concurrently.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile

from headway.domain.errors import Transient

OUTPUT_CAP = 32 * 1024 * 1024
"""Bytes of output that are kept; a listing of a thousand containers is 2 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a program that ended left behind."""

    status: int
    """Its exit status; negative: the signal that ended it."""
    output: bytes
    complaint: str
    """Its standard error, trimmed to the last 2000 characters."""


async def run(
    argv: Sequence[str],
    *,
    within: timedelta,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    folder: Path | None = None,
) -> Done:
    """Run a program to its end.

    It reads and writes files, no pipes: what it leaves behind (conmon, a daemon) would keep a pipe open.

    Args:
        argv: the program and its arguments; no shell is involved.
        within: how long it may take.
        environment: what is added to this process's own.
        stdin: what it reads.
        folder: where it runs; None: here.

    Raises:
        Transient: `command-missing` when it cannot be started, `command-timeout` when time is up (it and
            its children are then killed), `command-output` when it wrote too much.
    """
    with TemporaryFile() as given, TemporaryFile() as output, TemporaryFile() as complaint:
        given.write(stdin)
        given.seek(0)
        process = await _start(argv, environment, folder, given.fileno(), output.fileno(), complaint.fileno())
        try:
            async with asyncio.timeout(within.total_seconds()):
                status = await process.wait()
        except TimeoutError as late:
            raise Transient(
                "command-timeout",
                f"{_shown(argv)} was called off",
                why=f"it took longer than {within.total_seconds():g} s",
                next_step="it is tried again; look at what holds it up",
            ) from late
        finally:
            await kill(process)
        if output.seek(0, os.SEEK_END) > OUTPUT_CAP:
            raise Transient(
                "command-output",
                f"{_shown(argv)} wrote too much",
                why=f"more than {OUTPUT_CAP} bytes",
                next_step="look at what it lists",
            )
        output.seek(0)
        complaint.seek(max(0, complaint.seek(0, os.SEEK_END) - 2000))
        return Done(
            status=status,
            output=output.read(),
            complaint=complaint.read().decode(errors="replace").strip(),
        )


@contextlib.asynccontextmanager
async def lines(
    argv: Sequence[str], *, environment: Mapping[str, str]
) -> AsyncIterator[asyncio.StreamReader]:
    """Give a running program's output as it comes; the program is killed at the end.

    Raises:
        Transient: `command-missing`.
    """
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await _start(argv, environment, None, nothing, pipe, nothing)
    assert process.stdout is not None  # noqa: S101 - asked for above
    try:
        yield process.stdout
    finally:
        await kill(process)
        while await process.stdout.read(65536):  # to its end, so that the pipe is closed
            pass


async def kill(process: asyncio.subprocess.Process) -> None:
    """Kill a process and its group, if it still runs, and reap it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    # The transport closes its pipes only when the loop comes round again.
    await asyncio.sleep(0)


async def _start(
    argv: Sequence[str],
    environment: Mapping[str, str] | None,
    folder: Path | None,
    *streams: int,
) -> asyncio.subprocess.Process:
    stdin, stdout, stderr = streams
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            start_new_session=True,
        )
    except OSError as missing:
        raise Transient(
            "command-missing",
            f"{argv[0]} could not be started",
            why=missing.strerror or str(missing),
            next_step="install it, or look at the machine",
        ) from missing


def _shown(argv: Sequence[str]) -> str:
    return " ".join(argv[:3])
