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
    mask, spans = _meant(rows, which, over, under)
    numbers = np.flatnonzero(mask)
    if before is not None:
        numbers = numbers[numbers < before]
    newest = numbers[::-1][:limit]
    return tuple(_shown(counted, int(number), spans) for number in newest)


def _meant(
    rows: Rows, which: Which, over: timedelta | None, under: timedelta | None
) -> tuple[Mask, Whole | None]:
    columns = rows.deliveries
    if which in (Which.CHANGES, Which.UNKNOWN):
        return _carrying(rows, which, over, under)
    mended, spans = recovery_spans(rows)
    if which is Which.RECOVERED:
        return mended & _between(spans, over, under), spans
    masks: dict[Which, Callable[[], Mask]] = {
        Which.DEPLOYED: lambda: rows.deployed,
        Which.FAILED: lambda: rows.failed,
        Which.UNJUDGED: lambda: rows.unjudged,
        Which.OPEN: lambda: rows.broken & (columns["recovered"] == NONE),
        Which.REWORK: lambda: rows.rework,
        Which.FIRST_LOCKS: lambda: rows.of(PromotionKind.FIRST_LOCK) & rows.within(columns["ended"]),
        Which.WITHDRAWALS: lambda: rows.of(PromotionKind.WITHDRAWAL) & rows.within(columns["ended"]),
    }
    return masks[which](), None


def _carrying(
    rows: Rows, which: Which, over: timedelta | None, under: timedelta | None
) -> tuple[Mask, Whole]:
    columns = rows.carried
    mine = rows.carried_at & rows.within(columns["verified"])
    lead = columns["verified"] - columns["started"]
    if which is Which.CHANGES:
        mine &= (columns["start"] == STARTS.index(Start.COMMIT)) & _between(lead, over, under)
    else:
        mine &= np.isin(columns["start"], [STARTS.index(Start.UNKNOWN), STARTS.index(Start.CLOCK)])
    longest = np.full(len(rows.deliveries["place"]), NONE, dtype=np.int64)
    found = np.zeros(len(longest), dtype=np.bool_)
    found[columns["delivery"][mine]] = True
    known = mine & (columns["start"] == STARTS.index(Start.COMMIT))
    np.maximum.at(longest, columns["delivery"][known], lead[known])
    return found, longest


def _between(spans: Whole, over: timedelta | None, under: timedelta | None) -> Mask:
    at_least = 0 if over is None else over // timedelta(microseconds=1)
    mask: Mask = spans >= at_least
    return mask if under is None else mask & (spans < under // timedelta(microseconds=1))


def _shown(counted: Counted, number: int, spans: Whole | None) -> Listed:
    row = {name: int(column[number]) for name, column in counted.deliveries.items()}
    by = row["recovered_by"]
    span = None if spans is None or spans[number] == NONE else timedelta(microseconds=int(spans[number]))
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
        span=span,
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
