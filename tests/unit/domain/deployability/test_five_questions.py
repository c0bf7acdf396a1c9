"""The five answers of histories that can be reckoned by hand."""

from datetime import datetime, timedelta

import pytest
from tests.fixtures.delivery_history import NOON, History, at, minutes, version
from tests.fixtures.watched_history import asked, five, over

from headway.domain.deployability.results import Answer
from headway.domain.deployability.watch import Act, Why
from headway.domain.facts import (
    HoldLifted,
    HoldPlaced,
    InstanceTouched,
    InstanceUntouched,
    Outcome,
    PromotionKind,
    Source,
    SourceAway,
    SourceBack,
)
from headway.domain.names import InstanceName

PROD1 = InstanceName("oc", "prod1")
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def begun() -> History:
    """Tell of app1 and app2, each verified in dev an hour before noon."""
    history = History()
    for artifact in ("app1", "app2"):
        history.image(1, -70, artifact=artifact)
        history.configuration(1, -70, artifact=artifact)
        history.delivered("dev", version(1, 1, artifact), -60, artifact=artifact)
    return history


def test_what_is_verified_and_newest_could_go_on_all_the_time() -> None:
    found = five(begun(), asked(0, 100)).throughout
    assert (found.answer, found.shares.yes) == (YES, 1.0)
    assert found.evidence == ()


def test_a_failed_newest_version_could_not_until_another_is_verified() -> None:
    history = begun()
    history.configuration(2, 8)
    history.delivered("dev", version(1, 2), 10, outcome=Outcome.FAILED)
    history.configuration(3, 30)
    history.delivered("dev", version(1, 3), 40)
    found = five(history, asked(0, 100)).throughout
    # Not judged from 8 to 10, bad from 10 to 40, though a newer one came at 30.
    assert (found.shares.unknown, found.shares.no, found.shares.yes) == pytest.approx((0.02, 0.30, 0.68))
    assert found.answer is NO
    (said,) = found.evidence
    assert (said.artifact, said.since, said.until, said.words) == (
        "oc/app1",
        at(10),
        at(40),
        Why.FAILED.value,
    )


def test_one_artifact_that_could_not_go_stops_the_application() -> None:
    history = begun()
    history.configuration(2, 20)
    history.delivered("dev", version(1, 2), 20, outcome=Outcome.FAILED)
    history.configuration(2, 50, artifact="app2")
    history.delivered("dev", version(1, 2, "app2"), 50, artifact="app2", outcome=Outcome.FAILED)
    history.delivered("dev", version(1, 2), 60)
    history.delivered("dev", version(1, 2, "app2"), 80, artifact="app2")
    shares = five(history, asked(0, 100)).throughout.shares
    assert (shares.no, shares.yes) == pytest.approx((0.6, 0.4))


def test_what_nobody_could_tell_is_unknown_and_too_much_of_it_is_the_answer() -> None:
    history = begun()
    history.configuration(2, 40)
    history.delivered("dev", version(1, 2), 40, outcome=Outcome.WITHDRAWN)
    found = five(history, asked(0, 100)).throughout
    assert (found.shares.unknown, found.shares.no) == pytest.approx((0.6, 0.0))
    assert found.answer is UNKNOWN


def test_a_version_found_bad_in_production_is_not_cleared_by_being_good_before() -> None:
    history = begun()
    history.configuration(2, 1)
    history.delivered("dev", version(1, 2), 2)
    history.delivered("prod1", version(1, 2), 50, outcome=Outcome.FAILED)
    history.delivered("staging", version(1, 2), 60)
    assert five(history, asked(0, 100)).throughout.shares.no == pytest.approx(0.5)


def test_a_quarantine_by_hand_and_its_lifting_count_at_once() -> None:
    history = begun()
    history.quarantined(version(1, 1), 20, by="sue")
    history.lifted(version(1, 1), 50)
    history.delivered("dev", version(1, 1), 70)
    shares = five(history, asked(0, 100)).throughout.shares
    assert (shares.no, shares.unknown, shares.yes) == pytest.approx((0.3, 0.2, 0.5))


def test_what_renders_the_same_needs_no_deployment_to_be_deployable() -> None:
    history = begun()
    history.configuration(2, 20)
    history.no_change("dev", version(1, 1), version(1, 2), 20)
    assert five(history, asked(0, 100)).throughout.shares.yes == 1.0


