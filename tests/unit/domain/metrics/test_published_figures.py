"""What was published is set beside ours metric by metric, each year by its own figures."""

from datetime import timedelta

import pytest

from headway.domain.metrics.presets import PRESETS, met_by_frequency, met_by_share, met_by_span

BY_YEAR = {one.year: one for one in PRESETS}


@pytest.mark.parametrize(
    ("year", "per_day", "level"),
    [
        (2024, 3.0, "elite"),
        (2024, 1.0, "high"),
        (2024, 1 / 7, "high"),
        (2024, 0.1, "medium"),
        (2024, 0.01, "low"),
        (2024, 0.001, None),
        (2021, 0.5, "high"),
        (2021, 0.001, "low"),
        (2025, 1.0, "6.5 %"),
    ],
)
def test_a_frequency_meets_the_best_figure_that_it_reaches(
    year: int, per_day: float, level: str | None
) -> None:
    met = met_by_frequency(BY_YEAR[year].frequency, per_day)
    assert (met.name if met else None) == level


@pytest.mark.parametrize(
    ("year", "span", "level"),
    [
        (2024, timedelta(hours=23), "elite"),
        (2024, timedelta(days=1), "high"),
        (2024, timedelta(days=100), "low"),
        (2024, timedelta(days=300), None),
        (2021, timedelta(hours=2), "high"),
        (2021, timedelta(days=300), "low"),
        (2025, timedelta(minutes=59), "9.4 % of respondents"),
    ],
)
def test_a_lead_time_is_below_the_figure_that_it_meets(year: int, span: timedelta, level: str | None) -> None:
    met = met_by_span(BY_YEAR[year].lead_time, span)
    assert (met.name if met else None) == level


def test_in_2024_the_cluster_called_medium_failed_less_often_than_the_one_called_high() -> None:
    levels = BY_YEAR[2024].failure_rate
    assert [met_by_share(levels, share).name for share in (0.05, 0.08, 0.15, 0.3)] == [  # type: ignore[union-attr]
        "elite",
        "medium",
        "high",
        "low",
    ]
    assert met_by_share(levels, 0.5) is None


def test_shares_of_respondents_are_of_all_of_them() -> None:
    preset = BY_YEAR[2025]
    for levels in (preset.frequency, preset.lead_time, preset.recovery):
        total = sum(float(one.name.split(" ")[0]) for one in levels)
        assert total == pytest.approx(100, abs=0.3)


def test_levels_stand_best_first() -> None:
    for preset in PRESETS:
        for levels in (preset.lead_time, preset.recovery):
            bounds = [one.under or timedelta.max for one in levels]
            assert bounds == sorted(bounds)
        shares = [one.at_most or 1 for one in preset.failure_rate]
        assert shares == sorted(shares)
