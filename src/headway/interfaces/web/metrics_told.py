"""The five delivery metrics as a page tells them: numbers, what is not in them, and what is behind them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from headway.app.queries.metrics import Comparison, Figure, MetricsShown
from headway.domain.metrics.definitions import Definition
from headway.domain.metrics.presets import PRESETS, Level, Preset
from headway.domain.metrics.results import Distribution, Metrics
from headway.interfaces.web.lengths import told_rate, told_share, told_span
from headway.interfaces.web.measured import Asked

DEPLOYMENTS = "/metrics/deployments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A number with its words, and where it leads."""

    number: str
    words: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart, what it shows, and the marks in it."""

    title: str
    svg: Markup | None
    """None: there is nothing to draw."""
    key: Sequence[tuple[str, str]] = ()
    """Of each kind of mark its class and its words."""
    words: str = ""
    kind: str = ""
    """Which colours its marks have; empty: those of metrics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One metric."""

    key: str
    definition: Definition
    figures: Sequence[Told]
    made_of: Sequence[Told]
    beside: Sequence[Told]
    """What is not counted in it."""
    published: Sequence[Level]
    """By the chosen year's report, best first; none: it published none."""
    met: Figure | None
    """The best of them that ours meets."""
    charts: Sequence[Drawn]


def preset_of(year: str | None) -> Preset | None:
    """Give a year's preset, the newest if none is named; None: none is wanted."""
    if year == "none":
        return None
    return next((one for one in PRESETS if str(one.year) == year), PRESETS[-1])


def sections(
    shown: MetricsShown, asked: Asked, preset: Preset | None, charts: dict[str, list[Drawn]]
) -> list[Section]:
    """Tell the five."""
    compared = next((one for one in shown.published if preset and one.year == preset.year), None)
    told = {key: tell(shown.metrics, asked) for key, tell in _TOLD.items()}
    return [
        Section(
            key=one.key,
            definition=one,
            figures=told[one.key].figures,
            made_of=told[one.key].made_of,
            beside=told[one.key].beside,
            published=levels_of(preset, one.key),
            met=_met(compared, one.key),
            charts=charts.get(one.key, []),
        )
        for one in shown.definitions
    ]


def levels_of(preset: Preset | None, key: str) -> Sequence[Level]:
    """Give what a year's report published of a metric."""
    if preset is None:
        return ()
    published = {
        "frequency": preset.frequency,
        "lead_time": preset.lead_time,
        "failures": preset.failure_rate,
        "recovery": preset.recovery,
    }
    return published.get(key, ())


def _met(compared: Comparison | None, key: str) -> Figure | None:
    if compared is None:
        return None
    found = {
        "frequency": compared.frequency,
        "lead_time": compared.lead_time,
        "failures": compared.failure_rate,
        "recovery": compared.recovery,
    }
    return found.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    figures: Sequence[Told]
    made_of: Sequence[Told] = ()
    beside: Sequence[Told]


def _frequency(found: Metrics, asked: Asked) -> _Numbers:
    often, apart = found.frequency, found.apart
    figures = [_figure(often.deployments, "deployments", asked, "deployed")]
    if often.deployments:
        figures.append(Told(number=told_rate(often.per_day), words="over all the time that was asked about"))
    failed = f" ({apart.first_locks_failed} failed)" if apart.first_locks_failed else ""
    return _Numbers(
        figures=figures,
        beside=(
            _figure(apart.first_locks, f"artifacts that a first lock brought{failed}", asked, "first-locks"),
            _figure(apart.withdrawals, "withdrawals, put back without blame", asked, "withdrawals"),
        ),
    )


def _lead_time(found: Metrics, asked: Asked) -> _Numbers:
    lead, built = found.lead_time, found.lead_time.from_build
    half = f" (half took no longer than {told_span(built.p50)} from there)" if built.count else ""
    return _Numbers(
        figures=_spans(lead.from_commit, "changes whose commit's time is known", asked, "changes"),
        made_of=(
            _figure(lead.source, "commits of sources, with those not counted", asked),
            _figure(lead.configuration, "commits of configuration, likewise", asked),
        ),
        beside=(
            _figure(built.count, f"changes of which only the build's time is known{half}", asked),
            _figure(lead.unknown, "changes without a known start", asked, "unknown"),
            _figure(lead.clock, "changes that start after their end, as clocks disagree", asked, "unknown"),
        ),
    )


