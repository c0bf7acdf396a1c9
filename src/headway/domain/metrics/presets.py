"""What DORA published, by year: figures to set one's own beside, metric by metric. No badge follows.

The clusters of a year are what that year's respondents fell into; names of clusters mean other figures in
another year. The figures are facts from the reports; the sources are in `Preset.source`.
"""

from dataclasses import dataclass
from datetime import timedelta

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_WEEK, _MONTH, _HALF_YEAR = 7 * _DAY, 30 * _DAY, 182 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One published figure of one metric, and who had it."""

    name: str
    """The cluster; or, where none were published, the answer of the questionnaire."""
    words: str
    """The figure as it was published."""
    under: timedelta | None = None
    """Of spans: shorter than this meets it; None: any does."""
    at_least: float | None = None
    """Of frequencies: so many a day meet it; None: any does."""
    above: float | None = None
    """Of frequencies: more than so many a day meet it."""
    at_most: float | None = None
    """Of shares: no more than this meets it; None: any does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What one year's report says; a metric without levels was not published that year."""

    year: int
    report: str
    source: str
    frequency: tuple[Level, ...] = ()
    """Best first, here and below."""
    lead_time: tuple[Level, ...] = ()
    failure_rate: tuple[Level, ...] = ()
    recovery: tuple[Level, ...] = ()


def _spans(*levels: tuple[str, str, timedelta | None]) -> tuple[Level, ...]:
    return tuple(Level(name=name, words=words, under=under) for name, words, under in levels)


def _rates(*levels: tuple[str, str, float | None]) -> tuple[Level, ...]:
    return tuple(Level(name=name, words=words, at_most=at_most) for name, words, at_most in levels)


_ON_DEMAND = "on demand (several times a day)"
_DAILY = "between once a day and once a week"
_WEEKLY = "between once a week and once a month"
_MONTHLY = "between once a month and once in six months"
_RARER = "less than once in six months"


def _often(*levels: tuple[str, str]) -> tuple[Level, ...]:
    least = {_DAILY: 1 / 7, _WEEKLY: 1 / 30, _MONTHLY: 1 / 182, _HOURLY: 1.0}
    return tuple(
        Level(name=name, words=words, above=1.0)
        if words == _ON_DEMAND
        else Level(name=name, words=words, at_least=least.get(words))
        for name, words in levels
    )


_HOURLY = "between once an hour and once a day"
_DAY_TO_WEEK = "between a day and a week"
_WEEK_TO_MONTH = "between a week and a month"
_MONTH_TO_HALF_YEAR = "between a month and six months"

