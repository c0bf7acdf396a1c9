"""Processes that belong to a world, and their end, whoever started them and however that one ended.

Each carries the world's folder in its environment, and so do its children. `end_marked` therefore also finds
what was started in the moment before a kill, and never touches a process of anybody else.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from demo.world.commands import MARK, environment

_PATIENCE_S = 10.0
_LOOK_S = 0.02


class Process:
    """One program that runs beside the story; its output goes to a log file."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        world: Path,
        log: Path,
        extra: Mapping[str, str] | None = None,
        is_held: bool = False,
        folder: Path | None = None,
    ) -> None:
        """Start it, in a folder of its own choice if it is given one.

        `is_held`: its standard input ends with this process, however that ends.
        """
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                list(argv),
                cwd=folder,
                env=environment({**(extra or {}), MARK: str(world)}),
                stdin=subprocess.PIPE if is_held else subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C reaches the story alone, which then ends this in order.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    def is_running(self) -> bool:
        """Say whether it has not ended."""
        return self._popen.poll() is None

    def let_go(self, last_word: str) -> None:
        """Write a line to one that is held, which may then outlive this process; harmless when it ended."""
        if self._popen.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._popen.stdin.write(f"{last_word}\n".encode())
                self._popen.stdin.close()

    def end(self) -> None:
        """Ask it to end, and end it after 10 s; harmless when it has ended."""
        if self._popen.poll() is None:
            self._popen.terminate()
            try:
                self._popen.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._popen.kill()
        self._popen.wait(_PATIENCE_S)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._popen.kill()
        self._popen.wait(_PATIENCE_S)


def end_marked(world: Path) -> None:
    """End every process that belongs to a world: asked first, killed after 10 s. Idempotent."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _marked(world):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        until = time.monotonic() + _PATIENCE_S
        while _marked(world) and time.monotonic() < until:
            time.sleep(_LOOK_S)


def _marked(world: Path) -> list[int]:
    """Give them all, but for containers' monitors: those end with their containers, by podman's hand."""
    wanted = f"{MARK}={world}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            # It ended meanwhile, or is somebody else's: not ours either way.
            with contextlib.suppress(OSError):
                is_ours = wanted in (folder / "environ").read_bytes().split(b"\0")
                if is_ours and (folder / "comm").read_text().strip() != "conmon":
                    found.append(int(folder.name))
    return found


def start_time(pid: int) -> int | None:
    """Give when a process started, in clock ticks since boot (proc(5), stat, field 22); None: it has ended.

    With the id it names a process for good, although ids are used again.
    """
    try:
        after_name = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] == "Z" else int(after_name[19])
