"""What the axes of charts name: round counts, shares, and spans by the units that people think in."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from headway.interfaces.web.charts import Axis, Tick

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_SPANS = (
    ("1 s", timedelta(seconds=1)),
    ("10 s", timedelta(seconds=10)),
    ("1 min", timedelta(minutes=1)),
    ("10 min", timedelta(minutes=10)),
    ("1 h", _HOUR),
    ("6 h", 6 * _HOUR),
    ("1 d", _DAY),
    ("1 week", 7 * _DAY),
    ("1 month", 30 * _DAY),
    ("6 months", 182 * _DAY),
    ("2 years", 730 * _DAY),
    ("20 years", 7300 * _DAY),
)
"""Bounds that DORA's questions have are among them."""
_MOST_TICKS = 5
_ROOM = 0.09
"""The share of an axis that a label takes."""


def counts(values: Iterable[float], references: Sequence[Tick] = ()) -> Axis:
    """Name round numbers from nothing to the largest."""
    largest = max([*values, 1.0])
    step = next(
        base * 10**power
        for power in range(12)
        for base in (1, 2, 5)
        if largest / (base * 10**power) <= _MOST_TICKS
    )
    highest = step * -(-largest // step)
    ticks = [Tick(value=at * step, label=f"{at * step:,}") for at in range(int(highest // step) + 1)]
    return _with(ticks, references, highest)


def shares(values: Iterable[float], references: Sequence[Tick] = ()) -> Axis:
    """Name shares from nothing to the largest, at most to the whole."""
    largest = max([*values, 0.1])
    highest = next(one for one in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if largest <= one or one == 1.0)
    ticks = [Tick(value=highest * at / 4, label=f"{highest * at * 25:g} %") for at in range(5)]
    return _with(ticks, references, highest)


def spans(values: Iterable[float], bounds: Iterable[timedelta] = ()) -> Axis:
    """Name spans, in seconds, on a scale where each step is several times the one before.

    Args:
        values: what is drawn.
        bounds: published figures, drawn where they are not far from the values.
    """
    known = [one for one in values if one > 0] or [3600.0]
    seconds = [one.total_seconds() for _, one in _SPANS]
    first = max((at for at, one in enumerate(seconds) if one <= min(known)), default=0)
    last = min((at for at, one in enumerate(seconds) if one > max(known)), default=len(seconds) - 1)
    references = set(bounds)
    ticks = tuple(
        Tick(value=span.total_seconds(), label=label, is_reference=span in references)
        for label, span in _SPANS[first : last + 1]
    )
    lowest = min(seconds[first], *known)
    return Axis(ticks=ticks, lowest=lowest, highest=max(seconds[last], *known) * 1.01, logarithmic=True)


def _with(ticks: Sequence[Tick], references: Sequence[Tick], highest: float) -> Axis:
    """Lay published figures over round numbers; where there is no room for both labels, theirs stay."""
    room = highest * _ROOM
    shown: list[Tick] = []
    for one in sorted(references, key=lambda tick: tick.value):
        is_free = all(abs(one.value - other.value) >= room for other in shown)
        if 0 < one.value <= highest:
            shown.append(Tick(value=one.value, label=one.label if is_free else "", is_reference=True))
    shown += [one for one in ticks if all(abs(one.value - other.value) >= room for other in references)]
    # The topmost label must lie below the edge: at exactly the edge nothing is drawn.
    return Axis(ticks=tuple(shown), lowest=0.0, highest=highest * 1.02)
