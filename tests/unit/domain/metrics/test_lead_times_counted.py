"""Which changes a deployment carried, and how long they took: histories that can be reckoned by hand."""

from datetime import timedelta

from tests.fixtures.delivery_history import NOON, History, at, everything, make_estate, minutes, version

from headway.domain.facts import PromotionKind


def begun(*, commits: bool = False) -> History:
    """Tell of app1's first version in both regions."""
    history = History(make_estate(ordered_by_commits=commits))
    history.image(1, place=10 if commits else None)
    history.configuration(1)
    history.first_lock("prod1", version(1))
    history.first_lock("prod2", version(1))
    return history


def test_regions_that_get_it_at_different_times_have_lead_times_of_their_own() -> None:
    history = begun()
    history.configuration(2, committed_at=at(0))
    history.delivered("prod1", version(1, 2), 10)
    history.delivered("prod2", version(1, 2), 70)
    assert history.metrics(everything(region="one")).lead_time.from_commit.p50 == minutes(10)
    assert history.metrics(everything(region="two")).lead_time.from_commit.p50 == minutes(70)
    both = history.metrics().lead_time.from_commit
    assert (both.count, both.p50, both.p90) == (2, minutes(10), minutes(70))


def test_commits_of_versions_that_were_passed_over_count_with_the_one_that_carried_them() -> None:
    history = begun()
    for number in (2, 3, 4):
        history.configuration(number, committed_at=at(number))
    history.delivered("prod1", version(1, 4), 10)
    lead = history.metrics().lead_time
    assert (lead.from_commit.count, lead.configuration, lead.source) == (3, 3, 0)
    assert (lead.from_commit.p50, lead.from_commit.p90) == (minutes(7), minutes(8))


def test_what_was_delivered_once_is_not_carried_again_after_a_rollback() -> None:
    history = begun()
    history.configuration(2, committed_at=at(0))
    history.configuration(3, committed_at=at(100))
    history.delivered("prod1", version(1, 2), 10)
    history.delivered("prod1", version(1, 1), 20, kind=PromotionKind.ROLLBACK, by="sue")
    history.delivered("prod1", version(1, 3), 110)
    lead = history.metrics().lead_time.from_commit
    assert (lead.count, lead.p50, lead.p90) == (2, minutes(10), minutes(10))


def test_what_renders_the_same_is_no_deployment_and_carries_nothing_later_either() -> None:
    history = begun()
    history.configuration(2, committed_at=at(0))
    history.no_change("prod1", version(1, 1), version(1, 2), 5)
    history.configuration(3, committed_at=at(20))
    history.delivered("prod1", version(1, 3), 30)
    found = history.metrics()
    assert (found.frequency.deployments, found.lead_time.from_commit.count) == (1, 1)
    assert found.lead_time.from_commit.p50 == minutes(10)


def test_every_commit_on_the_source_line_counts_built_or_not_and_however_it_came_there() -> None:
    history = begun(commits=True)
    history.image(2, place=13)
    history.source_commits({11: at(-60), 12: at(-30), 13: at(0)})
    history.delivered("prod1", version(2), 10)
    lead = history.metrics().lead_time
    assert (lead.source, lead.from_commit.count, lead.unknown) == (3, 3, 0)
    assert (lead.from_commit.p50, lead.from_commit.p90) == (minutes(40), minutes(70))


def test_commits_that_are_not_recorded_are_unknown_and_counted() -> None:
    history = begun(commits=True)
    history.image(2, place=15)
    history.source_commits({14: None, 15: at(0)})
    history.delivered("prod1", version(2), 10)
    lead = history.metrics().lead_time
    assert (lead.source, lead.from_commit.count, lead.unknown) == (5, 1, 4)


def test_without_a_commits_time_it_is_counted_from_the_build_and_said_so() -> None:
    history = begun()
    history.image(2, built_at=at(0))
    history.image(3, built_at=at(5))
    history.delivered("prod1", version(3), 15)
    lead = history.metrics().lead_time
    assert (lead.from_commit.count, lead.from_build.count, lead.source) == (0, 2, 2)
    assert (lead.from_build.p50, lead.from_build.p90) == (minutes(10), minutes(15))


def test_an_image_of_which_nothing_is_known_is_unknown_not_zero() -> None:
    history = begun()
    history.image(2)
    history.delivered("prod1", version(2), 15)
    lead = history.metrics().lead_time
    assert (lead.unknown, lead.source, lead.from_commit.count, lead.from_commit.p50) == (1, 1, 0, None)


def test_clocks_that_disagree_give_no_lead_time() -> None:
    history = begun()
    history.image(2, built_at=at(60))
    history.configuration(2, committed_at=at(61))
    history.delivered("prod1", version(2, 2), 15)
    lead = history.metrics().lead_time
    assert (lead.clock, lead.unknown, lead.from_commit.count, lead.from_build.count) == (2, 0, 0, 0)


def test_an_older_image_than_was_delivered_carries_nothing() -> None:
    history = begun()
    history.image(2, built_at=at(0))
    history.image(3, built_at=at(1))
    history.delivered("prod1", version(3), 15)
    history.delivered("prod1", version(2), 25, by="ann")
    assert history.metrics().lead_time.source == 2


def test_a_first_lock_carries_no_change() -> None:
    history = History()
    history.image(1, built_at=at(0) - timedelta(days=300))
    history.configuration(1, committed_at=at(0) - timedelta(days=300))
    history.first_lock("prod1", version(1))
    lead = history.metrics().lead_time
    assert (lead.source, lead.configuration, lead.unknown) == (0, 0, 0)


def test_only_what_was_verified_has_been_delivered() -> None:
    history = begun()
    history.configuration(2, committed_at=at(0))
    history.landed(history.decided("prod1", version(1, 2), 5), "prod1", version(1, 2), 6)
    assert history.metrics().lead_time.configuration == 0


def test_bands_hold_every_span_at_its_lower_bound() -> None:
    history = begun()
    spans = (minutes(9), minutes(10), minutes(60), timedelta(days=1), timedelta(days=200))
    for number, span in enumerate(spans, 2):
        history.configuration(number, committed_at=NOON + timedelta(days=number) - span)
        history.delivered("prod1", version(1, number), NOON + timedelta(days=number))
    bands = {one.name: one.count for one in history.metrics().lead_time.from_commit.bands if one.count}
    assert bands == {
        "less than 10 minutes": 1,
        "10 minutes to an hour": 1,
        "an hour to 6 hours": 1,
        "a day to a week": 1,
        "6 months and more": 1,
    }
