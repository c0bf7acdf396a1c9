"""How spans are distributed: percentiles, and counts in bands. Never a mean: a few long ones rule it."""

from datetime import timedelta
from math import ceil

import numpy as np

from headway.domain.metrics.counted import Whole
from headway.domain.metrics.results import Band, Distribution

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

BANDS = (
    ("less than 10 minutes", timedelta(minutes=10)),
    ("10 minutes to an hour", _HOUR),
    ("an hour to 6 hours", 6 * _HOUR),
    ("6 hours to a day", _DAY),
    ("a day to a week", 7 * _DAY),
    ("a week to a month", 30 * _DAY),
    ("a month to 6 months", 182 * _DAY),
    ("6 months and more", None),
)
"""By name, what is below; bounds that DORA's questions have are among them. A month is 30 days here."""


def distribution(spans: Whole) -> Distribution:
    """Describe spans given in microseconds."""
    p50, p90 = percentiles(spans)
    return Distribution(count=len(spans), p50=p50, p90=p90, bands=_bands(spans))


def percentiles(spans: Whole) -> tuple[timedelta | None, timedelta | None]:
    """Give p50 and p90 by the nearest rank: the shortest span that as many are no longer than.

    It is one of the spans that there were, whatever their number; nothing is interpolated.
    """
    if not len(spans):
        return None, None
    ranks = [ceil(len(spans) * share / 100) - 1 for share in (50, 90)]
    ordered = np.partition(spans, ranks)
    p50, p90 = (timedelta(microseconds=int(ordered[rank])) for rank in ranks)
    return p50, p90


def _bands(spans: Whole) -> tuple[Band, ...]:
    edges = [under // timedelta(microseconds=1) for _, under in BANDS if under is not None]
    counts = np.bincount(np.searchsorted(edges, spans, side="right"), minlength=len(BANDS))
    overs = [timedelta(0), *(under for _, under in BANDS if under is not None)]
    return tuple(
        Band(name=name, over=over, under=under, count=int(count))
        for (name, under), over, count in zip(BANDS, overs, counts, strict=True)
    )
