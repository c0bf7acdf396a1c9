"""The pipe that a running program writes to, read as far as its bound.

A pipe of ours, not of the event loop's: the loop calls a program ended only when every pipe is closed, and
what a program leaves running on purpose may hold one open for years.
"""

import asyncio
import os
from collections.abc import Callable
from types import TracebackType
from typing import Self

_CHUNK = 1 << 16


class Pipe:
    """One stream of one program. For one event loop; closed at the end of its `with`."""

    def __init__(self, limit: int, when_over: Callable[[], None]) -> None:
        self.kept = bytearray()
        """What was written, as far as the limit."""
        self.is_over = False
        """Whether more was written than that; `when_over` was called then, once."""
        self.closed = asyncio.Event()
        """Nobody holds the writing end any more."""
        self._limit = limit
        self._when_over = when_over
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)

    def __enter__(self) -> Self:
        asyncio.get_running_loop().add_reader(self._reading, self._read)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._reading)
        self.close_writing()
        os.close(self._reading)

    def close_writing(self) -> None:
        """Leave the writing end to the program alone; idempotent."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def read_rest(self) -> None:
        """Take what stands in the pipe now, without waiting."""
        while not self.is_over and self._read():
            pass

    def _read(self) -> bool:
        """Take one piece; False: there is none now, or never again."""
        try:
            chunk = os.read(self._reading, _CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            asyncio.get_running_loop().remove_reader(self._reading)
            self.closed.set()
            return False
        room = self._limit - len(self.kept)
        self.kept += chunk[:room]
        if len(chunk) > room and not self.is_over:
            self.is_over = True
            self._when_over()
        return True
