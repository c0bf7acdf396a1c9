"""Change failure rate, recovery and rework of histories that can be reckoned by hand."""

from tests.fixtures.delivery_history import History, at, everything, minutes, version

from headway.domain.facts import Outcome, PromotionKind

ROLLBACK, WITHDRAWAL = PromotionKind.ROLLBACK, PromotionKind.WITHDRAWAL


def begun() -> History:
    """Tell of app1 1.1 in the first region, by its first lock."""
    history = History()
    for number in (1, 2, 3, 4):
        history.image(number)
    history.configuration(1)
    history.first_lock("prod1", version(1))
    return history


def test_a_failed_deployment_fails_once_and_recovers_with_its_rollback() -> None:
    history = begun()
    history.delivered("prod1", version(2), 10, outcome=Outcome.FAILED)  # landed at 8
    history.quarantined(version(2), 10)
    history.delivered("prod1", version(1), 14, kind=ROLLBACK)
    found = history.metrics()
    assert (found.failures.failed, found.failures.judged, found.failures.by_verdict) == (1, 1, 1)
    assert found.frequency.deployments == 0
    assert found.recovery.recovered.p50 == minutes(6)
    assert (found.rework.rollbacks, found.rework.deployments, found.rework.rate) == (1, 1, 1.0)


def test_what_a_person_rolls_back_has_failed_though_it_was_verified() -> None:
    history = begun()
    history.delivered("prod1", version(2), 10)
    history.delivered("prod1", version(1), 30, kind=ROLLBACK, by="sue")  # decided at 27
    found = history.metrics()
    assert (found.failures.failed, found.failures.judged, found.failures.taken_back) == (1, 1, 1)
    assert found.frequency.deployments == 1
    assert found.recovery.recovered.p50 == minutes(3)


def test_overlapping_rollbacks_of_two_regions_are_two_failures_each_with_its_own_recovery() -> None:
    history = begun()
    history.first_lock("prod2", version(1))
    history.delivered("prod1", version(2), 10)
    history.delivered("prod2", version(2), 12)
    one = history.decided("prod1", version(1), 20, kind=ROLLBACK, by="sue")
    two = history.decided("prod2", version(1), 21, kind=ROLLBACK, by="sam")
    history.landed(one, "prod1", version(1), 22)
    history.landed(two, "prod2", version(1), 22)
    history.ended(two, "prod2", version(1), 25)
    history.ended(one, "prod1", version(1), 40)
    found = history.metrics()
    assert (found.failures.failed, found.failures.judged) == (2, 2)
    assert (found.recovery.recovered.p50, found.recovery.recovered.p90) == (minutes(4), minutes(20))
    region = history.metrics(everything(region="two"))
    assert (region.failures.failed, region.recovery.recovered.p50) == (1, minutes(4))


def test_a_rollback_that_is_rolled_back_blames_who_brought_the_version_that_stood() -> None:
    history = begun()
    history.delivered("prod1", version(2), 10)
    history.delivered("prod1", version(3), 20)
    history.delivered("prod1", version(2), 30, kind=ROLLBACK, by="sue")  # 3 is blamed, at 27
    history.delivered("prod1", version(1), 40, kind=ROLLBACK, by="sue")  # now 2 is, at 37
    found = history.metrics()
    assert (found.failures.failed, found.failures.judged) == (2, 2)
    assert found.recovery.recovered.count == 2
    assert (found.recovery.recovered.p50, found.recovery.recovered.p90) == (minutes(3), minutes(3))


def test_a_rollback_that_could_not_be_judged_leaves_the_failure_open_until_something_is_verified() -> None:
    history = begun()
    history.delivered("prod1", version(2), 10, outcome=Outcome.FAILED)  # landed at 8
    history.delivered("prod1", version(1), 20, kind=ROLLBACK, outcome=Outcome.LEFT)
    still = history.metrics()
    assert (still.recovery.open, still.recovery.oldest_open, still.recovery.recovered.count) == (1, at(8), 0)
    history.delivered("prod1", version(3), 60)
    found = history.metrics()
    assert (found.recovery.open, found.recovery.recovered.p50) == (0, minutes(52))
    assert (found.rework.forward, found.rework.rollbacks, found.rework.rate) == (1, 0, 1.0)


def test_what_could_not_be_told_is_neither_good_nor_bad() -> None:
    """Errored verifications end in a withdrawal, which blames nobody."""
    history = begun()
    history.delivered("prod1", version(2), 10, outcome=Outcome.WITHDRAWN)
    history.delivered("prod1", version(1), 14, kind=WITHDRAWAL)
    found = history.metrics()
    assert (found.failures.failed, found.failures.judged, found.failures.rate) == (0, 0, None)
    assert found.failures.unjudged.withdrawn == 1
    assert (found.apart.withdrawals, found.rework.deployments, found.rework.rate) == (1, 0, None)
    assert found.recovery.open == found.recovery.recovered.count == 0


