"""Spans, shares and rates as people say them."""

from datetime import timedelta

from headway.interfaces.words import span_in_words


def told_span(length: timedelta | None) -> str:
    """Write a span by its two largest parts; a dash where there is none."""
    if length is None:
        return "–"
    return span_in_words(length.total_seconds()) or "less than a second"


def told_share(share: float | None) -> str:
    """Write a share; where there is nothing to take a share of, it is unknown and not nothing."""
    return "unknown" if share is None else f"{share * 100:.1f} %"


def told_rate(per_day: float) -> str:
    """Write how often, by the unit in which it is at least one."""
    for unit, days in (("day", 1), ("week", 7), ("month", 30)):
        if per_day * days >= 1:
            return f"{per_day * days:.1f} a {unit}"
    return f"{per_day * 365:.1f} a year"
