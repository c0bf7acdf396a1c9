"""Days and weeks are those of the asked zone, whatever its clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from tests.fixtures.delivery_history import History, everything, version

from headway.domain.metrics.measure import rows_of
from headway.domain.metrics.selection import Selection, stretches
from headway.domain.metrics.trend import trend
from headway.domain.metrics.words import Per


def asked(since: datetime, until: datetime, zone: str, per: Per = Per.DAY) -> Selection:
    return Selection(since=since, until=until, zone=zone, per=per)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)],
)
def test_a_day_on_which_clocks_change_has_the_hours_that_it_has(day: date, hours: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    found = stretches(asked(noon - timedelta(days=2), noon + timedelta(days=2), "Europe/Berlin"))
    (mine,) = [one for one in found if one.day == day]
    assert mine.ends - mine.begins == timedelta(hours=hours)
    assert all(one.ends == after.begins for one, after in pairwise(found))


def test_a_zone_without_a_midnight_on_a_day_begins_it_when_its_clocks_go_on() -> None:
    """In Santiago clocks go from 24:00 to 1:00 on 6 September 2026."""
    found = stretches(
        asked(datetime(2026, 9, 5, 12, tzinfo=UTC), datetime(2026, 9, 7, 12, tzinfo=UTC), "America/Santiago")
    )
    assert [one.day for one in found] == [date(2026, 9, 5), date(2026, 9, 6), date(2026, 9, 7)]
    assert found[1].begins == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert found[1].ends - found[1].begins == timedelta(hours=23)


def test_a_zone_of_half_hours_cuts_where_its_midnight_is() -> None:
    found = stretches(
        asked(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 3, tzinfo=UTC), "Asia/Kathmandu")
    )
    assert [one.ends for one in found][:2] == [
        datetime(2026, 7, 1, 18, 15, tzinfo=UTC),
        datetime(2026, 7, 2, 18, 15, tzinfo=UTC),
    ]
    assert [one.is_whole for one in found] == [False, True, False]


def test_weeks_begin_on_mondays_and_say_what_of_them_was_asked() -> None:
    since, until = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 14, tzinfo=UTC)
    found = stretches(asked(since, until, "UTC", Per.WEEK))
    assert [one.day for one in found] == [date(2026, 6, 29), date(2026, 7, 6), date(2026, 7, 13)]
    assert [one.is_whole for one in found] == [False, True, False]
    assert (found[0].begins, found[-1].ends) == (since, until)


def test_a_deployment_at_night_belongs_to_the_day_of_the_asked_zone() -> None:
    history = History()
    history.image(1)
    history.image(2)
    history.first_lock("prod1", version(1), datetime(2026, 3, 1, tzinfo=UTC))
    # Half past midnight in Berlin on the 29th, when summer time begins; half past eleven in UTC on the 28th.
    history.delivered("prod1", version(2), datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    counted = history.counted()
    days = {}
    for zone in ("UTC", "Europe/Berlin"):
        selection = asked(datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC), zone)
        points = trend(rows_of(counted, selection), selection)
        days[zone] = [one.stretch.day for one in points if one.deployments]
    assert days == {"UTC": [date(2026, 3, 28)], "Europe/Berlin": [date(2026, 3, 29)]}


def test_a_day_on_which_nothing_happened_is_there_with_nothing() -> None:
    history = History()
    selection = everything(since=datetime(2026, 7, 1, tzinfo=UTC), until=datetime(2026, 7, 4, tzinfo=UTC))
    points = trend(rows_of(history.counted(), selection), selection)
    assert [(one.deployments, one.lead_p50, one.newest) for one in points] == [(0, None, ())] * 3
