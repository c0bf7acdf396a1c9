"""The five delivery metrics of a selection."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np

from headway.domain.facts import Outcome, PromotionKind
from headway.domain.metrics.counted import Counted, Mask, Whole
from headway.domain.metrics.delivery import FailedBy, Half, Start
from headway.domain.metrics.distribution import distribution
from headway.domain.metrics.results import (
    Apart,
    FailureRate,
    Frequency,
    LeadTime,
    Metrics,
    Recovery,
    Rework,
    Unjudged,
)
from headway.domain.metrics.rows import FAILED_BYS, HALVES, KINDS, NO, NONE, OUTCOMES, STARTS, instant, whole
from headway.domain.metrics.selection import Selection

_DAY_US = timedelta(days=1) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Rows:
    """The rows that a selection takes, and masks over them, each reckoned once."""

    deliveries: dict[str, Whole]
    """At the asked places, and with an instant in the asked time."""
    numbers: Whole
    """Of each of them among all deliveries, rising."""
    carried: dict[str, Whole]
    """The changes that were verified at the asked places in the asked time."""
    taken: Mask
    """Of each place, whether it was asked about; without any place there is one `False`."""
    since: int
    until: int

    def within(self, instants: Whole) -> Mask:
        """Say which of these instants were asked about."""
        return _within(instants, self.since, self.until)

    def of(self, kind: PromotionKind) -> Mask:
        """Give the deliveries of a kind."""
        mask: Mask = self.deliveries["kind"] == KINDS.index(kind)
        return mask

    def ended_as(self, outcome: Outcome) -> Mask:
        """Give the deliveries with an outcome that came in the asked time."""
        columns = self.deliveries
        mask: Mask = columns["outcome"] == OUTCOMES.index(outcome)
        return mask & self.within(columns["ended"])

    @cached_property
    def deployed(self) -> Mask:
        """Give the promotions that were verified in the asked time."""
        return self.of(PromotionKind.PROMOTION) & self.ended_as(Outcome.VERIFIED)

    @cached_property
    def judged_at(self) -> Whole:
        """Give when each delivery was judged: its verdict, or, without one, when it was found bad."""
        columns = self.deliveries
        has_verdict = np.isin(columns["outcome"], [OUTCOMES.index(one) for one in _VERDICTS])
        return np.where(has_verdict, columns["ended"], columns["failed"])

    @cached_property
    def judged(self) -> Mask:
        """Give the promotions that are known to be good or bad, judged in the asked time."""
        return self.of(PromotionKind.PROMOTION) & self.within(self.judged_at)

    @cached_property
    def failed(self) -> Mask:
        """Give those of them that failed, whenever that was found."""
        mask: Mask = self.judged & (self.deliveries["failed"] != NONE)
        return mask

    @cached_property
    def broken(self) -> Mask:
        """Give the promotions whose failure began in the asked time."""
        return self.of(PromotionKind.PROMOTION) & self.within(self.deliveries["failed"])

    @cached_property
    def rolled_back(self) -> Mask:
        """Give the rollbacks that were verified in the asked time."""
        return self.of(PromotionKind.ROLLBACK) & self.ended_as(Outcome.VERIFIED)

    @cached_property
    def rework(self) -> Mask:
        """Give the rollbacks and the newer versions that mended something, verified in the asked time."""
        mends: Mask = self.deployed & (self.deliveries["mends"] == 1)
        return mends | self.rolled_back

    @cached_property
    def from_commit(self) -> Mask:
        """Give the carried changes whose way is known from their commit on."""
        mask: Mask = self.carried["start"] == STARTS.index(Start.COMMIT)
        return mask

    @cached_property
    def lead(self) -> Whole:
        """Give how long each carried change was on its way, where its start is known."""
        return self.carried["verified"] - self.carried["started"]

    @cached_property
    def unjudged(self) -> Mask:
        """Give the promotions that landed in the asked time and are not known to be good or bad."""
        landed = self.within(self.deliveries["landed"])
        mask: Mask = self.of(PromotionKind.PROMOTION) & landed & (self.judged_at == NONE)
        return mask


_VERDICTS = (Outcome.VERIFIED, Outcome.FAILED)


def rows_of(counted: Counted, selection: Selection) -> Rows:
    """Select rows."""
    taken = np.array([selection.takes(place) for place in counted.places], dtype=np.bool_)
    if not len(taken):
        taken = np.zeros(1, dtype=np.bool_)
    since, until = whole(selection.since), whole(selection.until)
    deliveries, numbers = _taken(counted.deliveries, taken, _INSTANTS, since, until)
    carried, _ = _taken(counted.carried, taken, ("verified",), since, until)
    return Rows(
        deliveries=deliveries, numbers=numbers, carried=carried, taken=taken, since=since, until=until
    )


_INSTANTS = ("decided", "landed", "ended", "failed")
"""One of them lies in the asked time, of whatever is counted in it."""


def _taken(
    columns: dict[str, Whole], places: Mask, instants: tuple[str, ...], since: int, until: int
) -> tuple[dict[str, Whole], Whole]:
    """Give the rows at the places with one of the instants in the time, and their numbers."""
    mask = np.zeros(len(columns["place"]), dtype=np.bool_)
    for name in instants:
        mask |= _within(columns[name], since, until)
    mask &= places[columns["place"]]
    numbers = np.flatnonzero(mask)
    if len(numbers) == len(mask):  # of everything there need be no second copy
        return columns, numbers
    return {name: column[numbers] for name, column in columns.items()}, numbers


def _within(instants: Whole, since: int, until: int) -> Mask:
    mask: Mask = (instants >= since) & (instants < until)
    return mask


def measure(rows: Rows) -> Metrics:
    """Reckon the five metrics of what was selected."""
    return Metrics(
        frequency=_frequency(rows),
        lead_time=_lead_time(rows),
        failures=_failures(rows),
        recovery=_recovery(rows),
        rework=_rework(rows),
        apart=_apart(rows),
    )


def _frequency(rows: Rows) -> Frequency:
    count, asked = _count(rows.deployed), rows.until - rows.since
    return Frequency(deployments=count, per_day=count * _DAY_US / asked if asked > 0 else 0.0)


def _lead_time(rows: Rows) -> LeadTime:
    columns = rows.carried

    def having(start: Start) -> Mask:
        mask: Mask = columns["start"] == STARTS.index(start)
        return mask

    halves = columns["half"]
    return LeadTime(
        from_commit=distribution(rows.lead[rows.from_commit]),
        from_build=distribution(rows.lead[having(Start.BUILD)]),
        source=int(columns["count"][halves == HALVES.index(Half.SOURCE)].sum()),
        configuration=int(columns["count"][halves == HALVES.index(Half.CONFIGURATION)].sum()),
        unknown=int(columns["count"][having(Start.UNKNOWN)].sum()),
        clock=int(columns["count"][having(Start.CLOCK)].sum()),
    )


def _failures(rows: Rows) -> FailureRate:
    judged, failed = _count(rows.judged), rows.failed
    by = rows.deliveries["failed_by"][failed]
    return FailureRate(
        failed=_count(failed),
        judged=judged,
        rate=_count(failed) / judged if judged else None,
        by_verdict=_count(by == FAILED_BYS.index(FailedBy.VERDICT)),
        taken_back=_count(by == FAILED_BYS.index(FailedBy.TAKEN_BACK)),
        quarantined=_count(by == FAILED_BYS.index(FailedBy.QUARANTINED)),
        unjudged=_unjudged(rows),
    )


def _unjudged(rows: Rows) -> Unjudged:
    columns, mine = rows.deliveries, rows.unjudged
    outcomes = columns["outcome"][mine]
    is_open = (columns["ended"] == NONE) & mine
    never = (columns["landed"] == NONE) & (columns["outcome"] == NO) & rows.within(columns["ended"])
    return Unjudged(
        withdrawn=_count(np.isin(outcomes, [OUTCOMES.index(one) for one in _COULD_NOT_TELL])),
        replaced=_count(outcomes == OUTCOMES.index(Outcome.REPLACED)),
        under_way=_count(is_open),
        lost=_count(never & rows.of(PromotionKind.PROMOTION)),
    )


_COULD_NOT_TELL = (Outcome.WITHDRAWN, Outcome.LEFT)


def recovery_spans(rows: Rows) -> tuple[Mask, Whole]:
    """Give the failures that are mended, and how long that took each delivery."""
    columns = rows.deliveries
    return rows.broken & (columns["recovered"] != NONE), columns["recovered"] - columns["failed"]


def _recovery(rows: Rows) -> Recovery:
    mended, spans = recovery_spans(rows)
    is_open = rows.broken & (rows.deliveries["recovered"] == NONE)
    oldest = rows.deliveries["failed"][is_open].min() if _count(is_open) else NONE
    return Recovery(
        recovered=distribution(spans[mended & (spans >= 0)]),
        open=_count(is_open),
        oldest_open=instant(oldest),
        clock=_count(mended & (spans < 0)),
    )


def _rework(rows: Rows) -> Rework:
    rollbacks, mending = _count(rows.rolled_back), _count(rows.rework)
    deployments = _count(rows.deployed) + rollbacks
    return Rework(
        rollbacks=rollbacks,
        forward=mending - rollbacks,
        deployments=deployments,
        rate=mending / deployments if deployments else None,
    )


def _apart(rows: Rows) -> Apart:
    columns = rows.deliveries
    first = rows.of(PromotionKind.FIRST_LOCK)
    by_person = rows.of(PromotionKind.ROLLBACK) & (columns["by_person"] == 1) & (columns["landed"] != NONE)
    return Apart(
        first_locks=_count(first & rows.ended_as(Outcome.VERIFIED)),
        first_locks_failed=_count(first & rows.within(columns["failed"])),
        withdrawals=_count(rows.of(PromotionKind.WITHDRAWAL) & rows.ended_as(Outcome.VERIFIED)),
        rollbacks_of_unknown=_count(by_person & (columns["blames"] == NO) & rows.within(columns["decided"])),
    )


def _count(mask: Mask) -> int:
    return int(np.count_nonzero(mask))
