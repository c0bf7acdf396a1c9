"""The ledger that its one process writes and reads.

All writes are made by one thread, in the order in which they were asked for; each is one transaction of facts
and views. A call that is cancelled was either recorded whole or not at all: read on to see which.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, insert, select

from headway.adapters.ledger.chain import GENESIS
from headway.adapters.ledger.database import writing_engine
from headway.adapters.ledger.faults import sqlite_errors
from headway.adapters.ledger.folds import keep_fold
from headway.adapters.ledger.lock import WriterLock
from headway.adapters.ledger.looks import keep_look
from headway.adapters.ledger.migrate import migrate
from headway.adapters.ledger.reader import LedgerReader
from headway.adapters.ledger.rows import make_row
from headway.adapters.ledger.schema import facts
from headway.adapters.ledger.snapshot import save_snapshot
from headway.adapters.ledger.views import record_in_views, renew_views
from headway.app.ports import Clock, FoldKept
from headway.domain.facts import Fact, NewFact
from headway.domain.names import ArtifactName

_T = TypeVar("_T")


class SqliteLedger(LedgerReader):
    """`Ledger`, `PromotionHistory`, `Snapshots`, `Folds` and `Looks` in a SQLite file. Made by `open`."""

    def __init__(self, path: Path, clock: Clock, lock: WriterLock, writing: Engine) -> None:
        super().__init__(path)
        self._clock = clock
        self._lock = lock
        self._writing = writing
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger-writer")

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> "SqliteLedger":
        """Open a ledger to write it, made or migrated if need be; its folder is made too.

        Raises:
            Broken: `ledger-taken`: another process writes it; `ledger-newer`, `ledger-damaged`,
                `ledger-unwritable`; `ledger-tampered`, where a view has to be made anew.
            Transient: `ledger-full`, `ledger-busy`.
        """
        path, lock = await asyncio.to_thread(_take, path)
        ledger = cls(path, clock, lock, writing_engine(path))
        try:
            await ledger._write(ledger._prepare)
        except BaseException:
            await ledger.close()
            raise
        return ledger

    async def close(self) -> None:
        """Finish what is being written, then give up file and lock; harmless when repeated."""
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._writing.dispose)
        await super().close()
        self._lock.release()

    async def append(self, new_facts: Sequence[NewFact]) -> Sequence[Fact]:
        """Record facts, all or none, and give them as a reader will see them.

        Raises:
            Transient: `ledger-full`, `ledger-busy`: nothing was recorded.
            UsageError: `fact-malformed`: nothing was recorded.
        """
        if not new_facts:
            return ()
        return await self._write(self._append, tuple(new_facts), self._clock.now())

    async def save(self, code_version: str, sequence: int, blob: bytes) -> None:
        """Keep a snapshot in place of the one before."""
        await self._write(save_snapshot, code_version, sequence, blob)

    async def keep_fold(self, name: str, code_version: str, kept: FoldKept) -> None:
        """Keep a fold's state and its changed pages."""
        await self._write(keep_fold, name, code_version, kept)

    async def keep_look(self, artifact: ArtifactName, looked_for: str, memory: str) -> None:
        """Keep what a look leaves to the next; see `headway.app.ports.Looks`."""
        await self._write(keep_look, artifact, looked_for, memory)

    async def _write(self, deed: Callable[..., _T], *args: object) -> _T:
        def write() -> _T:
            with sqlite_errors(self._path), self._writing.begin() as connection:
                return deed(connection, *args)

        return await asyncio.get_running_loop().run_in_executor(self._writer, write)

    def _prepare(self, connection: Connection) -> None:
        migrate(connection, self._path)
        renew_views(connection)

    def _append(self, connection: Connection, new: Sequence[NewFact], at: datetime) -> Sequence[Fact]:
        tip = connection.execute(
            select(facts.c.sequence, facts.c.hash).order_by(facts.c.sequence.desc()).limit(1)
        ).first()
        after, previous = (tip.sequence, tip.hash) if tip else (0, GENESIS)
        before_these, rows = previous, []
        for sequence, fact in enumerate(new, after + 1):
            rows.append(make_row(fact, sequence=sequence, recorded_at=at, previous=previous))
            previous = rows[-1]["hash"]
        connection.execute(insert(facts), rows)
        written = connection.execute(select(facts).where(facts.c.sequence > after).order_by(facts.c.sequence))
        recorded = [
            fact for fact, _ in self._rows.read_chained(written.all(), previous=before_these, after=after)
        ]
        record_in_views(connection, recorded)
        return recorded


def _take(path: Path) -> tuple[Path, WriterLock]:
    # Resolved first: two links to one ledger are one ledger.
    path = path.resolve()
    with sqlite_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path, WriterLock.take(path)
