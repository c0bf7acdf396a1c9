"""How time divides among answers: many spells laid over each other."""

from collections.abc import Sequence

import numpy as np

from headway.domain.deployability.results import DayShares, Shares
from headway.domain.deployability.rows import CANS
from headway.domain.deployability.watch import Can
from headway.domain.metrics.counted import Mask, Whole
from headway.domain.metrics.rows import NONE, whole
from headway.domain.metrics.selection import Stretch


class Divided:
    """An asked time divided: no where any spell says so, else unknown where any does, else yes.

    Where nothing was watched yet it belongs to none of the three.
    """

    def __init__(self, begins: Whole, ends: Whole, cans: Whole, since: int, until: int) -> None:
        """Lay the spells over each other.

        Args:
            begins: when each begins.
            ends: when each ends; `NONE`: it lasts.
            cans: what each says.
            since: the beginning of the asked time.
            until: its end.
        """
        first = np.clip(begins, since, until)
        last = np.clip(np.where(ends == NONE, until, ends), since, until)
        lasts = last > first
        first, last, cans = first[lasts], last[lasts], cans[lasts]
        times = np.concatenate((first, last, [since, until]))
        order = np.argsort(times, kind="stable")
        self._times = times[order]
        counts = [self._covered(cans == CANS.index(can), order) for can in (Can.NO, Can.UNKNOWN, Can.YES)]
        no = counts[0] > 0
        unknown = ~no & (counts[1] > 0)
        yes = ~no & ~unknown & (counts[2] > 0)
        spans = np.diff(self._times)
        self._sums = [
            np.concatenate(([0], np.cumsum(np.where(one[:-1], spans, 0)))) for one in (yes, no, unknown)
        ]

    @staticmethod
    def _covered(mine: Mask, order: Whole) -> Whole:
        steps = mine.astype(np.int64)
        counted: Whole = np.cumsum(np.concatenate((steps, -steps, [0, 0]))[order])
        return counted

    def shares(self) -> Shares:
        """Give the shares of all of it."""
        return _shares([float(one[-1]) for one in self._sums])

    def lasting(self, can: Can) -> float:
        """Give how long an answer lasted, in microseconds."""
        return float(self._sums[(Can.YES, Can.NO, Can.UNKNOWN).index(can)][-1])

    def by(self, stretches: Sequence[Stretch]) -> tuple[DayShares, ...]:
        """Give the shares of each day or week; of none: none."""
        if not stretches:
            return ()
        edges = np.array([whole(one.begins) for one in stretches] + [whole(stretches[-1].ends)])
        # The sums grow evenly between two changes: what stands at an edge lies on the line between them.
        parts = [np.diff(np.interp(edges, self._times, one)) for one in self._sums]
        return tuple(
            DayShares(day=one.day, shares=_shares([float(part[index]) for part in parts]))
            for index, one in enumerate(stretches)
        )


def _shares(parts: list[float]) -> Shares:
    total = sum(parts)
    yes, no, unknown = (part / total if total > 0 else 0.0 for part in parts)
    return Shares(yes=yes, no=no, unknown=unknown)
