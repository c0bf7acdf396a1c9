"""A waiver lets through what it is about, until its end, and no longer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.domain.names import ArtifactName, InstanceName
from headway.domain.standards import Judgement, ObjectKey, Unjudged, Violation
from headway.domain.standards.waiver import Scope, Standing, Waived, Waiver, WaiverState, Weighed, weigh

APP1, STAGING = ArtifactName("shop", "app1"), InstanceName("shop", "staging")
KEY = ObjectKey(api_version="v1", kind="Service", namespace="shop-staging", name="entrance")
FOUND = Violation(rule="schema", object=KEY, message="unknown field")
UNKNOWN = Unjudged(rule="schema", object=KEY, why="no schema", suggestion="Add it")
LAST_DAY = date(2027, 1, 31)
OVER = datetime(2027, 2, 1, tzinfo=UTC)
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


def waiver(ends: date = LAST_DAY, rule: str = "schema", **scope: str) -> Waiver:
    return Waiver(rule=rule, scope=Scope(**scope), owner="ann", reason="until 2.0", ends=ends)


@pytest.mark.parametrize(
    ("now", "state", "changes_at"),
    [
        (NOW, WaiverState.IN_FORCE, OVER - timedelta(days=7)),
        (OVER - timedelta(days=7, microseconds=1), WaiverState.IN_FORCE, OVER - timedelta(days=7)),
        (OVER - timedelta(days=7), WaiverState.ENDING, OVER),
        (OVER - timedelta(microseconds=1), WaiverState.ENDING, OVER),
        (OVER, WaiverState.ENDED, None),
        (OVER + timedelta(days=99), WaiverState.ENDED, None),
        (datetime(2027, 2, 1, 11, tzinfo=timezone(timedelta(hours=13))), WaiverState.ENDING, OVER),
        (datetime(2027, 1, 31, 19, tzinfo=timezone(timedelta(hours=-5))), WaiverState.ENDED, None),
    ],
)
def test_it_stands_to_the_end_of_its_last_day_in_utc(
    now: datetime, state: WaiverState, changes_at: datetime | None
) -> None:
    assert waiver().over_at == OVER
    assert waiver().state(now) is state
    assert waiver().changes_at(now) == changes_at


@settings(deadline=None, database=None)
@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)), st.integers(-400, 400))
def test_its_state_changes_just_when_it_says(since: timedelta, days: int) -> None:
    one, now = waiver(LAST_DAY + timedelta(days=days)), OVER + since
    changes_at = one.changes_at(now)
    assert (changes_at is None) == (one.state(now) is WaiverState.ENDED)
    if changes_at is not None:
        assert changes_at > now
        assert one.state(changes_at) is not one.state(now)
        assert one.state(changes_at - timedelta(microseconds=1)) is one.state(now)


@pytest.mark.parametrize(
    ("scope", "is_about"),
    [
        ({"application": "shop"}, True),
        (
            {"application": "sh*", "artifact": "app?", "instance": "*", "kind": "Serv*", "name": "entrance"},
            True,
        ),
        ({"application": "till"}, False),
        ({"artifact": "app2"}, False),
        ({"artifact": "shop/app1"}, False),
        ({"instance": "production"}, False),
        ({"kind": "service"}, False),
        ({"name": "entranc"}, False),
    ],
)
def test_it_is_about_its_scope_and_nothing_else(scope: dict[str, str], *, is_about: bool) -> None:
    assert waiver(**scope).is_about(FOUND, APP1, STAGING) == is_about
    assert waiver(**scope).is_about(UNKNOWN, APP1, STAGING) == is_about
    assert not waiver(rule="removed-api", **scope).is_about(FOUND, APP1, STAGING)


def test_what_is_waived_may_stand_and_the_rest_blocks() -> None:
    other = Violation(rule="removed-api", object=KEY, message="gone")
    judgement = Judgement(violations=(FOUND, other), unjudged=(UNKNOWN,))
    one = waiver(application="shop")
    assert weigh(judgement, (one,), APP1, STAGING, NOW) == Weighed(
        standing=(Standing(finding=other),),
        waived=(
            Waived(finding=FOUND, waiver=one, state=WaiverState.IN_FORCE),
            Waived(finding=UNKNOWN, waiver=one, state=WaiverState.IN_FORCE),
        ),
        next_at=OVER - timedelta(days=7),
    )
    assert weigh(Judgement(), (one,), APP1, STAGING, NOW) == Weighed()


def test_what_a_policy_lets_in_all_the_same_neither_blocks_nor_needs_a_waiver() -> None:
    ignored = replace(UNKNOWN, ignored=True)
    assert weigh(Judgement(unjudged=(ignored,)), (waiver(kind="Service"),), APP1, STAGING, NOW) == Weighed()


def test_what_was_waived_blocks_again_and_names_the_waiver() -> None:
    one = waiver(application="shop")
    weighed = weigh(Judgement(violations=(FOUND,)), (one,), APP1, STAGING, OVER)
    assert weighed == Weighed(standing=(Standing(finding=FOUND, ended=one),))


def test_of_several_waivers_the_one_that_ends_last_counts() -> None:
    short, long = waiver(application="shop"), waiver(date(2027, 6, 30), kind="Service")
    for waivers in ((short, long), (long, short)):
        (waived,) = weigh(Judgement(violations=(FOUND,)), waivers, APP1, STAGING, OVER).waived
        assert waived.waiver == long
    narrower = waiver(date(2027, 3, 31), kind="Secret")
    assert weigh(Judgement(violations=(FOUND,)), (short, narrower), APP1, STAGING, OVER).waived == ()


def test_a_scope_says_what_it_is_narrower_in() -> None:
    assert str(Scope(application="shop", kind="Service")) == "application shop, kind Service"