def test_shares_of_days_are_of_each_day() -> None:
    history = begun()
    day = timedelta(days=1)
    history.configuration(2, NOON)
    history.delivered("dev", version(1, 2), NOON, outcome=Outcome.FAILED)
    history.configuration(3, NOON + day)
    history.delivered("dev", version(1, 3), NOON + day)
    midnight = datetime(2026, 7, 1, tzinfo=NOON.tzinfo)
    trend = five(history, asked(midnight + day / 2, midnight + 3 * day)).throughout.trend
    assert [one.shares.no for one in trend] == pytest.approx([1.0, 0.5, 0.0])


def test_what_came_while_it_was_red_is_new_work_but_for_what_mended_it() -> None:
    history = begun()
    history.configuration(2, 8)
    history.delivered("dev", version(1, 2), 10, outcome=Outcome.FAILED)
    history.configuration(3, 30)
    history.delivered("dev", version(1, 3), 40)
    found = five(history, asked(0, 100)).kept_first
    assert (found.answer, found.published, found.while_red, found.mending) == (YES, 2, 1, 1)
    history.configuration(4, 50)
    history.delivered("dev", version(1, 4), 52, outcome=Outcome.FAILED)
    history.image(2, 55)
    history.configuration(5, 60)
    history.delivered("dev", version(2, 5), 65)
    again = five(history, asked(0, 100)).kept_first
    assert (again.answer, again.while_red, again.mending) == (NO, 3, 2)
    assert [one.since for one in again.evidence] == [at(60), at(55), at(30)]


def test_nothing_that_came_tells_nothing() -> None:
    assert five(begun(), asked(0, 100)).kept_first.answer is UNKNOWN


def test_feedback_is_from_commit_to_the_first_verdict_wherever_it_was_and_whatever_it_said() -> None:
    history = begun()
    history.configuration(2, 1, committed_at=at(0))
    history.delivered("dev", version(1, 2), 10, outcome=Outcome.FAILED)
    history.configuration(3, 21, committed_at=at(20))
    history.delivered("dev", version(1, 3), 50)
    history.delivered("staging", version(1, 3), 90)
    found = five(history, asked(0, 100)).feedback
    assert (found.from_commit.count, found.from_commit.p50, found.from_commit.p90) == (
        2,
        minutes(10),
        minutes(30),
    )
    assert found.answer is YES
    assert [one.words for one in found.evidence] == ["verified", "failed"]
    history.configuration(4, 99, committed_at=at(0) - timedelta(hours=3))
    history.delivered("dev", version(1, 4), 99)
    assert five(history, asked(0, 100)).feedback.answer is NO


def test_feedback_without_a_commits_time_is_said_apart() -> None:
    history = begun()
    history.configuration(2, 1)
    history.configuration(3, 2, committed_at=at(500))
    history.image(2, 1, built_at=at(0))
    history.delivered("dev", version(2, 2), 10)
    history.delivered("dev", version(2, 3), 20)
    found = five(history, asked(0, 100)).feedback
    assert (found.answer, found.unknown, found.clock, found.from_build.count) == (UNKNOWN, 1, 1, 1)


def test_mending_is_from_red_to_the_first_act_to_green() -> None:
    history = begun()
    history.configuration(2, 8)
    history.delivered("dev", version(1, 2), 10, outcome=Outcome.FAILED)
    history.quarantined(version(1, 2), 25, by="sue")
    history.configuration(3, 30)
    history.delivered("dev", version(1, 3), 40)
    found = five(history, asked(0, 100)).mending
    assert (found.answer, found.reds, found.open) == (YES, 1, 0)
    assert (found.acted.p50, found.mended.p50) == (minutes(15), minutes(30))
    assert Act.QUARANTINED.value in found.evidence[0].words


def test_what_headway_does_by_itself_is_nobodys_act() -> None:
    history = begun()
    history.configuration(2, 8)
    history.delivered("dev", version(1, 2), 10, outcome=Outcome.FAILED)
    history.quarantined(version(1, 2), 10)
    history.delivered("dev", version(1, 1), 12, kind=PromotionKind.ROLLBACK)
    found = five(history, asked(0, 600)).mending
    assert (found.answer, found.open, found.acted.count) == (NO, 1, 0)
    assert found.evidence[0].words == "nobody acted"
    assert five(history, asked(0, 100)).mending.answer is UNKNOWN


