"""Freeze windows: wall-clock starts in their zone, real-time lengths, half-open ends."""

from datetime import UTC, datetime, timedelta

import pytest

from headway.domain.estate import Freeze
from headway.domain.gates.freeze import frozen_until, next_start

WEEKEND = Freeze(schedule="0 17 * * FRI", lasts=timedelta(hours=64), time_zone="Australia/Sydney")


def _utc(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (_utc(6, 5, 6, 59, 59), None),
        (_utc(6, 5, 7), _utc(6, 7, 23)),
        (_utc(6, 7, 22, 59, 59), _utc(6, 7, 23)),
        (_utc(6, 7, 23), None),
        # In summer time 17:00 in Sydney is an hour earlier; the window still lasts 64 hours.
        (_utc(4, 3, 5, 59, 59), None),
        (_utc(4, 3, 6), _utc(4, 5, 22)),
        (_utc(4, 5, 22), None),
    ],
)
def test_a_window_is_shut_from_its_first_instant_to_its_last(now: datetime, end: datetime | None) -> None:
    assert frozen_until(WEEKEND, now) == end


def test_the_next_start_is_after_now_even_at_a_start() -> None:
    assert next_start(WEEKEND, _utc(6, 5, 6, 59, 30)) == _utc(6, 5, 7)
    assert next_start(WEEKEND, _utc(6, 5, 7)) == _utc(6, 12, 7)


def test_a_start_that_the_change_of_clocks_skips_still_freezes_that_night() -> None:
    """02:30 does not exist in Berlin on 29 March 2026; the window is not lost."""
    night = Freeze(schedule="30 2 * * *", lasts=timedelta(hours=1), time_zone="Europe/Berlin")
    assert frozen_until(night, _utc(3, 29, 1, 15)) is not None
