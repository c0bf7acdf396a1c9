"""Reads a ledger: beside its writer, or without one. Never writes; any number may read at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, select

from headway.adapters.ledger.chain import GENESIS, tampered
from headway.adapters.ledger.database import reading_engine
from headway.adapters.ledger.faults import sqlite_errors
from headway.adapters.ledger.folds import recall_fold
from headway.adapters.ledger.looks import recall_look
from headway.adapters.ledger.migrate import ledger_newer, revision_of
from headway.adapters.ledger.promotion_view import read_promotions
from headway.adapters.ledger.rows import RowReader
from headway.adapters.ledger.schema import REVISION, fact_subjects, facts
from headway.adapters.ledger.snapshot import load_snapshot
from headway.app.ports import FoldKept
from headway.domain.errors import Broken, UsageError
from headway.domain.facts import Fact
from headway.domain.facts.subjects import about_artifact, about_instance
from headway.domain.names import ArtifactName, InstanceName
from headway.domain.promotion_record import PromotionRecord

_T = TypeVar("_T")
_PAGE = 1000
"""Facts read at a time: each page is a short read of its own, so that no reader keeps the log from
shrinking."""


class LedgerReader:
    """The reading half of a ledger in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading: Engine = reading_engine(path)
        self._rows = RowReader()

    @classmethod
    async def open_reader(cls, path: Path) -> "LedgerReader":
        """Open a ledger to read it only.

        Raises:
            UsageError: `ledger-unknown`: there is no such file.
            Broken: `ledger-older`, `ledger-newer`: its tables are another version's; `ledger-damaged`.
        """
        path = await asyncio.to_thread(path.resolve)
        if not await asyncio.to_thread(path.exists):
            raise UsageError(
                "ledger-unknown",
                f"there is no ledger {path}",
                why="the file does not exist",
                next_step="name the ledger of a `serve`, or start one",
            )
        reader = LedgerReader(path)
        try:
            await reader._ask(reader._check_revision)
        except BaseException:
            await reader.close()
            raise
        return reader

    async def close(self) -> None:
        """Give its connections back; harmless when repeated."""
        await asyncio.to_thread(self._reading.dispose)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read(self, after: int = 0) -> AsyncIterator[Fact]:
        """Stream the facts after a sequence number, to the newest that there is when its turn comes."""
        previous: str | None = None
        while True:
            page, previous = await self._ask(self._page, after, previous)
            for fact in page:
                yield fact
            if len(page) < _PAGE:
                return
            after = page[-1].sequence

    async def about(self, subject: str, *, limit: int, before: int | None = None) -> Sequence[Fact]:
        """Give the newest facts about a subject; single rows, so their chain is not checked here."""
        return await self._ask(self._about, subject, limit, before)

    async def promotions(
        self,
        *,
        instance: InstanceName | None = None,
        artifact: ArtifactName | None = None,
        limit: int,
        before: int | None = None,
    ) -> Sequence[PromotionRecord]:
        """Give the newest promotions."""
        subjects = [about_instance(instance)] if instance else []
        subjects += [about_artifact(artifact)] if artifact else []
        return await self._ask(lambda at: read_promotions(at, subjects, limit=limit, before=before))

    async def load(self, code_version: str) -> tuple[int, bytes] | None:
        """Give the newest snapshot of a code version."""
        return await self._ask(load_snapshot, code_version)

    async def recall_fold(self, name: str, code_version: str) -> FoldKept | None:
        """Give what the same code version kept of a fold."""
        return await self._ask(recall_fold, name, code_version)

    async def recall_look(self, artifact: ArtifactName, looked_for: str) -> str | None:
        """Give what the last look of this kind left; see `headway.app.ports.Looks`."""
        return await self._ask(recall_look, artifact, looked_for)

    async def _ask(self, question: Callable[..., _T], *args: object) -> _T:
        def ask() -> _T:
            with sqlite_errors(self._path), self._reading.connect() as connection:
                return question(connection, *args)

        return await asyncio.to_thread(ask)

    def _page(self, connection: Connection, after: int, previous: str | None) -> tuple[list[Fact], str]:
        if previous is None:
            previous = self._hash_at(connection, after)
        query = select(facts).where(facts.c.sequence > after).order_by(facts.c.sequence).limit(_PAGE)
        page: list[Fact] = []
        for fact, fact_hash in self._rows.read_chained(
            connection.execute(query).all(), previous=previous, after=after
        ):
            page.append(fact)
            previous = fact_hash
        return page, previous

    def _hash_at(self, connection: Connection, sequence: int) -> str:
        if sequence == 0:
            return GENESIS
        found = connection.execute(select(facts.c.hash).where(facts.c.sequence == sequence)).scalar()
        if found is None:
            raise tampered(sequence, "it was known once and is not in the ledger any more")
        return str(found)

    def _about(self, connection: Connection, subject: str, limit: int, before: int | None) -> list[Fact]:
        mine = select(fact_subjects.c.sequence).where(fact_subjects.c.subject == subject)
        if before is not None:
            mine = mine.where(fact_subjects.c.sequence < before)
        newest = mine.order_by(fact_subjects.c.sequence.desc()).limit(limit)
        query = select(facts).where(facts.c.sequence.in_(newest)).order_by(facts.c.sequence.desc())
        return [self._rows.read(row) for row in connection.execute(query)]

    def _check_revision(self, connection: Connection) -> None:
        revision = revision_of(connection)
        if revision is None or revision < REVISION:
            raise Broken(
                "ledger-older",
                f"the ledger {self._path} cannot be read by this version of Headway",
                why=f"its tables are at revision {revision}, this version reads {REVISION}",
                next_step="start `serve` of this version once: it migrates the ledger",
            )
        if revision > REVISION:
            raise ledger_newer(self._path, revision)
