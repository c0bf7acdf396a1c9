"""Connections to the ledger's file: one that writes, others that only read.

The writer's connection is used by one thread. Readers have a pool of their own and never wait for the writer
nor it for them (write-ahead log, https://sqlite.org/wal.html). `synchronous=FULL` makes a commit outlive a
power cut.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

_BUSY_S = 5.0
"""How long to wait for somebody else's lock: a backup or a checkpoint takes less, more is said."""

_WRITER_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "journal_size_limit=67108864")
"""The write-ahead log is cut back to 64 MiB when a checkpoint empties it."""


def writing_engine(path: Path) -> Engine:
    """Give the engine of the one writing connection; its transactions hold the write lock from the start.

    Without that, a transaction that read first could not write later if anybody wrote between.
    """

    def connect() -> sqlite3.Connection:
        connection = _connect(path, mode="rwc")
        for pragma in _WRITER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reading_engine(path: Path) -> Engine:
    """Give the engine of connections that cannot write; the file must exist."""
    return create_engine(
        "sqlite://",
        creator=lambda: _connect(path, mode="ro"),
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=32,
    )


def _connect(path: Path, *, mode: str) -> sqlite3.Connection:
    # The pool hands a connection from thread to thread, never to two at once; we alone begin transactions.
    return sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
