"""Which windows of a freeze can be."""

from datetime import timedelta

import pytest
from pydantic_core import PydanticCustomError

from headway.adapters.files.freeze import check_schedule, check_time_zone


@pytest.mark.parametrize(
    ("schedule", "lasts"),
    [
        ("0 17 * * 5", timedelta(hours=63)),
        ("0 0 20 12 *", timedelta(days=20)),
        ("0 0 * 12 *", timedelta(days=1)),
        ("* * * 12 *", timedelta(hours=1)),
        ("0 0 29 2 *", timedelta(days=9)),
        ("*/30 * * * *", timedelta(minutes=29)),
    ],
)
def test_a_window_that_ends_before_it_begins_anew_can_be(schedule: str, lasts: timedelta) -> None:
    check_schedule(schedule, lasts)


@pytest.mark.parametrize(
    ("schedule", "lasts"),
    [
        ("0 0 * * *", timedelta(days=1)),
        ("0 0 1 1 *", timedelta(days=366)),
        ("*/30 * * * *", timedelta(minutes=30)),
        ("* * * * *", timedelta(days=366)),
    ],
)
def test_a_window_that_never_ends_cannot_be(schedule: str, lasts: timedelta) -> None:
    with pytest.raises(PydanticCustomError, match="nothing could ever be promoted"):
        check_schedule(schedule, lasts)


@pytest.mark.parametrize(
    "schedule", ["", "@daily", "0 0 31 2 *", "0 0 0 * * *", "a b c d e", "0 0 * * 8", "99999999999 * * * *"]
)
def test_a_schedule_that_never_comes_or_is_none_cannot_be(schedule: str) -> None:
    with pytest.raises(PydanticCustomError):
        check_schedule(schedule, timedelta(hours=1))


def test_a_time_zone_is_one_of_the_data_base() -> None:
    check_time_zone("Pacific/Auckland")
    for name in ("Pacific/Aukland", "", "Pacific", "x" * 999, "../../etc/passwd", "NZST "):
        with pytest.raises(PydanticCustomError, match="is unknown"):
            check_time_zone(name)
