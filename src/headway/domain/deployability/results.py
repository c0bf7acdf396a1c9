"""What the five questions are answered with, each with the evidence that led there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from headway.domain.metrics.results import Distribution
from headway.domain.metrics.selection import Stretch


class Answer(StrEnum):
    """The answer to a question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Facts do not tell: it is neither of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that led to an answer."""

    artifact: str
    instance: str | None
    since: datetime
    until: datetime | None
    """None: it lasts, or has no length."""
    words: str
    sequence: int
    """Of the fact that tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How the asked time divides; the three add up to 1, or are all 0 where nothing was watched."""

    yes: float
    no: float
    unknown: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayShares:
    """The same of one day or week."""

    day: date
    shares: Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughout:
    """Is it deployable throughout?"""

    answer: Answer
    shares: Shares
    trend: tuple[DayShares, ...]
    evidence: tuple[Evidence, ...]
    """When the newest version could not go on, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFirst:
    """Is it kept deployable before new work?"""

    answer: Answer
    published: int
    while_red: int
    """Of which came while the artifact was not deployable."""
    mending: int
    """Of which, at most, mended it: one for each red that ended after something came."""
    evidence: tuple[Evidence, ...]
    """What came then, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Is feedback fast, and there for everyone?"""

    answer: Answer
    from_commit: Distribution
    from_build: Distribution
    unknown: int
    """Verdicts on commits of which no start is known."""
    clock: int
    seen_by: str
    evidence: tuple[Evidence, ...]
    """The verdicts that took longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """Is what is not deployable mended first?"""

    answer: Answer
    reds: int
    open: int
    acted: Distribution
    """From red to the first thing that people did about it."""
    mended: Distribution
    """From red to green."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemand:
    """Could it be deployed at any time?"""

    answer: Answer
    shares: Shares
    frozen: float
    """The share of time in a freeze, by the rules in force now; it is part of `no`."""
    last_proof: datetime | None
    """When something was verified in production last; None: never."""
    proven_by: str | None
    """That promotion."""
    trend: tuple[DayShares, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAnswers:
    """The five answers of one day or week, as if nothing but it had been asked about."""

    stretch: Stretch
    throughout: Answer
    kept_first: Answer
    feedback: Answer
    mending: Answer
    on_demand: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployability:
    """One application."""

    application: str
    owner: str | None
    throughout: Throughout
    kept_first: KeptFirst
    feedback: Feedback
    mending: Mending
    on_demand: OnDemand
    trend: tuple[DayAnswers, ...] = ()
    """The five of each of the latest days or weeks, where one application was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on an answer is yes. They are ours: DORA asks, and publishes no figures."""

    throughout: float = 0.95
    """The least share of the known time that the newest version could go on."""
    known: float = 0.5
    """The least share of time that must be known; with less, the answer is unknown."""
    feedback: timedelta = timedelta(hours=1)
    """The most that nine in ten commits wait for their first verdict."""
    mending: timedelta = timedelta(hours=4)
    """The most that half of what is red waits until somebody does something."""
    on_demand: float = 0.95
    """The least share of the known time that production could be entered."""