def test_nothing_that_was_red_tells_nothing_of_mending() -> None:
    assert five(begun(), asked(0, 100)).mending.answer is UNKNOWN


def test_a_hold_or_other_hands_keep_production_from_being_entered() -> None:
    history = begun()
    history.delivered("prod1", version(1, 1), 5)
    history.told(HoldPlaced(hold_id="h", instance=PROD1, artifact="app1", owner="ann"), 20, "ann")
    history.told(HoldLifted(hold_id="h", instance=PROD1), 30, "ann")
    history.told(InstanceTouched(instance=PROD1, commit=None, author="Eve", words="pushed"), 60)
    history.told(InstanceUntouched(instance=PROD1, commit="f" * 40), 65)
    found = five(history, asked(0, 100)).on_demand
    assert (found.shares.no, found.shares.yes) == pytest.approx((0.15, 0.85))
    assert (found.answer, found.last_proof) == (NO, at(5))
    assert {(one.instance, one.words) for one in found.evidence} == {
        ("oc/prod1", "touched"),
        ("oc/prod1", "held"),
    }


def test_while_the_engine_is_away_nobody_knows() -> None:
    history = begun()
    history.delivered("prod1", version(1, 1), 5)
    history.told(SourceAway(source=Source.ENGINE, name="e-prod1", words="no answer"), 10)
    history.told(SourceBack(source=Source.ENGINE, name="e-prod1"), 80)
    found = five(history, asked(0, 100)).on_demand
    assert (found.answer, found.shares.unknown) == (UNKNOWN, pytest.approx(0.7))


def test_without_a_proof_nobody_knows() -> None:
    found = five(begun(), asked(0, 100)).on_demand
    assert (found.answer, found.shares.yes, found.last_proof) == (UNKNOWN, 1.0, None)
    history = begun()
    history.delivered("prod1", version(1, 1), 5)
    assert five(history, asked(0, 100)).on_demand.answer is YES
    assert five(history, asked(10, 100)).on_demand.answer is UNKNOWN


def test_a_freeze_counts_as_time_in_which_it_cannot_be_entered() -> None:
    history = begun()
    history.delivered("prod1", version(1, 1), 5)
    found = five(history, asked(0, 100), freezes=[(at(50), at(80)), (at(70), at(200))]).on_demand
    assert (found.shares.no, found.frozen) == pytest.approx((0.5, 0.5))


def test_an_application_of_which_nothing_is_known_is_unknown_throughout() -> None:
    found = five(History(), asked(0, 100))
    assert [
        found.throughout.answer,
        found.kept_first.answer,
        found.feedback.answer,
        found.mending.answer,
    ] == [UNKNOWN] * 4
    assert found.throughout.shares.yes == found.throughout.shares.no == 0


def test_what_was_proven_after_the_asked_time_proves_nothing_of_it() -> None:
    history = begun()
    history.first_lock("prod1", version(1), -50)
    history.configuration(2, 200)
    history.delivered("prod1", version(1, 2), 210)
    assert five(history, asked(0, 100)).on_demand.answer is UNKNOWN
    after = five(history, asked(0, 300)).on_demand
    assert (after.answer, after.last_proof) == (YES, at(210))


def test_each_day_is_answered_as_if_it_alone_were_asked_about() -> None:
    day = timedelta(days=1)
    history = begun()
    history.configuration(2, NOON + day)
    history.delivered("dev", version(1, 2), NOON + day + minutes(5), outcome=Outcome.FAILED)
    history.configuration(3, NOON + 2 * day)
    history.delivered("dev", version(1, 3), NOON + 2 * day + minutes(5))
    selection = asked(NOON, NOON + 4 * day)
    told = over(history, selection)
    assert [one.stretch.day.day for one in told] == [1, 2, 3, 4, 5]
    assert [one.throughout for one in told] == [YES, NO, NO, YES, YES]
    assert [one.kept_first for one in told] == [UNKNOWN, YES, YES, UNKNOWN, UNKNOWN]
    for one in told:
        alone = five(history, asked(one.stretch.begins, one.stretch.ends))
        assert (one.feedback, one.mending) == (alone.feedback.answer, alone.mending.answer)