def test_a_quarantine_by_hand_fails_what_stands_and_nothing_else() -> None:
    history = begun()
    history.first_lock("prod2", version(1))
    history.delivered("prod1", version(2), 10)
    history.delivered("prod2", version(2), 12)
    history.delivered("prod2", version(3), 20)
    history.quarantined(version(2), 30, by="sue")
    found = history.metrics()
    assert (found.failures.failed, found.failures.judged, found.failures.quarantined) == (1, 3, 1)
    assert history.metrics(everything(region="two")).failures.failed == 0
    assert found.recovery.open == 1
    history.delivered("prod1", version(1), 35, kind=ROLLBACK, by="sue")
    after = history.metrics()
    assert (after.failures.failed, after.recovery.recovered.p50) == (1, minutes(5))


def test_a_whole_digest_quarantined_by_hand_is_meant_with_any_configuration() -> None:
    history = begun()
    history.configuration(2)
    history.delivered("prod1", version(2, 2), 10)
    history.quarantined(version(2, 1), 30, by="sue", whole=True)
    assert history.metrics().failures.quarantined == 1


def test_a_quarantine_that_is_lifted_where_the_version_still_stands_ends_the_failure() -> None:
    history = begun()
    history.delivered("prod1", version(2), 10)
    history.quarantined(version(2), 30, by="sue")
    history.lifted(version(2), 50)
    found = history.metrics()
    assert (found.failures.failed, found.recovery.open) == (1, 0)
    assert found.recovery.recovered.p50 == minutes(20)


def test_a_quarantine_before_production_is_no_failure_there() -> None:
    history = begun()
    history.delivered("staging", version(2), 10)
    history.quarantined(version(2), 30, by="sue")
    assert history.metrics().failures.failed == 0
    assert history.metrics(everything(environment="e-staging")).failures.failed == 1


def test_first_locks_are_stated_apart_whatever_became_of_them() -> None:
    history = begun()
    history.delivered("prod1", version(1), 20, kind=ROLLBACK, by="sue")
    found = history.metrics()
    assert (found.apart.first_locks, found.apart.first_locks_failed) == (1, 1)
    assert (found.failures.judged, found.failures.failed, found.frequency.deployments) == (0, 0, 0)


def test_a_rollback_of_what_an_earlier_ledger_deployed_is_counted_apart() -> None:
    history = History()
    history.stands["app1", "prod1"] = version(2)
    history.delivered("prod1", version(1), 20, kind=ROLLBACK, by="sue")
    found = history.metrics()
    assert (found.apart.rollbacks_of_unknown, found.failures.failed) == (1, 0)


def test_a_rollback_before_the_verdict_fails_what_was_under_way() -> None:
    history = begun()
    going = history.decided("prod1", version(2), 10)
    history.landed(going, "prod1", version(2), 11)
    back = history.decided("prod1", version(1), 15, kind=ROLLBACK, by="sue")
    history.landed(back, "prod1", version(1), 16)
    history.ended(going, "prod1", version(2), 17, outcome=Outcome.REPLACED)
    history.ended(back, "prod1", version(1), 20)
    found = history.metrics()
    assert (found.failures.failed, found.failures.judged, found.failures.taken_back) == (1, 1, 1)
    assert (found.failures.unjudged.replaced, found.recovery.recovered.p50) == (0, minutes(5))


def test_what_was_lost_or_replaced_or_is_under_way_is_said_beside() -> None:
    history = begun()
    history.lost(history.decided("prod1", version(2), 10), "prod1", 11)
    going = history.decided("prod1", version(3), 20)
    history.landed(going, "prod1", version(3), 21)
    history.ended(going, "prod1", version(3), 25, outcome=Outcome.REPLACED)
    history.landed(history.decided("prod1", version(4), 30), "prod1", version(4), 31)
    unjudged = history.metrics().failures.unjudged
    assert (unjudged.lost, unjudged.replaced, unjudged.under_way, unjudged.withdrawn) == (1, 1, 1, 0)


def test_a_failure_found_before_it_began_tells_of_clocks_and_has_no_span() -> None:
    history = begun()
    history.delivered("prod1", version(2), 30, outcome=Outcome.FAILED)  # landed at 28
    history.delivered("prod1", version(1), 20, kind=ROLLBACK)
    found = history.metrics()
    assert (found.recovery.clock, found.recovery.recovered.count, found.recovery.open) == (1, 0, 0)