PRESETS = (
    Preset(
        year=2021,
        report="Accelerate State of DevOps 2021",
        source="https://dora.dev/research/2021/dora-report/",
        frequency=_often(("elite", _ON_DEMAND), ("high", _WEEKLY), ("medium", _MONTHLY), ("low", _RARER)),
        lead_time=_spans(
            ("elite", "less than an hour", _HOUR),
            ("high", _DAY_TO_WEEK, _WEEK),
            ("medium", _MONTH_TO_HALF_YEAR, _HALF_YEAR),
            ("low", "more than six months", None),
        ),
        failure_rate=_rates(("elite", "0 to 15 %", 0.15), ("high, medium, low", "16 to 30 %", 0.30)),
        recovery=_spans(
            ("elite", "less than an hour", _HOUR),
            ("high", "less than a day", _DAY),
            ("medium", _DAY_TO_WEEK, _WEEK),
            ("low", "more than six months", None),
        ),
    ),
    Preset(
        year=2022,
        report="Accelerate State of DevOps 2022",
        source="https://dora.dev/research/2022/dora-report/",
        frequency=_often(("high", _ON_DEMAND), ("medium", _WEEKLY), ("low", _MONTHLY)),
        lead_time=_spans(
            ("high", _DAY_TO_WEEK, _WEEK),
            ("medium", _WEEK_TO_MONTH, _MONTH),
            ("low", _MONTH_TO_HALF_YEAR, _HALF_YEAR),
        ),
        failure_rate=_rates(
            ("high", "0 to 15 %", 0.15), ("medium", "16 to 30 %", 0.30), ("low", "46 to 60 %", 0.60)
        ),
        recovery=_spans(
            ("high", "less than a day", _DAY),
            ("medium", _DAY_TO_WEEK, _WEEK),
            ("low", _WEEK_TO_MONTH, _MONTH),
        ),
    ),
    Preset(
        year=2023,
        report="Accelerate State of DevOps 2023",
        source="https://dora.dev/research/2023/dora-report/",
        frequency=_often(("elite", _ON_DEMAND), ("high", _DAILY), ("medium, low", _WEEKLY)),
        lead_time=_spans(
            ("elite", "less than a day", _DAY),
            ("high", _DAY_TO_WEEK, _WEEK),
            ("medium, low", _WEEK_TO_MONTH, _MONTH),
        ),
        failure_rate=_rates(
            ("elite", "5 %", 0.05), ("high", "10 %", 0.10), ("medium", "15 %", 0.15), ("low", "64 %", 0.64)
        ),
        recovery=_spans(
            ("elite", "less than an hour", _HOUR),
            ("high", "less than a day", _DAY),
            ("medium", _DAY_TO_WEEK, _WEEK),
            ("low", _MONTH_TO_HALF_YEAR, _HALF_YEAR),
        ),
    ),
    Preset(
        year=2024,
        report="Accelerate State of DevOps 2024",
        source="https://dora.dev/research/2024/dora-report/",
        frequency=_often(("elite", _ON_DEMAND), ("high", _DAILY), ("medium", _WEEKLY), ("low", _MONTHLY)),
        lead_time=_spans(
            ("elite", "less than a day", _DAY),
            ("high", _DAY_TO_WEEK, _WEEK),
            ("medium", _WEEK_TO_MONTH, _MONTH),
            ("low", _MONTH_TO_HALF_YEAR, _HALF_YEAR),
        ),
        # That year the cluster called medium failed less often than the one called high.
        failure_rate=_rates(
            ("elite", "5 %", 0.05), ("medium", "10 %", 0.10), ("high", "20 %", 0.20), ("low", "40 %", 0.40)
        ),
        recovery=_spans(
            ("elite", "less than an hour", _HOUR),
            ("high, medium", "less than a day", _DAY),
            ("low", _WEEK_TO_MONTH, _MONTH),
        ),
    ),
    Preset(
        year=2025,
        report="State of AI-assisted Software Development 2025: no clusters, shares of respondents",
        source="https://dora.dev/research/2025/dora-report/",
        frequency=_often(
            ("16.2 % of respondents", _ON_DEMAND),
            ("6.5 %", _HOURLY),
            ("21.9 %", _DAILY),
            ("31.5 %", _WEEKLY),
            ("20.3 %", _MONTHLY),
            ("3.6 %", _RARER),
        ),
        lead_time=_spans(
            ("9.4 % of respondents", "less than an hour", _HOUR),
            ("15.0 %", "less than a day", _DAY),
            ("31.9 %", _DAY_TO_WEEK, _WEEK),
            ("28.3 %", _WEEK_TO_MONTH, _MONTH),
            ("13.2 %", _MONTH_TO_HALF_YEAR, _HALF_YEAR),
            ("2.0 %", "more than six months", None),
        ),
        recovery=_spans(
            ("21.3 % of respondents", "less than an hour", _HOUR),
            ("35.3 %", "less than a day", _DAY),
            ("28.0 %", _DAY_TO_WEEK, _WEEK),
            ("9.4 %", _WEEK_TO_MONTH, _MONTH),
            ("4.9 %", _MONTH_TO_HALF_YEAR, _HALF_YEAR),
            ("1.0 %", "more than six months", None),
        ),
    ),
)


def met_by_frequency(levels: tuple[Level, ...], per_day: float) -> Level | None:
    """Give the best published figure that a frequency meets; None: it meets none."""
    return next((one for one in levels if _is_as_often(one, per_day)), None)


def _is_as_often(level: Level, per_day: float) -> bool:
    if level.above is not None:
        return per_day > level.above
    return level.at_least is None or per_day >= level.at_least


def met_by_span(levels: tuple[Level, ...], span: timedelta) -> Level | None:
    """Give the best published figure that a span meets; None: it meets none."""
    return next((one for one in levels if one.under is None or span < one.under), None)


def met_by_share(levels: tuple[Level, ...], share: float) -> Level | None:
    """Give the best published figure that a share meets; None: it meets none."""
    return next((one for one in levels if one.at_most is None or share <= one.at_most), None)
