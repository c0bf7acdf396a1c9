"""Gives what a running program writes as it comes, until nobody wants it any more."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from headway.programs.process import Streams, kill_group, start


@contextlib.asynccontextmanager
async def open_lines(
    arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path | None = None
) -> AsyncIterator[asyncio.StreamReader]:
    """Give a running program's output; at the end it and its process group are killed.

    Its time is the caller's. No more than a line's length (64 KiB, then `ValueError`) is ever held: what is
    not read makes the program wait. Its errors are thrown away.

    Raises:
        Transient: `command-missing`.
    """
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        try:
            streams = Streams(stdout=writing)
            process = await start(arguments, environment=environment, folder=folder, streams=streams)
        finally:
            os.close(writing)
        try:
            reader = asyncio.StreamReader()
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), pipe
            )
            try:
                yield reader
            finally:
                transport.close()
        finally:
            kill_group(process)
            await process.wait()
