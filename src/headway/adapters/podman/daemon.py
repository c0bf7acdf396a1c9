"""A program that outlives the agent (dnsmasq, haproxy): found again by its pid file and its configuration.

Traffic flows while the agent is down; the agent only starts what is missing and signals what runs.
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
        try:
            pid = int(self._pid_file.read_text().split()[0])
            running = self._mark.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if running else None

    async def ensure(self) -> bool:
        """Start it unless it runs; True: it was started now.

        Raises:
            Transient: `daemon-failed`, in its own words.
        """
        if self.pid() is not None:
            return False
        done = await run(self._argv, within=START_WITHIN)
        if done.status != 0:
            raise Transient(
                "daemon-failed",
                f"{self._argv[0]} could not be started",
                why=done.complaint.splitlines()[-1][:300] if done.complaint else f"exit status {done.status}",
                next_step="it is tried again",
            )
        return True

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
