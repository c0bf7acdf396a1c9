"""Charts of letters: bars for distributions, a line of marks for what changes over time."""

from collections.abc import Iterator, Sequence

_MARKS = "▁▂▃▄▅▆▇█"
_BAR = "█"
_BAR_WIDTH = 24


def sparkline(values: Sequence[float | None], width: int) -> str:
    """Give a mark for each value, the tallest for the largest; a dot where there is none.

    More values than fit are joined, each mark then standing for the largest of a few.
    """
    size = -(-len(values) // width) if values else 1
    joined = [_largest(values[start : start + size]) for start in range(0, len(values), size)]
    top = max((one for one in joined if one is not None), default=0)
    return "".join(_mark(one, top) for one in joined)


def _largest(values: Sequence[float | None]) -> float | None:
    return max((one for one in values if one is not None), default=None)


def _mark(value: float | None, top: float) -> str:
    if value is None:
        return "·"
    return _MARKS[min(len(_MARKS) - 1, int(value / top * (len(_MARKS) - 1) + 0.5))] if top else _MARKS[0]


def bars(counts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Give a line for each count, with a bar as long as its part of the largest; none is shown as nothing."""
    top = max((count for _, count in counts), default=0)
    wide = max((len(name) for name, _ in counts), default=0)
    for name, count in counts:
        length = -(-count * _BAR_WIDTH // top) if top else 0
        yield f"{name.ljust(wide)}  {(_BAR * length).ljust(_BAR_WIDTH)}  {count}"
