"""The books: what is remembered to go on counting, and what was written, row by row.

Nobody may read while somebody writes.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from headway.app.metrics.columns import Columns
from headway.domain.deployability.fold import Written, evolve_watch
from headway.domain.deployability.rows import (
    JUDGED_COLUMNS,
    PUBLISHED_COLUMNS,
    RED_COLUMNS,
    SPELL_COLUMNS,
    watched_row,
)
from headway.domain.deployability.watch import Judged, Published, Red, Spell, Subject, SubjectFound, Watch
from headway.domain.facts import Fact
from headway.domain.metrics.delivery import Carried, Delivery, Place, PlaceFound
from headway.domain.metrics.fold import Entry, evolve_tally, passing_over
from headway.domain.metrics.rows import CARRIED_COLUMNS, DELIVERY_COLUMNS, carried_row, delivery_row
from headway.domain.metrics.tally import Tally

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What must be remembered to go on."""

    tally: Tally = field(default_factory=Tally)
    watch: Watch = field(default_factory=Watch)


@dataclass(slots=True)
class Books:
    """Everything that is counted and watched."""

    remembered: Remembered = field(default_factory=Remembered)
    places: list[Place] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    deliveries: Columns = field(default_factory=lambda: Columns(DELIVERY_COLUMNS))
    carried: Columns = field(default_factory=lambda: Columns(CARRIED_COLUMNS))
    spells: Columns = field(default_factory=lambda: Columns(SPELL_COLUMNS))
    published: Columns = field(default_factory=lambda: Columns(PUBLISHED_COLUMNS))
    judged: Columns = field(default_factory=lambda: Columns(JUDGED_COLUMNS))
    reds: Columns = field(default_factory=lambda: Columns(RED_COLUMNS))

    @classmethod
    def going_on(cls, remembered: Remembered) -> "Books":
        """Begin with what is remembered; the pages of the tables are still to be restored."""
        return cls(
            remembered=remembered,
            places=sorted(remembered.tally.places, key=remembered.tally.places.__getitem__),
            subjects=sorted(remembered.watch.subjects, key=remembered.watch.subjects.__getitem__),
        )

    @property
    def tally(self) -> Tally:
        """Give the tally."""
        return self.remembered.tally

    def fold(self, facts: Iterable[Fact]) -> None:
        """Count facts, in order."""
        for fact in facts:
            before = self.remembered
            try:
                tally, entries = evolve_tally(before.tally, fact)
                watch, written = evolve_watch(before.watch, before.tally, tally, fact)
            except Exception:
                # One poisoned fact is set aside and said; what comes after it is counted.
                _LOG.exception("fact %d (%s) could not be counted", fact.sequence, fact.type)
                self.remembered = replace(before, tally=passing_over(before.tally, fact))
                continue
            self.remembered = Remembered(tally=tally, watch=watch)
            for entry in (*entries, *written):
                self._write(entry)

    def _write(self, entry: Entry | Written) -> None:  # one table a line
        match entry:
            case PlaceFound():
                self.places.append(entry.place)
            case SubjectFound():
                self.subjects.append(entry.subject)
            case Delivery():
                self.deliveries.put(entry.number, delivery_row(entry))
            case Carried():
                self.carried.put(entry.number, carried_row(entry))
            case Spell():
                self.spells.put(entry.number, watched_row(entry))
            case Published():
                self.published.put(entry.number, watched_row(entry))
            case Judged():
                self.judged.put(entry.number, watched_row(entry))
            case Red():
                self.reds.put(entry.number, watched_row(entry))

    @property
    def tables(self) -> dict[str, Columns]:
        """Give the tables by name."""
        return {
            "deliveries": self.deliveries,
            "carried": self.carried,
            "spells": self.spells,
            "published": self.published,
            "judged": self.judged,
            "reds": self.reds,
        }

    def is_whole(self) -> bool:
        """Say whether the tables hold as many rows as were written."""
        tally, watch = self.remembered.tally, self.remembered.watch
        counts = (tally.deliveries, tally.carried, watch.spells, watch.published, watch.judged, watch.reds)
        return tuple(len(one) for one in self.tables.values()) == counts
