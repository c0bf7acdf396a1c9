"""`headway status --watch` on a real terminal: live, in the window's size, and gone without a trace."""

import asyncio
import codecs
import fcntl
import os
import pty
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from tests.fixtures.served import Served, delivered

WITHIN_S = 60.0
OTHER_SCREEN, FIRST_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


class Window:
    """A program's terminal: what it drew so far, and the window's size."""

    def __init__(self, master: int, process: asyncio.subprocess.Process) -> None:
        self.drawn = ""
        self.process = process
        self._master = master
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._changed = asyncio.Event()

    def take(self) -> None:
        """Take what was drawn since."""
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # nobody draws any more
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
        self.drawn += self._decoder.decode(data)
        self._changed.set()

    async def until(self, words: str) -> None:
        """Wait for words that were not drawn before; what came before them is forgotten."""
        async with asyncio.timeout(WITHIN_S):
            while words not in self.drawn:
                self._changed.clear()
                await self._changed.wait()
        self.drawn = self.drawn.partition(words)[2]

    def resize(self, width: int, height: int) -> None:
        """Give the window another size; the terminal tells the program."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


@asynccontextmanager
async def watched(served: Served, *arguments: str) -> AsyncIterator[Window]:
    """Run the command on a terminal of its own."""
    master, slave = pty.openpty()
    argv = [sys.executable, "-m", "headway", "--state", str(served.state), "status", "--watch", *arguments]
    # Those would be believed rather than the window.
    inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    environment = {
        **inherited,
        "HEADWAY_SERVER": served.url,
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    try:
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
    finally:
        os.close(slave)
    window = Window(master, process)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, window.take)
    try:
        yield window
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        loop.remove_reader(master)
        os.close(master)


async def test_it_is_live_follows_the_window_and_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served, watched(served) as window:
        await window.until(OTHER_SCREEN)
        await window.until("● 8 calm")
        await window.until("1.0.0+")
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=30))
        await window.until("1.1.0+")
        window.resize(90, 5)
        await window.until("make the window higher")
        window.process.send_signal(signal.SIGINT)
        await window.until(FIRST_SCREEN)
        assert await asyncio.wait_for(window.process.wait(), WITHIN_S) == 130
        assert "Traceback" not in window.drawn
