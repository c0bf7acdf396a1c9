"""What people type about metrics is read, or refused with what is there."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.fixtures.delivery_history import NOON, make_estate

from headway.app.metrics.asking import Filters, read_selection
from headway.domain.errors import UsageError
from headway.domain.metrics.delivery import Place
from headway.domain.metrics.selection import Selection
from headway.domain.metrics.words import Per
from headway.domain.situation import Situation

NOW_TOO = NOON + timedelta(microseconds=1)
"""The end is excluded, so that what happens now is asked about."""
LEFT = Place("gone", "old", "prod", "e-gone", "three", "blue", True)  # a place's parts in order


def read(**typed: object) -> Selection:
    situation = Situation(estate=make_estate())
    return read_selection(Filters(**typed), situation, [LEFT], NOON)  # type: ignore[arg-type]


def test_nothing_typed_is_ninety_days_of_production_in_utc() -> None:
    found = read()
    assert (found.until, found.zone) == (NOW_TOO, "UTC")
    assert found.since == NOW_TOO - timedelta(days=90)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("12h", NOW_TOO - timedelta(hours=12)),
        ("2w", NOW_TOO - timedelta(weeks=2)),
        ("2026-06-01", datetime(2026, 5, 31, 22, tzinfo=UTC)),
        ("2026-06-01T09:00", datetime(2026, 6, 1, 7, tzinfo=UTC)),
        ("2026-06-01T09:00+11:00", datetime(2026, 5, 31, 22, tzinfo=UTC)),
    ],
)
def test_a_beginning_is_a_span_a_day_or_an_instant_of_the_asked_zone(since: str, expected: datetime) -> None:
    assert read(since=since, zone="Europe/Berlin").since == expected


def test_an_end_that_is_a_day_is_included_and_none_lies_after_now() -> None:
    assert read(until="2026-06-30").until == datetime(2026, 7, 1, tzinfo=UTC)
    assert read(until="2027-01-01").until == NOW_TOO


def test_an_artifact_is_found_by_its_name_also_once_it_left() -> None:
    assert (read(artifact="app1").application, read(artifact="app1").artifact) == ("oc", "app1")
    assert (read(artifact="gone/old").application, read(artifact="gone/old").artifact) == ("gone", "old")
    assert read(region="three").region == "three"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"zone": "Mars/Olympus"}, "zone-unknown"),
        ({"zone": "../etc/passwd"}, "zone-unknown"),
        ({"zone": ""}, "zone-unknown"),
        ({"since": "yesterday"}, "selection-malformed"),
        ({"since": "2026-13-01"}, "selection-malformed"),
        ({"since": "2026-08-01"}, "selection-malformed"),
        ({"until": "0001-01-01", "zone": "Asia/Tokyo"}, "selection-malformed"),
        ({"since": "9999w"}, "selection-malformed"),
        ({"since": "2015-01-01"}, "selection-malformed"),
        ({"application": "nope"}, "selection-unknown"),
        ({"environment": "nope"}, "selection-unknown"),
        ({"region": "nope"}, "selection-unknown"),
        ({"owner": "nope"}, "selection-unknown"),
        ({"artifact": "nope"}, "artifact-unknown"),
    ],
)
def test_what_cannot_be_asked_is_refused(typed: dict[str, object], code: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(**typed)
    assert raised.value.code == code


def test_what_is_not_known_is_told_with_what_is() -> None:
    with pytest.raises(UsageError) as raised:
        read(owner="green")
    assert "blue, red" in raised.value.why


def test_many_years_can_be_asked_by_week() -> None:
    assert read(since="2015-01-01", per=Per.WEEK).since.year == 2015
