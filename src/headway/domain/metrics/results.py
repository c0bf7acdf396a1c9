"""What questions about metrics are answered with. What is not known is counted beside, never as zero."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from headway.domain.metrics.delivery import Place
from headway.domain.metrics.selection import Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How many spans lie between two bounds."""

    name: str
    over: timedelta
    """At least this long."""
    under: timedelta | None
    """And shorter than this; None: however long."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Spans."""

    count: int
    p50: timedelta | None
    """None: there is none."""
    p90: timedelta | None
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """How often something new was deployed."""

    deployments: int
    """Promotions that were verified, each region's own."""
    per_day: float
    """Over all the time that was asked about, however little happened in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """Deployments that did not come to a verdict; none of them counts as good or bad."""

    withdrawn: int
    """We could not tell: taken out again, without blame."""
    replaced: int
    """Another version took its place before there was a verdict."""
    under_way: int
    lost: int
    """Never reached its branch: nothing was deployed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRate:
    """What share of deployments failed."""

    failed: int
    judged: int
    rate: float | None
    """None: nothing was judged."""
    by_verdict: int
    taken_back: int
    quarantined: int
    unjudged: Unjudged


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """From a change's commit to where it was verified."""

    from_commit: Distribution
    from_build: Distribution
    """Of changes whose commit's time is not known: from when the image was built, which is later."""
    source: int
    """Of all changes, known and not: commits of source repositories."""
    configuration: int
    unknown: int
    """Changes of which no start is known."""
    clock: int
    """Changes that start after their end: clocks disagree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """From a failure until the artifact is verified there again."""

    recovered: Distribution
    open: int
    """Failures that are not mended yet."""
    oldest_open: datetime | None
    clock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rework:
    """What share of deployments mended something."""

    rollbacks: int
    forward: int
    """Newer versions that went out while a failure stood there, and were verified."""
    deployments: int
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What counts in none of the five."""

    first_locks: int
    """Artifacts that were brought into an instance for the first time, with all its others."""
    first_locks_failed: int
    withdrawals: int
    """Earlier versions that were put back without blame."""
    rollbacks_of_unknown: int
    """Persons' rollbacks of what an earlier ledger had deployed: failures that have no deployment here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """All five."""

    frequency: Frequency
    lead_time: LeadTime
    failures: FailureRate
    recovery: Recovery
    rework: Rework
    apart: Apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One day or week."""

    stretch: Stretch
    deployments: int
    judged: int
    failed: int
    changes: int
    """Of which the commit's time is known."""
    lead_p50: timedelta | None
    lead_p90: timedelta | None
    broken: int
    """Failures that began."""
    recovery_p50: timedelta | None
    """Of those of them that are mended."""
    recovery_p90: timedelta | None
    rework: int
    newest: tuple[str, ...]
    """Promotions behind `deployments` and `failed`, the last few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One application, region or whatever is set side by side, by itself."""

    name: str | None
    """None: nobody said."""
    deployments: int
    per_day: float
    changes: int
    """Of which the commit's time is known."""
    lead_p50: timedelta | None
    lead_p90: timedelta | None
    judged: int
    failed: int
    failure_rate: float | None
    open: int
    recovery_p50: timedelta | None
    recovery_p90: timedelta | None
    rework: int
    rework_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One deployment of one artifact."""

    number: int
    """Give it as `before` to get the page that follows."""
    promotion_id: str
    sequence: int
    """Of the fact that decided it."""
    place: Place
    kind: str
    outcome: str
    """As `history` has it: ``verified``, ``failed`` …, ``lost`` or ``under way``."""
    decided_at: datetime
    landed_at: datetime | None
    ended_at: datetime | None
    failed_at: datetime | None
    failed_by: str | None
    recovered_at: datetime | None
    recovered_by: str | None
    """The promotion that was verified then."""
    span: timedelta | None
    """Of `changes` the longest lead time that it carried, of `recovered` how long that took; else None."""
