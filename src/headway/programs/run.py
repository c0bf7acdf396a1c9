"""Runs one program to its end, bounded in time, memory and output.

Invariants: when a call returns, raises or is cancelled, the program and its process group are gone; what a
program moved out of its group on purpose (a daemon, a container's monitor) lives on, and is not waited for
although it holds the pipes. There is no shell and no terminal. Safe to run concurrently.
"""

import asyncio
import contextlib
import resource
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from headway.programs.bounds import Bounds, CutOff
from headway.programs.pipe import Pipe
from headway.programs.process import Streams, kill_group, start

_GRACE_S = 5.0
"""How long the kernel is given to end what was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended."""

    status: int | None
    """Its exit status, or minus the signal that others ended it by; None: we cut it off."""
    output: bytes
    errors: bytes
    cut_off: CutOff | None
    """The bound that it outgrew; None: it ended by itself."""

    @property
    def is_done(self) -> bool:
        """Whether it did what it was asked."""
        return self.status == 0


async def run_bounded(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    bounds: Bounds,
    folder: Path | None = None,
    stdin: bytes = b"",
    becomes_daemon: bool = False,
) -> Finished:
    """Run a program and give what it wrote until it ended.

    Args:
        arguments: the program and its arguments.
        environment: all of its environment, the PATH that it is looked for on too.
        bounds: how much it may take.
        folder: where it runs; None: where we do.
        stdin: what it can read.
        becomes_daemon: what it leaves in its group when it ends by itself is leaving that group, and lives.

    Raises:
        Transient: `command-missing`: it could not be started.
    """
    run = _Run()
    with (
        _readable(stdin) as given,
        Pipe(bounds.output, run.cut_off_for(CutOff.OUTPUT)) as output,
        Pipe(bounds.output, run.cut_off_for(CutOff.OUTPUT)) as errors,
    ):
        pipes = (output, errors)
        streams = Streams(stdin=given, stdout=output.writing, stderr=errors.writing)
        run.process = await start(arguments, environment=environment, folder=folder, streams=streams)
        try:
            for pipe in pipes:
                pipe.close_writing()
            _limit_memory(run.process, bounds.memory)
            async with asyncio.timeout(bounds.time.total_seconds()):
                await run.process.wait()
        except TimeoutError:
            run.cut_off_for(CutOff.TIME)()
        finally:
            await _end(run.process, pipes, spares_group=becomes_daemon and run.has_ended)
        # Only now is all read, so only now is it known whether it was too much.
        status = None if run.cut_off else run.process.returncode
        return Finished(
            status=status, output=bytes(output.kept), errors=bytes(errors.kept), cut_off=run.cut_off
        )


class _Run:
    """One run, and why it was cut off, if so."""

    def __init__(self) -> None:
        self.process: Process | None = None
        self.cut_off: CutOff | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        return self.process is not None and self.process.returncode is not None and self.cut_off is None

    def cut_off_for(self, bound: CutOff) -> Callable[[], None]:
        """Give what kills it; the first bound is the one that counts."""

        def end() -> None:
            self.cut_off = self.cut_off or bound
            if self.process is not None and self.process.returncode is None:
                kill_group(self.process)

        return end


@contextlib.contextmanager
def _readable(stdin: bytes) -> Iterator[int]:
    """Give a file descriptor to read from: a file, so that who does not read holds nobody up."""
    if not stdin:
        yield DEVNULL
        return
    with TemporaryFile() as file:
        file.write(stdin)
        file.seek(0)
        yield file.fileno()


def _limit_memory(process: Process, memory: int | None) -> None:
    if memory is not None and sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (memory, memory))
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))


async def _end(process: Process, pipes: Sequence[Pipe], *, spares_group: bool) -> None:
    was_left = not spares_group and kill_group(process)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GRACE_S):
            await process.wait()
            if was_left:
                # What was killed dies a moment later, and lets go of the pipes when it does.
                await asyncio.gather(*(pipe.closed.wait() for pipe in pipes))
    for pipe in pipes:
        pipe.read_rest()
