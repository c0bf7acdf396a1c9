"""A program that outlives the agent (dnsmasq, haproxy): found again by its pid file and its configuration.

Traffic flows while the agent is down; the agent only starts what is missing, signals what runs, and starts
anew what runs with other arguments than it should.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from headway.adapters.podman.command import run
from headway.domain.errors import Transient

START_WITHIN = timedelta(seconds=10)


class Daemon:
    """One such program; `mark` is a text that only its command line has: its configuration's path."""

    def __init__(self, *, argv: Sequence[str], pid_file: Path, mark: Path) -> None:
        self._argv = argv
        self._pid_file = pid_file
        self._mark = str(mark)

    def pid(self) -> int | None:
        """Give its process id; None: it does not run (a stale pid file never names another program)."""
        found = self._found()
        return found[0] if found else None

    async def ensure(self) -> bool:
        """Have it run with these arguments; True: it was started now, one with other arguments ended before.

        Raises:
            Transient: `daemon-failed`, in its own words.
        """
        found = self._found()
        if found is not None:
            # What it adds itself when it starts itself anew stands behind; the program may have moved.
            if found[1][1 : len(self._argv)] == list(self._argv[1:]):
                return False
            await self.stop()
        done = await run(self._argv, within=START_WITHIN, becomes_daemon=True)
        if done.status != 0:
            raise Transient(
                "daemon-failed",
                f"{self._argv[0]} could not be started",
                why=done.complaint.splitlines()[-1][:300] if done.complaint else f"exit status {done.status}",
                next_step="it is tried again",
            )
        return True

    def _found(self) -> tuple[int, list[str]] | None:
        """Give its process id and its command line; None: it does not run."""
        try:
            pid = int(self._pid_file.read_text().split()[0])
            line = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes())
        except (OSError, ValueError, IndexError):
            return None
        return (pid, line.split("\0")) if self._mark in line else None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    async def stop(self) -> None:
        """End it at once, with its workers; idempotent."""
        self.signal(signal.SIGTERM)
        for _ in range(250):
            if self.pid() is None:
                break
            await asyncio.sleep(0.02)
        self.signal(signal.SIGKILL)
        self._pid_file.unlink(missing_ok=True)
