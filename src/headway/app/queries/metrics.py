"""Delivery metrics: the five, over time and side by side, what was published beside them, and what is behind.

What is answered stands here; how it is reckoned, and numpy with it, is imported where it is asked: a service
has brought it in before, and whoever only shows answers never needs it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from headway.app.desk import Desk
from headway.app.metrics.asking import Filters, read_selection
from headway.app.metrics.books import Books
from headway.app.metrics.keeper import MetricsKeeper
from headway.domain.metrics.definitions import DEFINITIONS, Definition
from headway.domain.metrics.presets import (
    PRESETS,
    Level,
    Preset,
    met_by_frequency,
    met_by_share,
    met_by_span,
)
from headway.domain.metrics.results import Group, Listed, Metrics, Point
from headway.domain.metrics.words import By, Which
from headway.domain.names import ArtifactName, InstanceName

if TYPE_CHECKING:
    from headway.domain.metrics.counted import Counted
    from headway.domain.metrics.measure import Rows

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A published figure that ours meets."""

    level: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ours beside what one year's report published, metric by metric; None: it meets none, or none was."""

    year: int
    report: str
    source: str
    frequency: Figure | None
    lead_time: Figure | None
    failure_rate: Figure | None
    recovery: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsShown:
    """The delivery metrics of a selection."""

    at: datetime
    sequence: int
    """Of the last fact that is counted."""
    passed_over: int
    """Facts that could not be read or counted: nothing here knows of them."""
    since: datetime
    until: datetime
    zone: str
    per: str
    environments: tuple[str, ...]
    """Where deliveries were counted."""
    metrics: Metrics
    trend: tuple[Point, ...]
    groups: tuple[Group, ...]
    """Side by side, where that was asked for."""
    published: tuple[Comparison, ...]
    definitions: tuple[Definition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentShown:
    """One deployment behind a number."""

    number: int
    """Give it as `before` to get the page that follows."""
    promotion_id: str
    sequence: int
    """Of the fact that decided it."""
    artifact: ArtifactName
    instance: InstanceName
    environment: str
    region: str | None
    owner: str | None
    kind: str
    outcome: str
    decided_at: datetime
    landed_at: datetime | None
    ended_at: datetime | None
    failed_at: datetime | None
    failed_by: str | None
    recovered_at: datetime | None
    recovered_by: str | None
    span: timedelta | None
    """The longest lead time that it carried, or how long the recovery took, where that was asked for."""


async def metrics(keeper: MetricsKeeper, desk: Desk, filters: Filters, by: By | None) -> MetricsShown:
    """Reckon the metrics.

    Raises:
        UsageError: what was asked cannot be: `selection-malformed`, `selection-unknown`, `zone-unknown`.
        Transient: `metrics-counting`.
    """

    def question(books: Books) -> MetricsShown:
        from headway.domain.metrics.measure import measure, rows_of  # noqa: PLC0415  # brings numpy
        from headway.domain.metrics.trend import groups, trend  # noqa: PLC0415  # likewise

        selection = read_selection(filters, situation, books.places, now)
        counted = _counted(books)
        rows = rows_of(counted, selection)
        found = measure(rows)
        return MetricsShown(
            at=now,
            sequence=books.tally.sequence,
            passed_over=books.tally.passed_over,
            since=selection.since,
            until=selection.until,
            zone=selection.zone,
            per=selection.per.value,
            environments=_environments(counted, rows),
            metrics=found,
            trend=trend(rows, selection),
            groups=groups(counted, rows, selection, by) if by is not None else (),
            published=tuple(_compared(found, one) for one in reversed(PRESETS)),
            definitions=DEFINITIONS,
        )

    situation, now = desk.situation, desk.now
    return await keeper.ask(question)


async def deployments(
    keeper: MetricsKeeper,
    desk: Desk,
    filters: Filters,
    which: Which,
    *,
    limit: int,
    before: int | None = None,
    over: timedelta | None = None,
    under: timedelta | None = None,
) -> tuple[DeploymentShown, ...]:
    """List the deployments behind a number, newest first; see `headway.domain.metrics.listed`.

    Raises:
        UsageError, Transient: as `metrics` does.
    """

    def question(books: Books) -> tuple[DeploymentShown, ...]:
        from headway.domain.metrics.listed import listed  # noqa: PLC0415  # brings numpy
        from headway.domain.metrics.measure import rows_of  # noqa: PLC0415  # likewise

        selection = read_selection(filters, situation, books.places, now)
        counted = _counted(books)
        rows = rows_of(counted, selection)
        found = listed(counted, rows, which, limit=limit, before=before, over=over, under=under)
        return tuple(_deployment(one) for one in found)

    situation, now = desk.situation, desk.now
    return await keeper.ask(question)


def _counted(books: Books) -> "Counted":
    from headway.domain.metrics.counted import Counted, as_columns  # noqa: PLC0415  # brings numpy

    return Counted(
        sequence=books.tally.sequence,
        places=tuple(books.places),
        deliveries=as_columns(books.deliveries.columns()),
        carried=as_columns(books.carried.columns()),
    )


def _environments(counted: "Counted", rows: "Rows") -> tuple[str, ...]:
    taken = zip(counted.places, rows.taken.tolist(), strict=False)
    return tuple(sorted({place.environment for place, is_taken in taken if is_taken}))


def _compared(found: Metrics, preset: Preset) -> Comparison:
    often, rate = found.frequency, found.failures.rate
    lead, recovery = found.lead_time.from_commit.p50, found.recovery.recovered.p50
    return Comparison(
        year=preset.year,
        report=preset.report,
        source=preset.source,
        frequency=_figure(met_by_frequency, preset.frequency, often.per_day if often.deployments else None),
        lead_time=_figure(met_by_span, preset.lead_time, lead),
        failure_rate=_figure(met_by_share, preset.failure_rate, rate),
        recovery=_figure(met_by_span, preset.recovery, recovery),
    )


def _figure(
    met: Callable[[tuple[Level, ...], _T], Level | None], levels: tuple[Level, ...], ours: _T | None
) -> Figure | None:
    level = None if ours is None else met(levels, ours)
    return None if level is None else Figure(level=level.name, words=level.words)


def _deployment(one: Listed) -> DeploymentShown:
    place = one.place
    return DeploymentShown(
        number=one.number,
        promotion_id=one.promotion_id,
        sequence=one.sequence,
        artifact=ArtifactName(place.application, place.artifact),
        instance=InstanceName(place.application, place.instance),
        environment=place.environment,
        region=place.region,
        owner=place.owner,
        kind=one.kind,
        outcome=one.outcome,
        decided_at=one.decided_at,
        landed_at=one.landed_at,
        ended_at=one.ended_at,
        failed_at=one.failed_at,
        failed_by=one.failed_by,
        recovered_at=one.recovered_at,
        recovered_by=one.recovered_by,
        span=one.span,
    )
