"""How long a lost commit cools."""

from datetime import UTC, datetime, timedelta

from headway.domain.gates.remote import LONGEST_WAIT, cools_until
from headway.domain.situation.records import Lost

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _wait(times: int) -> timedelta:
    return cools_until(Lost(times=times, at=AT, words="no")) - AT


def test_one_loss_is_planned_anew_at_once() -> None:
    assert _wait(1) == timedelta(0)


def test_each_further_loss_waits_longer_up_to_ten_minutes() -> None:
    waits = [_wait(times) for times in range(2, 12)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=5)
    assert waits[-1] == LONGEST_WAIT
    assert _wait(1_000_000) == LONGEST_WAIT
