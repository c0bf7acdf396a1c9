"""DORA's five questions for each application, answered from facts.

How it is reckoned, and numpy with it, is imported where it is asked: a service has brought it in before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headway.app.desk import Desk
from headway.app.metrics.asking import Filters, read_selection
from headway.app.metrics.books import Books
from headway.app.metrics.columns import Columns
from headway.app.metrics.keeper import MetricsKeeper
from headway.domain.deployability.definitions import QUESTIONS
from headway.domain.deployability.results import Deployability, Thresholds
from headway.domain.facts import Outcome, PromotionKind
from headway.domain.gates.freeze import frozen_until, next_start
from headway.domain.gates.rules import rules_at
from headway.domain.metrics.definitions import Definition
from headway.domain.metrics.rows import KINDS, OUTCOMES
from headway.domain.metrics.selection import Selection, stretches
from headway.domain.metrics.tally import is_production
from headway.domain.situation import Situation

if TYPE_CHECKING:
    from headway.domain.deployability.answers import Table, Watched
    from headway.domain.metrics.counted import Whole

_MOST_WINDOWS = 2000
"""Freezes that are laid over the asked time: of more, the rest is not looked at."""

_PROVING = (PromotionKind.PROMOTION, PromotionKind.FIRST_LOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployabilityShown:
    """The five answers of each application."""

    at: datetime
    sequence: int
    """Of the last fact that is counted."""
    passed_over: int
    since: datetime
    until: datetime
    zone: str
    per: str
    applications: tuple[Deployability, ...]
    """Over time, where one was asked for."""
    thresholds: Thresholds
    questions: tuple[Definition, ...]


async def deployability(
    keeper: MetricsKeeper, desk: Desk, filters: Filters, thresholds: Thresholds
) -> DeployabilityShown:
    """Answer the five questions of one application, also over time, or of all that are in the estate.

    Raises:
        UsageError: what was asked cannot be: `selection-malformed`, `selection-unknown`, `zone-unknown`.
        Transient: `metrics-counting`.
    """

    def question(books: Books) -> DeployabilityShown:
        from headway.domain.deployability.answers import answer, over_time  # noqa: PLC0415  # brings numpy

        selection = read_selection(filters, situation, books.places, now)
        watched = _Tables(books, selection)
        tables = [
            watched.of(situation, name, owner, selection)
            for name, owner in _applications(situation, selection)
        ]
        # The days of many applications are left out: whoever looks at one asks for them.
        days = stretches(selection) if len(tables) == 1 else ()
        found = [answer(one, selection, thresholds, days) for one in tables]
        if days:
            found = [replace(found[0], trend=over_time(tables[0], selection, thresholds))]
        return DeployabilityShown(
            at=now,
            sequence=books.tally.sequence,
            passed_over=books.tally.passed_over,
            since=selection.since,
            until=selection.until,
            zone=selection.zone,
            per=selection.per.value,
            applications=tuple(found),
            thresholds=thresholds,
            questions=QUESTIONS,
        )

    situation, now = desk.situation, desk.now
    return await keeper.ask(question)


def _applications(situation: Situation, selection: Selection) -> Iterator[tuple[str, str | None]]:
    estate = situation.estate
    for name, application in sorted(estate.applications.items()) if estate else ():
        wanted = selection.application in (None, name)
        if wanted and selection.owner in (None, application.owner):
            yield name, application.owner


class _Tables:
    """The tables of what is watched, parted by application."""

    def __init__(self, books: Books, selection: Selection) -> None:
        import numpy as np  # noqa: PLC0415  # only questions need it

        self._books = books
        of_subjects = {one.artifact.application for one in books.subjects}
        names = sorted(of_subjects | {one.application for one in books.places})
        self._codes = {name: code for code, name in enumerate(names)}
        self._is_artifact = np.array([one.instance is None for one in books.subjects] or [False])
        self._code_of = np.array(
            [self._codes[one.artifact.application] for one in books.subjects] or [0], dtype=np.int64
        )
        self._parted = {
            name: self._part(getattr(books, name)) for name in ("spells", "published", "judged", "reds")
        }
        self._proofs = self._part_proofs(selection)

    def _part(self, columns: Columns) -> "tuple[Table, Whole, Whole]":
        """Give a table, its rows in the order of applications, and where each application's begin."""
        from headway.domain.metrics.counted import as_columns  # noqa: PLC0415  # brings numpy

        table = as_columns(columns.columns())
        order, bounds = self._by_application(self._code_of[table["subject"]])
        return table, order, bounds

    def _part_proofs(self, selection: Selection) -> "tuple[Table, Whole, Whole]":
        """Give the deliveries, and of them those that prove that production can be entered, likewise."""
        import numpy as np  # noqa: PLC0415  # only questions need it

        from headway.domain.metrics.counted import as_columns  # noqa: PLC0415  # brings numpy

        wanted, places = replace(selection, application=None), self._books.places
        taken = np.array([wanted.takes(one) for one in places] or [False], dtype=np.bool_)
        code_of = np.array([self._codes[one.application] for one in places] or [0], dtype=np.int64)
        table = as_columns(self._books.deliveries.columns())
        mask = taken[table["place"]] & (table["outcome"] == OUTCOMES.index(Outcome.VERIFIED))
        # A first lock proves it as well; what was put back does not.
        mask &= np.isin(table["kind"], [KINDS.index(one) for one in _PROVING])
        rows = np.flatnonzero(mask)
        order, bounds = self._by_application(code_of[table["place"][rows]])
        return table, rows[order], bounds

    def _by_application(self, codes: "Whole") -> "tuple[Whole, Whole]":
        """Give the order by application, that of the rows inside each, and where each application begins."""
        import numpy as np  # noqa: PLC0415  # only questions need it

        # Numbers of 16 bits are sorted by radix, in one look at each.
        narrow = codes.astype(np.uint16)
        order = np.argsort(narrow, kind="stable")
        return order, np.searchsorted(narrow[order], np.arange(len(self._codes) + 1))

    def _those_of(self, name: str, order: "Whole", bounds: "Whole") -> "Whole":
        """Give the rows of one application, of those in the order by application."""
        code = self._codes.get(name)
        return order[:0] if code is None else order[bounds[code] : bounds[code + 1]]

    def of(self, situation: Situation, name: str, owner: str | None, selection: Selection) -> "Watched":
        """Give what was watched of one application."""
        from headway.domain.deployability.answers import Watched  # noqa: PLC0415  # brings numpy

        proofs, proven_by = self._proofs_of(name)
        return Watched(
            application=name,
            owner=owner,
            subjects=self._books.subjects,
            spells=self._rows("spells", name, selection),
            published=self._rows("published", name, selection),
            judged=self._rows("judged", name, selection),
            reds=self._rows("reds", name, selection),
            freezes=tuple(_freezes(situation, name, selection)),
            proofs=proofs,
            proven_by=proven_by,
            seen_by=_seen_by(situation),
        )

    def _rows(self, table_name: str, name: str, selection: Selection) -> "Table":
        table, *order = self._parted[table_name]
        rows = self._those_of(name, *order)
        mine = {column: values[rows] for column, values in table.items()}
        mine["number"] = rows
        mine["of_artifact"] = self._is_artifact[mine["subject"]]
        if selection.environment is None and selection.artifact is None:
            return mine
        taken = self._taken(selection)[mine["subject"]]
        return {column: values[taken] for column, values in mine.items()}

    def _taken(self, selection: Selection) -> "Whole":
        """Say which subjects the other filters leave: an artifact, and instances of an environment."""
        import numpy as np  # noqa: PLC0415  # only questions need it

        there = {
            (place.application, place.instance)
            for place in self._books.places
            if place.environment == selection.environment
        }
        return np.array(
            [
                selection.artifact in (None, one.artifact.artifact)
                and (
                    selection.environment is None
                    or one.instance is None
                    or (one.instance.application, one.instance.instance) in there
                )
                for one in self._books.subjects
            ],
            dtype=np.bool_,
        )

    def _proofs_of(self, name: str) -> "tuple[Whole, Whole]":
        """Give when something was verified in the application's production, and by which promotions."""
        import numpy as np  # noqa: PLC0415  # only questions need it

        table, *order = self._proofs
        rows = self._those_of(name, *order)
        rows = rows[np.argsort(table["ended"][rows], kind="stable")]
        return table["ended"][rows], table["promotion"][rows]


def _freezes(
    situation: Situation, application: str, selection: Selection
) -> Iterator[tuple[datetime, datetime]]:
    """Give the windows in which production was frozen, by the rules in force now."""
    left = _MOST_WINDOWS
    for wave in situation.lane(application):
        instances = situation.wave_instances(application, wave)
        asked = selection.environment in (None, *(wave.instances.get(one.instance) for one in instances))
        if not asked or not any(is_production(situation, one) for one in instances):
            continue
        for window in rules_at(situation, application, wave).freezes:
            end = frozen_until(window, selection.since)
            if end is not None:
                yield selection.since, end
            begins = next_start(window, selection.since - timedelta(minutes=1))
            while begins < selection.until and left:
                yield begins, begins + window.lasts
                begins, left = next_start(window, begins), left - 1


def _seen_by(situation: Situation) -> str:
    roles = situation.estate.roles if situation.estate else {}
    people: Sequence[str] = sorted({one for names in roles.values() for one in names})
    return f"everybody with a token; {len(people)} people have a role: {', '.join(people[:5]) or 'nobody'}"
