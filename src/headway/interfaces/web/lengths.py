"""Spans, shares and rates as people say them."""

from datetime import timedelta

_PARTS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def told_span(length: timedelta | None) -> str:
    """Write a span by its two largest parts; a dash where there is none."""
    if length is None:
        return "–"
    left = round(length.total_seconds())
    for place, (unit, size) in enumerate(_PARTS):
        if left >= size:
            first, rest = divmod(left, size)
            smaller = _PARTS[place + 1] if place + 1 < len(_PARTS) else None
            second = rest // smaller[1] if smaller else 0
            return f"{first} {unit}" + (f" {second} {smaller[0]}" if smaller and second else "")
    return "less than a second"


def told_share(share: float | None) -> str:
    """Write a share; where there is nothing to take a share of, it is unknown and not nothing."""
    return "unknown" if share is None else f"{share * 100:.1f} %"


def told_rate(per_day: float) -> str:
    """Write how often, by the unit in which it is at least one."""
    for unit, days in (("day", 1), ("week", 7), ("month", 30)):
        if per_day * days >= 1:
            return f"{per_day * days:.1f} a {unit}"
    return f"{per_day * 365:.1f} a year"
