"""Selections, groups, trends and lists: every number leads to the deployments behind it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.fixtures.delivery_history import NOON, History, at, everything, make_estate, minutes, version

from headway.domain.facts import EstateTaken, Outcome, PromotionKind
from headway.domain.metrics.listed import listed
from headway.domain.metrics.measure import rows_of
from headway.domain.metrics.trend import groups, trend
from headway.domain.metrics.words import By, Which


@pytest.fixture
def history() -> History:
    """Two artifacts, two regions, one failure, one fix."""
    told = History()
    for number in (1, 2, 3):
        told.image(number)
        told.image(number, artifact="app2")
    told.configuration(1)
    told.configuration(1, artifact="app2")
    for into in ("prod1", "prod2"):
        told.first_lock(into, version(1))
        told.first_lock(into, version(1, 1, "app2"), artifact="app2")
    told.configuration(2, committed_at=at(0))
    told.delivered("staging", version(1, 2), 5)
    told.delivered("prod1", version(1, 2), 10)
    told.delivered("prod2", version(1, 2), 20)
    told.delivered("prod1", version(2, 1, "app2"), 60 * 24 + 10, artifact="app2", outcome=Outcome.FAILED)
    told.delivered("prod1", version(1, 1, "app2"), 60 * 24 + 20, artifact="app2", kind=PromotionKind.ROLLBACK)
    return told


def test_without_an_environment_production_is_asked_about(history: History) -> None:
    assert history.metrics().frequency.deployments == 2
    assert history.metrics(everything(environment="e-staging")).frequency.deployments == 1
    assert history.metrics(everything(environment="e-prod2")).frequency.deployments == 1
    assert history.metrics(everything(owner="red", artifact="app2")).failures.failed == 1
    assert history.metrics(everything(owner="blue")).failures.judged == 0


def test_groups_are_what_each_alone_would_be(history: History) -> None:
    counted = history.counted()
    for by, names in (
        (By.REGION, ["one", "two"]),
        (By.ARTIFACT, ["oc/app1", "oc/app2"]),
        (By.OWNER, ["red"]),
    ):
        found = groups(counted, rows_of(counted, everything()), everything(), by)
        assert [one.name for one in found] == names
        for one in found:
            filters = {by.value: (one.name or "").split("/")[-1]}
            alone = history.metrics(everything(**filters))
            assert (one.deployments, one.per_day) == (alone.frequency.deployments, alone.frequency.per_day)
            lead, recovery = alone.lead_time.from_commit, alone.recovery
            assert (one.changes, one.lead_p50, one.lead_p90) == (lead.count, lead.p50, lead.p90)
            assert (one.judged, one.failed) == (alone.failures.judged, alone.failures.failed)
            assert (one.failure_rate, one.rework_rate) == (alone.failures.rate, alone.rework.rate)
            assert (one.recovery_p50, one.open) == (recovery.recovered.p50, recovery.open)


def test_a_point_names_the_deployments_behind_it(history: History) -> None:
    counted = history.counted()
    selection = everything(since=NOON, until=NOON + timedelta(days=2))
    points = [one for one in trend(rows_of(counted, selection), selection) if one.judged]
    assert [one.stretch.day for one in points] == [date(2026, 7, 1), date(2026, 7, 2)]
    assert [(one.deployments, one.failed, one.rework) for one in points] == [(2, 0, 0), (0, 1, 1)]
    rows = rows_of(counted, selection)
    shown = {one.promotion_id for one in listed(counted, rows, Which.DEPLOYED, limit=9)}
    assert set(points[0].newest) == shown
    (failed,) = listed(counted, rows, Which.FAILED, limit=9)
    assert points[1].newest == (failed.promotion_id,)
    assert (failed.outcome, failed.failed_by, failed.place.artifact) == ("failed", "verdict", "app2")
    (mender,) = listed(counted, rows, Which.REWORK, limit=9)
    assert failed.recovered_by == mender.promotion_id


@pytest.mark.parametrize("which", list(Which))
def test_lists_are_as_long_as_the_numbers_that_lead_to_them(history: History, which: Which) -> None:
    found = history.metrics()
    lead, unjudged = found.lead_time, found.failures.unjudged
    expected = {
        Which.DEPLOYED: found.frequency.deployments,
        Which.FAILED: found.failures.failed,
        Which.UNJUDGED: unjudged.withdrawn + unjudged.replaced + unjudged.under_way,
        Which.OPEN: found.recovery.open,
        Which.RECOVERED: found.recovery.recovered.count,
        Which.REWORK: found.rework.rollbacks + found.rework.forward,
        Which.FIRST_LOCKS: found.apart.first_locks,
        Which.WITHDRAWALS: found.apart.withdrawals,
        Which.CHANGES: lead.from_commit.count,
        Which.UNKNOWN: lead.unknown + lead.clock,
    }
    counted = history.counted()
    rows = rows_of(counted, everything())
    assert len(listed(counted, rows, which, limit=100)) == expected[which]


def test_a_band_leads_to_what_lies_in_it(history: History) -> None:
    counted = history.counted()
    rows = rows_of(counted, everything())
    bands = history.metrics().lead_time.from_commit.bands
    for band in bands:
        found = listed(counted, rows, Which.CHANGES, limit=100, over=band.over, under=band.under)
        assert len(found) == band.count
    (slow,) = listed(counted, rows, Which.CHANGES, limit=9, over=minutes(11))
    assert (slow.span, slow.place.region) == (minutes(20), "two")


def test_lists_go_on_before_a_number(history: History) -> None:
    counted = history.counted()
    rows = rows_of(counted, everything())
    (newest,) = listed(counted, rows, Which.DEPLOYED, limit=1)
    (older,) = listed(counted, rows, Which.DEPLOYED, limit=9, before=newest.number)
    assert (newest.place.region, older.place.region) == ("two", "one")


def test_time_before_and_after_is_not_asked_about(history: History) -> None:
    at_ten = NOON + minutes(10)
    assert history.metrics(everything(since=at_ten, until=at_ten + minutes(1))).frequency.deployments == 1
    assert history.metrics(everything(until=at_ten)).frequency.deployments == 0


def test_frequency_is_over_all_time_that_was_asked_about(history: History) -> None:
    found = history.metrics(everything(since=NOON, until=NOON + timedelta(days=8)))
    assert found.frequency.per_day == pytest.approx(2 / 8)


def test_production_is_what_the_platform_says_else_regions_else_the_last_wave() -> None:
    told = History(make_estate(prod1="one"))
    told.delivered("prod1", version(1), 10)
    told.delivered("prod2", version(1), 10)
    assert told.metrics().frequency.deployments == 1
    none = History(make_estate(prod1=None))
    none.delivered("prod1", version(1), 10)
    none.delivered("prod2", version(1), 10)
    assert none.metrics(everything(environment="e-prod2")) == none.metrics()
    assert none.metrics().frequency.deployments == 1


def test_what_was_delivered_counts_for_the_team_that_owned_it_then() -> None:
    estate = make_estate()
    told = History(estate)
    told.delivered("prod1", version(1), 10)
    application = estate.applications["oc"]
    moved = {"oc": type(application)(**{**_fields(application), "owner": "blue"})}
    told.told(EstateTaken(commits={}, estate=type(estate)(**{**_fields(estate), "applications": moved})), 20)
    told.delivered("prod1", version(2), 30)
    counted = told.counted()
    by_owner = groups(counted, rows_of(counted, everything()), everything(), By.OWNER)
    found = {one.name: one.deployments for one in by_owner}
    assert found == {"red": 1, "blue": 1}


def _fields(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}  # type: ignore[attr-defined]


def test_an_empty_ledger_has_nothing_and_knows_no_rates() -> None:
    found = History().metrics()
    assert (found.failures.rate, found.rework.rate, found.lead_time.from_commit.p50) == (None, None, None)
    assert found.frequency.per_day == 0


def test_a_day_is_told_in_utc_unless_asked_otherwise() -> None:
    assert everything().zone == "UTC"
    assert datetime(2026, 7, 1, 12, tzinfo=UTC) == NOON
