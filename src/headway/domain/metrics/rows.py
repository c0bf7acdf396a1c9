"""Rows of whole numbers: how deliveries and carried changes are written down.

Instants are microseconds since 1970 in UTC; `NONE` stands where there is none, `NO` where no number or
member is.
"""

from datetime import UTC, datetime, timedelta

from headway.domain.facts import Outcome, PromotionKind
from headway.domain.metrics.delivery import Carried, Delivery, FailedBy, Half, Start

NONE = -(2**62)
"""No instant."""
NO = -1
"""No number, no member."""

KINDS = tuple(PromotionKind)
OUTCOMES = tuple(Outcome)
FAILED_BYS = tuple(FailedBy)
STARTS = tuple(Start)
HALVES = tuple(Half)

DELIVERY_COLUMNS = {
    "place": "i",
    "promotion": "q",
    "sequence": "q",
    "kind": "b",
    "by_person": "b",
    "decided": "q",
    "landed": "q",
    "ended": "q",
    "outcome": "b",
    "failed": "q",
    "failed_by": "b",
    "recovered": "q",
    "recovered_by": "i",
    "blames": "i",
    "mends": "b",
}
"""By name, how wide a number is, as `array` calls it."""
CARRIED_COLUMNS = {
    "delivery": "i",
    "place": "i",
    "verified": "q",
    "half": "b",
    "start": "b",
    "started": "q",
    "count": "i",
}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HALF_RANGE, _RANGE = 2**63, 2**64


def whole(instant: datetime | None) -> int:
    """Write an instant as a number."""
    return NONE if instant is None else (instant - _EPOCH) // _MICROSECOND


def instant(number: int) -> datetime | None:
    """Read a number as the instant that it stands for."""
    return None if number == NONE else _EPOCH + int(number) * _MICROSECOND


def signed(promotion_id: str) -> int:
    """Write a promotion's 16 hexadecimal digits as a number of 64 bits with a sign."""
    number = int(promotion_id, 16)
    return number - _RANGE if number >= _HALF_RANGE else number


def promotion_of(number: int) -> str:
    """Read a promotion's id back."""
    return f"{int(number) % _RANGE:016x}"


def delivery_row(one: Delivery) -> tuple[int, ...]:
    """Give a delivery's row, in the order of `DELIVERY_COLUMNS`."""
    return (
        one.place,
        signed(one.promotion_id),
        one.sequence,
        KINDS.index(one.kind),
        int(one.by_person),
        whole(one.decided_at),
        whole(one.landed_at),
        whole(one.ended_at),
        NO if one.outcome is None else OUTCOMES.index(one.outcome),
        whole(one.failed_at),
        NO if one.failed_by is None else FAILED_BYS.index(one.failed_by),
        whole(one.recovered_at),
        NO if one.recovered_by is None else one.recovered_by,
        NO if one.blames is None else one.blames,
        int(one.mends),
    )


def carried_row(one: Carried) -> tuple[int, ...]:
    """Give a carried change's row, in the order of `CARRIED_COLUMNS`."""
    return (
        one.delivery,
        one.place,
        whole(one.verified_at),
        HALVES.index(one.half),
        STARTS.index(one.start),
        whole(one.started_at),
        one.count,
    )
