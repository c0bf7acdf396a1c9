"""The deployments behind a number."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from headway.domain.facts import PromotionKind
from headway.domain.metrics.counted import Counted, Mask, Whole
from headway.domain.metrics.delivery import Start
from headway.domain.metrics.measure import Rows, recovery_spans
from headway.domain.metrics.results import Listed
from headway.domain.metrics.rows import FAILED_BYS, KINDS, NO, NONE, OUTCOMES, STARTS, instant, promotion_of
from headway.domain.metrics.words import Which


def listed(
    counted: Counted,
    rows: Rows,
    which: Which,
    *,
    limit: int,
    before: int | None = None,
    over: timedelta | None = None,
    under: timedelta | None = None,
) -> tuple[Listed, ...]:
    """List the newest deployments that are meant.

    Args:
        counted: everything that was counted.
        rows: what of it is asked about.
        which: what they have in common.
        limit: how many at most.
        before: only those with a lower number; None: from the newest.
        over: of `changes` and `recovered`, only those with a span at least this long.
        under: likewise, and shorter than this.
    """
    numbers, spans = _meant(rows, which, over, under)
    end = len(numbers) if before is None else np.searchsorted(numbers, before)
    newest = slice(max(end - limit, 0), end)
    found = zip(numbers[newest].tolist(), spans[newest].tolist(), strict=True)
    return tuple(_shown(counted, number, span) for number, span in reversed(list(found)))


def _meant(rows: Rows, which: Which, over: timedelta | None, under: timedelta | None) -> tuple[Whole, Whole]:
    """Give the numbers of the deliveries that are meant, rising, and beside them the span of each."""
    columns = rows.deliveries
    if which in (Which.CHANGES, Which.UNKNOWN):
        return _carrying(rows, which, over, under)
    mended, spans = recovery_spans(rows)
    if which is Which.RECOVERED:
        mask = mended & _between(spans, over, under)
        return rows.numbers[mask], spans[mask]
    masks: dict[Which, Callable[[], Mask]] = {
        Which.DEPLOYED: lambda: rows.deployed,
        Which.FAILED: lambda: rows.failed,
        Which.UNJUDGED: lambda: rows.unjudged,
        Which.OPEN: lambda: rows.broken & (columns["recovered"] == NONE),
        Which.REWORK: lambda: rows.rework,
        Which.FIRST_LOCKS: lambda: rows.of(PromotionKind.FIRST_LOCK) & rows.within(columns["ended"]),
        Which.WITHDRAWALS: lambda: rows.of(PromotionKind.WITHDRAWAL) & rows.within(columns["ended"]),
    }
    numbers = rows.numbers[masks[which]()]
    return numbers, np.full(len(numbers), NONE)


def _carrying(
    rows: Rows, which: Which, over: timedelta | None, under: timedelta | None
) -> tuple[Whole, Whole]:
    columns = rows.carried
    if which is Which.UNKNOWN:
        mine = np.isin(columns["start"], [STARTS.index(Start.UNKNOWN), STARTS.index(Start.CLOCK)])
        numbers = np.unique(columns["delivery"][mine])
        return numbers, np.full(len(numbers), NONE)
    mine = rows.from_commit & _between(rows.lead, over, under)
    numbers, which_of = np.unique(columns["delivery"][mine], return_inverse=True)
    longest = np.full(len(numbers), NONE)
    np.maximum.at(longest, which_of, rows.lead[mine])
    return numbers, longest


def _between(spans: Whole, over: timedelta | None, under: timedelta | None) -> Mask:
    at_least = 0 if over is None else over // timedelta(microseconds=1)
    mask: Mask = spans >= at_least
    return mask if under is None else mask & (spans < under // timedelta(microseconds=1))


def _shown(counted: Counted, number: int, span: int) -> Listed:
    row = {name: int(column[number]) for name, column in counted.deliveries.items()}
    by = row["recovered_by"]
    return Listed(
        number=number,
        promotion_id=promotion_of(row["promotion"]),
        sequence=row["sequence"],
        place=counted.places[row["place"]],
        kind=KINDS[row["kind"]].value,
        outcome=_outcome(row),
        decided_at=_known(row["decided"]),
        landed_at=instant(row["landed"]),
        ended_at=instant(row["ended"]),
        failed_at=instant(row["failed"]),
        failed_by=None if row["failed_by"] == NO else FAILED_BYS[row["failed_by"]].value,
        recovered_at=instant(row["recovered"]),
        recovered_by=None if by == NO else promotion_of(counted.deliveries["promotion"][by]),
        span=None if span == NONE else timedelta(microseconds=span),
    )


def _known(number: int) -> datetime:
    at = instant(number)
    if at is None:
        message = "a delivery without an instant at which it was decided"
        raise ValueError(message)
    return at


def _outcome(row: dict[str, int]) -> str:
    if row["outcome"] != NO:
        return OUTCOMES[row["outcome"]].value
    return "under way" if row["ended"] == NONE else "lost"