def _failures(found: Metrics, asked: Asked) -> _Numbers:
    rate, apart, unjudged = found.failures, found.apart, found.failures.unjudged
    figures = [Told(number="unknown", words="nothing was judged in this time")]
    if rate.rate is not None:
        href = asked.to(DEPLOYMENTS, which="failed") if rate.failed else None
        figures = [
            Told(number=told_share(rate.rate), words="of those that were judged", href=href),
            _figure(rate.failed, f"failed of {rate.judged:,}", asked, "failed"),
        ]
    return _Numbers(
        figures=figures,
        made_of=(
            _figure(rate.by_verdict, "failed by their verdict, before they were verified", asked),
            _figure(rate.taken_back, "taken back by a person", asked),
            _figure(rate.quarantined, "quarantined by a person where they stood", asked),
        ),
        beside=(
            _figure(unjudged.withdrawn, "withdrawn, as nobody can tell", asked, "unjudged"),
            _figure(unjudged.replaced, "replaced before a verdict", asked, "unjudged"),
            _figure(unjudged.under_way, "under way", asked, "unjudged"),
            _figure(unjudged.lost, "lost, as they never reached their branch", asked),
            _figure(apart.rollbacks_of_unknown, "rollbacks of what an earlier ledger had deployed", asked),
        ),
    )


def _recovery(found: Metrics, asked: Asked) -> _Numbers:
    recovery = found.recovery
    since = f" (the oldest since {recovery.oldest_open:%Y-%m-%d %H:%M} UTC)" if recovery.oldest_open else ""
    return _Numbers(
        figures=_spans(recovery.recovered, "failures that were mended", asked, "recovered"),
        beside=(
            _figure(recovery.open, f"failures not mended yet{since}", asked, "open"),
            _figure(recovery.clock, "recoveries that end before they begin, as clocks disagree", asked),
        ),
    )


def _rework(found: Metrics, asked: Asked) -> _Numbers:
    rework = found.rework
    figures = [Told(number="unknown", words="nothing was verified in this time")]
    if rework.rate is not None:
        mended = rework.rollbacks + rework.forward
        href = asked.to(DEPLOYMENTS, which="rework") if mended else None
        figures = [
            Told(number=told_share(rework.rate), words="of what was deployed mended something", href=href),
            _figure(mended, f"of {rework.deployments:,}, with rollbacks", asked, "rework"),
        ]
    return _Numbers(
        figures=figures,
        made_of=(
            _figure(rework.rollbacks, "rollbacks", asked),
            _figure(rework.forward, "newer versions that went out while a failure stood there", asked),
        ),
        beside=(_figure(found.apart.withdrawals, "withdrawals, which blame nobody", asked, "withdrawals"),),
    )


def _spans(spans: Distribution, of: str, asked: Asked, which: str) -> Sequence[Told]:
    if not spans.count:
        return [Told(number="unknown", words=f"there were no {of}")]
    href = asked.to(DEPLOYMENTS, which=which)
    return [
        Told(number=told_span(spans.p50), words="half took no longer", href=href),
        Told(number=told_span(spans.p90), words="nine in ten took no longer", href=href),
        Told(number=f"{spans.count:,}", words=of, href=href),
    ]


def _figure(count: int, words: str, asked: Asked, which: str | None = None) -> Told:
    href = asked.to(DEPLOYMENTS, which=which) if which and count else None
    return Told(number=f"{count:,}", words=words, href=href)


_TOLD: Mapping[str, Callable[[Metrics, Asked], _Numbers]] = {
    "frequency": _frequency,
    "lead_time": _lead_time,
    "failures": _failures,
    "recovery": _recovery,
    "rework": _rework,
}
