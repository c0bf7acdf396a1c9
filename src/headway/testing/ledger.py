"""A ledger in memory, held to the same contract as the one in a file. For one event loop."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from headway.app.ports import Clock, FoldKept
from headway.domain.errors import Broken, UsageError
from headway.domain.facts import Fact, FactBody, NewFact
from headway.domain.facts.subjects import about_artifact, about_instance, subjects_of
from headway.domain.names import ArtifactName, InstanceName, PromotionId
from headway.domain.promotion_record import PromotionFact, PromotionRecord, evolve_record


class MemoryLedger:
    """`Ledger`, `PromotionHistory`, `Snapshots`, `Folds` and `Looks`, gone with the process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._facts: list[Fact] = []
        self._subjects: dict[str, list[int]] = {}
        self._records: dict[PromotionId, PromotionRecord] = {}
        self._snapshot: tuple[str, int, bytes] | None = None
        self._folds: dict[str, tuple[str, FoldKept]] = {}
        self._looks: dict[ArtifactName, tuple[str, str]] = {}

    async def append(self, new_facts: Sequence[NewFact]) -> Sequence[Fact]:
        """Record facts, all or none.

        Raises:
            UsageError: `fact-malformed`: an instant without a time zone, or no body of a fact.
        """
        now, first = self._clock.now(), len(self._facts) + 1
        recorded = [_record(new, sequence, now) for sequence, new in enumerate(new_facts, first)]
        for fact in recorded:
            self._facts.append(fact)
            for subject in subjects_of(fact.body):
                self._subjects.setdefault(subject, []).append(fact.sequence)
            if isinstance(fact.body, PromotionFact):
                promotion_id = fact.body.promotion_id
                record = evolve_record(self._records.get(promotion_id), fact)
                if record is not None:
                    self._records[promotion_id] = record
        return recorded

    async def read(self, after: int = 0) -> AsyncIterator[Fact]:
        """Stream the facts after a sequence number."""
        if after > len(self._facts):
            raise Broken(
                "ledger-tampered",
                f"fact {after} of the ledger is not what was recorded",
                why="it was known once and is not in the ledger any more",
                next_step="make a new ledger: this one is in memory",
            )
        while after < len(self._facts):
            yield self._facts[after]
            after += 1

    async def about(self, subject: str, *, limit: int, before: int | None = None) -> Sequence[Fact]:
        """Give the newest facts about a subject."""
        mine = [n for n in reversed(self._subjects.get(subject, [])) if before is None or n < before]
        return [self._facts[n - 1] for n in mine[:limit]]

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
        about = [set(self._subjects.get(one, ())) for one in subjects]
        mine = [
            record
            for record in sorted(self._records.values(), key=lambda record: -record.sequence)
            if (before is None or record.sequence < before) and all(record.sequence in one for one in about)
        ]
        return mine[:limit]

    async def save(self, code_version: str, sequence: int, blob: bytes) -> None:
        """Keep a snapshot in place of the one before."""
        self._must_know(sequence)
        if self._snapshot is None or self._snapshot[0] != code_version or self._snapshot[1] <= sequence:
            self._snapshot = (code_version, sequence, blob)

    async def load(self, code_version: str) -> tuple[int, bytes] | None:
        """Give the newest snapshot of a code version."""
        if self._snapshot is None or self._snapshot[0] != code_version:
            return None
        return self._snapshot[1:]

    async def keep_fold(self, name: str, code_version: str, kept: FoldKept) -> None:
        """Keep a fold's state and its changed pages."""
        self._must_know(kept.sequence)
        old = self._folds.get(name)
        pages = {table: dict(blobs) for table, blobs in old[1].pages.items()} if old else {}
        if old is None or old[0] != code_version:
            pages = {}
        for table, blobs in kept.pages.items():
            pages.setdefault(table, {}).update(blobs)
        self._folds[name] = (code_version, FoldKept(sequence=kept.sequence, state=kept.state, pages=pages))

    async def recall_fold(self, name: str, code_version: str) -> FoldKept | None:
        """Give what the same code version kept of a fold."""
        kept = self._folds.get(name)
        return kept[1] if kept and kept[0] == code_version else None

    def _must_know(self, sequence: int) -> None:
        if sequence > len(self._facts):
            raise UsageError(
                "snapshot-ahead",
                f"a snapshot up to fact {sequence} cannot be kept",
                why="the ledger holds no such fact",
                next_step="read the ledger again before folding it",
            )

    async def keep_look(self, artifact: ArtifactName, looked_for: str, memory: str) -> None:
        """Keep what a look leaves to the next."""
        self._looks[artifact] = (looked_for, memory)

    async def recall_look(self, artifact: ArtifactName, looked_for: str) -> str | None:
        """Give what the last look of this kind left."""
        kept = self._looks.get(artifact)
        return kept[1] if kept and kept[0] == looked_for else None


def _record(new: NewFact, sequence: int, now: datetime) -> Fact:
    if not isinstance(new.body, FactBody) or new.happened_at.tzinfo is None:
        raise UsageError(
            "fact-malformed",
            f"a {type(new.body).__name__} cannot be recorded",
            why="it is no body of a fact, or its instant has no time zone",
            next_step="this is a fault in the code that made it: report it with this message",
        )
    return Fact(
        sequence=sequence,
        body=new.body,
        happened_at=new.happened_at.astimezone(UTC),
        recorded_at=now.astimezone(UTC),
        actor=new.actor,
        reason=new.reason,
        type=new.body.TYPE,
    )
