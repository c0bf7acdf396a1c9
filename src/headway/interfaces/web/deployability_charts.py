"""The charts of deployability: how each day divides, and how long feedback and mending took."""

from collections.abc import Callable, Sequence

from headway.domain.deployability.results import DayShares, Deployability, Shares
from headway.domain.metrics.results import Distribution
from headway.domain.metrics.words import Per
from headway.interfaces.web.axes import counts, shares
from headway.interfaces.web.charts import Mark, Series, bars, ranks
from headway.interfaces.web.lengths import told_share
from headway.interfaces.web.measured import Asked
from headway.interfaces.web.metrics_told import Drawn

_KINDS: Sequence[tuple[str, str, Callable[[Shares], float]]] = (
    ("yes", "yes", lambda one: one.yes),
    ("unknown", "unknown", lambda one: one.unknown),
    ("no", "no", lambda one: one.no),
)


def drawn(one: Deployability, asked: Asked) -> dict[str, list[Drawn]]:
    """Draw what can be drawn of the answers, by the question's key."""
    per = Per(asked.filters.per)
    return {
        "throughout": [_divided(one, one.throughout.trend, asked, f"Share of each {per} it was deployable")],
        "feedback": [_bands("How long first verdicts took, from the commit", one.feedback.from_commit)],
        "mending": [
            _bands("From red to the first thing that people did", one.mending.acted),
            _bands("From red to green", one.mending.mended),
        ],
        "on_demand": [
            _divided(one, one.on_demand.trend, asked, f"Share of each {per} production could be entered")
        ],
    }


def _divided(one: Deployability, trend: Sequence[DayShares], asked: Asked, title: str) -> Drawn:
    days = list(zip(one.trend, trend[-len(one.trend) :], strict=True)) if one.trend else []
    series = []
    for name, words, share_of in _KINDS:
        marks = []
        for day, told in days:
            share = share_of(told.shares)
            marks.append(
                Mark(
                    value=share or None,
                    tells=f"{told.day:%b} {told.day.day}: {told_share(share)} {words}",
                    href=asked.within("/deployability", day.stretch),
                )
            )
        series.append(Series(name=name, marks=marks))
    if not any(each.known for each in series):
        return Drawn(title=title, svg=None)
    labels = [f"{told.day:%b} {told.day.day}" for _, told in days]
    return Drawn(
        title=title,
        svg=bars(labels, series, shares([1.0])),
        key=[(f"square a-{name}", words) for name, words, _ in _KINDS],
        kind="answers",
    )


def _bands(title: str, spread: Distribution) -> Drawn:
    if not spread.count:
        return Drawn(title=title, svg=None)
    marks = [Mark(value=float(one.count), tells=f"{one.name}: {one.count}") for one in spread.bands]
    series = Series(name="bands", marks=marks)
    return Drawn(title=title, svg=ranks([one.name for one in spread.bands], series, counts(series.known)))
