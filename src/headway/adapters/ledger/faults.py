"""What SQLite's errors mean for the caller, by its result codes (https://sqlite.org/rescode.html)."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from headway.domain.errors import Broken, HeadwayError, Transient

_NO_ROOM_BYTES = 1024 * 1024
"""With less than this free, a failed write is put down to the full disk: SQLite's file growth comes in pages
and shared-memory blocks, and not every such failure is reported as full."""
_NOT_RECORDED = "nothing was recorded: headway tries its own work again, what a person asked for ask again"


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn the database's and the disk's errors into ours; nothing was recorded when one is raised."""
    try:
        yield
    except DBAPIError as error:
        raise _named(path, error.orig) from error
    except (sqlite3.Error, OSError) as error:
        raise _named(path, error) from error


def _named(path: Path, error: BaseException | None) -> HeadwayError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    out_of_room = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if code == sqlite3.SQLITE_FULL or out_of_room or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
        return ledger_full(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Transient(
            "ledger-busy",
            f"the ledger {path} could not be written",
            why="another program holds it locked",
            next_step=f"{_NOT_RECORDED}; end what has the file open",
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM) or isinstance(
        error, OSError
    ):
        return Broken(
            "ledger-unwritable",
            f"the ledger {path} cannot be opened",
            why=str(error),
            next_step="see that its folder exists and that this user may write there",
        )
    return Broken(
        "ledger-damaged",
        f"the ledger {path} cannot be read or written",
        why=str(error),
        next_step="look at the disk; put back a backup, or move the file away and start again from Git",
    )


def ledger_full(path: Path) -> Transient:
    """Say that the disk has no room for the ledger."""
    return Transient(
        "ledger-full",
        f"the ledger {path} could not be written",
        why=f"the disk under {path.parent} is full",
        next_step=f"{_NOT_RECORDED}; make room there",
    )


def _is_full(path: Path) -> bool:
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _NO_ROOM_BYTES
