"""The list of facts, and what is kept beside it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from headway.domain.names import ArtifactName, InstanceName

if TYPE_CHECKING:  # whoever only checks files need not wait for facts, and for what is made of them
    from headway.app.metrics.books import Remembered
    from headway.domain.facts import Fact, NewFact
    from headway.domain.promotion_record import PromotionRecord
    from headway.domain.situation import Situation


class Ledger(Protocol):
    """The list of facts. One process writes it; facts are chained by hash and never change."""

    async def append(self, facts: Sequence["NewFact"]) -> Sequence["Fact"]:
        """Record facts, all or none, and give them as recorded, in order.

        Raises:
            Transient: `ledger-full` (no space left) or `ledger-busy`: nothing was recorded.
            Broken: `ledger-taken`: another process writes this ledger.
        """
        ...

    def read(self, after: int = 0) -> AsyncIterator["Fact"]:
        """Stream the facts after a sequence number, in order.

        A row whose type is not known, or that cannot be read, comes with `body` None: it is passed over
        and shown. A broken hash chain raises `Broken` (`ledger-tampered`) naming the row; so does an `after`
        beyond the last fact, because somebody knew facts that are gone.
        """
        ...

    async def about(self, subject: str, *, limit: int, before: int | None = None) -> Sequence["Fact"]:
        """Give the newest facts about a subject (``instance:…``, ``artifact:…``), newest first."""
        ...


class PromotionHistory(Protocol):
    """A view of the ledger: one record for each promotion, as true as the newest fact."""

    async def promotions(
        self,
        *,
        instance: InstanceName | None = None,
        artifact: ArtifactName | None = None,
        limit: int,
        before: int | None = None,
    ) -> Sequence["PromotionRecord"]:
        """Give the newest promotions, newest decision first; both filters must match, None matches all.

        `before` is the `sequence` of the last record of the page before; None begins with the newest.
        """
        ...


class Snapshots(Protocol):
    """The newest fold of the facts, so that a start need not read them all. It may be lost at any time."""

    async def save(self, code_version: str, sequence: int, blob: bytes) -> None:
        """Keep what the facts up to `sequence` fold to, in place of the one before.

        One of the same code version that knows more facts stays.

        Raises:
            Transient: `ledger-full`, `ledger-busy`: the one before is kept.
            UsageError: `snapshot-ahead`: the ledger holds no such fact.
        """
        ...

    async def load(self, code_version: str) -> tuple[int, bytes] | None:
        """Give what was saved by the same code version, with its sequence; None: nothing was.

        Raises:
            Broken: `ledger-tampered`: it was made of other facts than the ledger holds.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldKept:
    """A fold of the facts that grows with them, kept piece by piece."""

    sequence: int
    """Of the last fact that it knows."""
    state: bytes
    """What must be remembered to go on."""
    pages: Mapping[str, Mapping[int, bytes]]
    """By table and number, what was written: only those that changed need be kept again."""


class Folds(Protocol):
    """Folds that are too large to be kept whole each time. They may be lost at any time."""

    async def keep_fold(self, name: str, code_version: str, kept: FoldKept) -> None:
        """Keep a fold: its state, and its pages in place of those that are kept already.

        What another code version kept under this name is removed first, so then all pages must be given.

        Raises:
            Transient: `ledger-full`, `ledger-busy`: what was kept before stays as it was.
            UsageError: `snapshot-ahead`: the ledger holds no such fact.
        """
        ...

    async def recall_fold(self, name: str, code_version: str) -> FoldKept | None:
        """Give what the same code version kept under a name, all its pages; None: nothing was.

        None also when it was made of other facts than the ledger holds now.
        """
        ...


class SituationForm(Protocol):
    """How a situation is written into a snapshot. Both ways take long and are pure: for any thread."""

    version: str
    """The code that reads and folds facts: no other code may take up what this one wrote."""

    def encode(self, situation: "Situation") -> bytes:
        """Write a situation."""
        ...

    def decode(self, blob: bytes) -> "Situation":
        """Read a situation that the same code wrote.

        Raises:
            ValueError: it is damaged.
        """
        ...


class TallyForm(Protocol):
    """How what counting remembers is written down. Both ways take long and are pure: for any thread."""

    version: str
    """The code that counts: no other code may take up what this one wrote."""

    def encode(self, remembered: "Remembered") -> bytes:
        """Write it."""
        ...

    def decode(self, blob: bytes) -> "Remembered":
        """Read what the same code wrote.

        Raises:
            ValueError: it is damaged.
        """
        ...


class Looks(Protocol):
    """What the last look at an image repository hands to the next: kept and lost with the facts."""

    async def keep_look(self, artifact: ArtifactName, looked_for: str, memory: str) -> None:
        """Keep a look's memory, in place of whatever was kept for the artifact.

        To be called once the facts that the look brought are recorded: what it names is not looked at again.

        Args:
            artifact: whose repository was looked at.
            looked_for: what the look was after; another look's memory would hide what this one left out.
            memory: what the registry's adapter gave, unread.

        Raises:
            Transient: `ledger-full`, `ledger-busy`: the one before is kept.
        """
        ...

    async def recall_look(self, artifact: ArtifactName, looked_for: str) -> str | None:
        """Give what was kept of such a look; None: nothing was."""
        ...
