"""One writer for one ledger: an exclusive lock that ends with its process, however that ends.

The lock is flock's on ``<ledger>.lock``, not the file's presence: the file stays, and holds the holder's
process id for people. It works on local file systems, where SQLite's WAL works.
"""

import fcntl
import os
from pathlib import Path

from headway.domain.errors import Broken


class WriterLock:
    """The right to write one ledger, held from `take` to `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, ledger: Path) -> "WriterLock":
        """Take the lock, or fail at once.

        Raises:
            Broken: `ledger-taken`, naming the process that holds it.
            OSError: the lock file cannot be opened or written.
        """
        path = ledger.with_name(ledger.name + ".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise _taken(ledger, holder) from None
        except OSError:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock up; harmless when repeated."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _taken(ledger: Path, holder: str) -> Broken:
    who = f"process {holder}" if holder.isdecimal() else "another process"
    look = f" (`ps -fp {holder}`)" if holder.isdecimal() else ""
    return Broken(
        "ledger-taken",
        f"the ledger {ledger} is in use",
        why=f"{who} writes it, and a ledger has one writer",
        next_step=f"use the `serve` that runs, or end it first{look}; a second one needs a ledger of its own",
    )
