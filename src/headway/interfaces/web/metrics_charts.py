"""The charts of the five delivery metrics: each point leads to the deployments behind it."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from headway.app.queries.metrics import MetricsShown
from headway.domain.metrics.presets import Preset
from headway.domain.metrics.results import Distribution, Point
from headway.domain.metrics.words import Per
from headway.interfaces.web.axes import counts, shares, spans
from headway.interfaces.web.charts import Mark, Series, Tick, bars, lines, ranks
from headway.interfaces.web.lengths import told_share, told_span
from headway.interfaces.web.measured import MOST_STRETCHES, Asked
from headway.interfaces.web.metrics_told import DEPLOYMENTS, Drawn

_PERCENTILES = (("c0", "half took no longer (p50)"), ("c1", "nine in ten took no longer (p90)"))


def drawn(shown: MetricsShown, asked: Asked, preset: Preset | None) -> dict[str, list[Drawn]]:
    """Draw everything, by the metric's key."""
    made = _Charts(shown, asked, preset)
    return {
        "frequency": [made.frequency()],
        "lead_time": [made.lead_time(), made.lead_bands()],
        "failures": [made.failures()],
        "recovery": [made.recovery(), made.recovery_bands()],
        "rework": [made.rework()],
    }


def day_of(point: Point) -> str:
    """Name a day or week on an axis."""
    return f"{point.stretch.day:%b} {point.stretch.day.day}"


class _Charts:
    def __init__(self, shown: MetricsShown, asked: Asked, preset: Preset | None) -> None:
        self._points = shown.trend[-MOST_STRETCHES:]
        self._metrics = shown.metrics
        self._asked = asked
        self._preset = preset
        self._per = Per(shown.per)
        self._labels = [day_of(one) for one in self._points]

    def frequency(self) -> Drawn:
        deployed = self._series(
            "verified",
            "deployed",
            lambda one: one.deployments or None,
            lambda one: f"{one.deployments} verified",
        )
        references = self._often() if self._asked.filters.application else []
        axis = counts(deployed.known, references)
        svg = bars(self._labels, [deployed], axis) if deployed.known else None
        return Drawn(title=f"Deployments verified, each {self._per}", svg=svg)

    def lead_time(self) -> Drawn:
        levels = self._preset.lead_time if self._preset else ()
        return self._percentiles(
            f"Lead time of what was verified, each {self._per}",
            "changes",
            lambda one: (one.lead_p50, one.lead_p90, f"of {one.changes} changes"),
            [one.under for one in levels if one.under],
        )

    def recovery(self) -> Drawn:
        levels = self._preset.recovery if self._preset else ()
        return self._percentiles(
            f"Recovery of failures, by the {self._per} in which they began",
            "recovered",
            lambda one: (
                one.recovery_p50,
                one.recovery_p90,
                f"of {one.broken} failures, if mended",
            ),
            [one.under for one in levels if one.under],
        )

    def lead_bands(self) -> Drawn:
        return self._bands("How long changes took", self._metrics.lead_time.from_commit, "changes")

    def recovery_bands(self) -> Drawn:
        return self._bands("How long recoveries took", self._metrics.recovery.recovered, "recovered")

    def failures(self) -> Drawn:
        rates = self._series(
            "failed",
            "failed",
            lambda one: one.failed / one.judged if one.judged else None,
            lambda one: f"{one.failed} of {one.judged} failed, {told_share(one.failed / one.judged)}",
        )
        levels = self._preset.failure_rate if self._preset else ()
        bounds = [one.at_most for one in levels if one.at_most is not None]
        references = [Tick(value=one, label=f"{one * 100:g} %", is_reference=True) for one in bounds]
        svg = lines(self._labels, [rates], shares(rates.known, references)) if rates.known else None
        return Drawn(
            title=f"Share that failed of what was judged, each {self._per}",
            svg=svg,
            words=f"A gap is a {self._per} in which nothing was judged.",
        )

    def rework(self) -> Drawn:
        mended = self._series(
            "rework", "rework", lambda one: one.rework or None, lambda one: f"{one.rework} mended something"
        )
        svg = bars(self._labels, [mended], counts(mended.known)) if mended.known else None
        return Drawn(title=f"Rollbacks and mending versions, each {self._per}", svg=svg)

    def _series(
        self, name: str, which: str, value: Callable[[Point], float | None], tells: Callable[[Point], str]
    ) -> Series:
        return Series(name=name, marks=[self._mark(one, which, value(one), tells) for one in self._points])

    def _mark(self, point: Point, which: str, value: float | None, tells: Callable[[Point], str]) -> Mark:
        if value is None:
            return Mark(value=None)
        href = self._asked.within(DEPLOYMENTS, point.stretch, which=which)
        return Mark(value=value, tells=f"{day_of(point)}: {tells(point)}", href=href if value else None)

    def _percentiles(
        self,
        title: str,
        which: str,
        of: Callable[[Point], tuple[timedelta | None, timedelta | None, str]],
        bounds: Sequence[timedelta],
    ) -> Drawn:
        both = []
        for place, name in enumerate(("p50", "p90")):
            marks = []
            for point in self._points:
                span, words = of(point)[place], of(point)[2]
                # A span of nothing has no place on a scale of powers: it is drawn as the shortest.
                seconds = None if not isinstance(span, timedelta) else max(span.total_seconds(), 0.001)
                told = f"{name} {told_span(span) if isinstance(span, timedelta) else ''} {words}"
                marks.append(self._mark(point, which, seconds, lambda _, told=told: told))  # type: ignore[misc]  # of this turn
            both.append(Series(name=name, marks=marks))
        known = [*both[0].known, *both[1].known]
        svg = lines(self._labels, both, spans(known, bounds)) if known else None
        return Drawn(
            title=title,
            svg=svg,
            key=_PERCENTILES,
            words="Each step of the scale is several times the last.",
        )

    def _bands(self, title: str, spread: Distribution, which: str) -> Drawn:
        if not spread.count:
            return Drawn(title=title, svg=None)
        marks = [
            Mark(
                value=float(one.count),
                tells=f"{one.name}: {one.count}",
                href=self._asked.to(
                    DEPLOYMENTS,
                    which=which,
                    over=one.over.total_seconds() or None,
                    under=one.under.total_seconds() if one.under else None,
                )
                if one.count
                else None,
            )
            for one in spread.bands
        ]
        series = Series(name=which, marks=marks)
        return Drawn(title=title, svg=ranks([one.name for one in spread.bands], series, counts(series.known)))

    def _often(self) -> list[Tick]:
        """Give published frequencies as deployments of one day or week."""
        days = 1 if self._per is Per.DAY else 7
        named = {1.0: "1 a day", 1 / 7: "1 a week"}
        levels = self._preset.frequency if self._preset else ()
        bounds = {one.above or one.at_least for one in levels}
        return [
            Tick(value=bound * days, label=label, is_reference=True)
            for bound, label in named.items()
            if bound in bounds and bound * days >= 1
        ]
