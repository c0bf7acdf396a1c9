"""Approvals bind to exactly one change, end by themselves, and never come from who made it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree, lock_of, tag_in_git
from tests.fixtures.world import ESTATE, World

from headway.app.commands.approve import approve
from headway.domain.errors import NotAllowed, UsageError
from headway.domain.facts import QuarantinePlaced
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.plan.cell import Weighed, plan_cell

GATED = ESTATE.replace(
    "{prod1: production-1}}", "{prod1: production-1}, gates: {approvals: {count: 1, from: [support]}}}"
)
APP1 = ArtifactName("oc", "app1")
PROD1 = InstanceName("oc", "prod1")
SECOND = timedelta(seconds=5)


async def _delivered(world: World) -> None:
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    await world.look()
    await world.pass_time(SECOND)
    await approve(world.desk, "sue", "oc", "production-1", reason="go")
    await world.pass_time(SECOND)
    assert world.tags() == ["1.0.0"] * 4


async def _next(world: World, tag: str) -> None:
    world.publish("app1", tag)
    await world.look()
    await world.pass_time(SECOND)


async def _approve(world: World, who: str = "sue") -> None:
    await approve(world.desk, who, "oc", "production-1", artifact=APP1, reason="go")
    await world.pass_time(SECOND)


def _production(world: World) -> str | None:
    return tag_in_git(world, "production-1", "prod1")


async def test_an_approved_version_goes_though_a_newer_one_waits() -> None:
    """v2 was approved while v3 waits for its own approval: v2 goes, then v3 is asked for."""
    world = World(estate=GATED)
    async with world.running():
        await _delivered(world)
        await _next(world, "1.1.0")
        v2 = world.desk.situation.shelf(APP1)
        await _next(world, "1.2.0")
        assert _production(world) == "1.0.0"
        locked = [
            one.changes[0].after for one in await world.promotions() if one.instance.instance == "staging"
        ]
        second = locked[-2]
        assert second is not None
        assert v2.label(second).startswith("1.1.0")
        await approve(world.desk, "sue", "oc", "production-1", artifact=APP1, version=second, reason="go")
        await world.pass_time(SECOND)
        assert _production(world) == "1.1.0"
        await _approve(world)
        assert world.tags() == ["1.2.0"] * 4
        assert_all_agree(world)


async def test_an_approval_ends_after_seven_days() -> None:
    """Given while production is held; when the hold ends eight days later it counts no more."""
    world = World(estate=GATED)
    async with world.running():
        await _delivered(world)
        await _next(world, "1.1.0")
        await world.hold_all("prod1")
        await _approve(world)
        world.clock.move_by(timedelta(days=7, seconds=1))
        await world.lift_all("prod1")
        await world.pass_time(SECOND)
        assert _production(world) == "1.0.0"
        assert any("needs 1 approval" in line for line in world.why("prod1"))
        await _approve(world)
        assert _production(world) == "1.1.0"


async def test_an_approval_is_asked_again_when_the_difference_changed() -> None:
    """Approved against 1.0.0; production was taken to 1.1.0 since, so the same version is another change."""
    world = World(estate=GATED)
    async with world.running():
        await _delivered(world)
        await _next(world, "1.1.0")
        await _next(world, "1.2.0")
        await world.hold_all("prod1")
        await _approve(world)
        before = world.desk.situation
        staging = [
            one.changes[0].after for one in await world.promotions() if one.instance.instance == "staging"
        ]
        assert staging[-2] is not None
        assert before.approvals
        await approve(
            world.desk, "sam", "oc", "production-1", artifact=APP1, version=staging[-2], reason="first"
        )
        await world.record_asked("prod1", APP1, staging[-2], by="sue")
        await world.lift_all("prod1")
        await world.pass_time(SECOND)
        assert _production(world) == "1.1.0"
        assert any("needs 1 approval" in line for line in world.why("prod1"))


async def test_an_approval_ends_with_its_givers_role() -> None:
    """Sue leaves support before the hold ends."""
    world = World(estate=GATED)
    async with world.running():
        await _delivered(world)
        await _next(world, "1.1.0")
        await world.hold_all("prod1")
        await _approve(world)
        world.commit("Sue leaves", {"estate.yaml": GATED.replace("[sue, sam]", "[sam]").encode()})
        await world.look()
        await world.lift_all("prod1")
        await world.pass_time(SECOND)
        assert _production(world) == "1.0.0"
        await _approve(world, "sam")
        assert _production(world) == "1.1.0"


def _weighed(world: World) -> Sequence[Weighed]:
    return plan_cell(world.desk.situation, Cell(APP1, PROD1), world.clock.now()).weighed


async def test_who_is_alone_with_the_role_is_told_that_nobody_else_may() -> None:
    """The author is the only one of support: whom to ask, and what opens it."""
    world = World(estate=GATED.replace("support: [sue, sam]", "support: [sue]"))
    async with world.running():
        await _delivered(world)
        world.commit("Mine", {"oc/app1/base/deployment.yaml": b"base 2\n"}, author="Sue <sue@example>")
        await world.look()
        await world.pass_time(SECOND)
        alone = (
            "the platform team: estate.yaml gives support to nobody beside sue, who made the change or asked "
            "for it, and 1 must approve; give somebody the role under roles:, or let the wave ask for fewer"
        )
        with pytest.raises(NotAllowed) as refused:
            await _approve(world, "sue")
        assert refused.value.next_step == f"ask {alone}"
        assert [one.who for plan in _weighed(world) for one in plan.blocked] == [alone]


async def test_who_approves_is_told_what_it_waits_for_besides_and_until_when() -> None:
    """During the soak: each gate that is still shut, by instance, and when time alone opens it."""
    soaks = GATED.replace("gates: {approvals", "gates: {soak: 10m, approvals")
    world = World(estate=soaks)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(SECOND)
        with pytest.raises(UsageError, match="nothing of its first lock waits") as early:
            await approve(world.desk, "sue", "oc", "production-1", reason="go")
        assert early.value.why.startswith("soak: app1: 1.0.0+"), early.value.why
        assert early.value.next_step.startswith("approve again at ")
        await world.pass_time(timedelta(minutes=10))
        assert (await approve(world.desk, "sue", "oc", "production-1", reason="go")).waits_for == ()
        await _next(world, "1.1.0")
        given = await approve(world.desk, "sue", "oc", "production-1", artifact=APP1, reason="go")
        (waits,) = given.waits_for
        assert (waits.instance, waits.gate) == (PROD1, "soak")
        assert waits.next_at is not None
        ends = waits.next_at
        assert timedelta(minutes=9) < ends - world.clock.now() <= timedelta(minutes=10)
        await world.pass_time(ends - world.clock.now() + SECOND)
        assert _production(world) == "1.1.0"


async def test_who_approves_what_nothing_else_keeps_is_told_that_it_goes() -> None:
    world = World(estate=GATED)
    async with world.running():
        await _delivered(world)
        await _next(world, "1.1.0")
        assert (
            await approve(world.desk, "sue", "oc", "production-1", artifact=APP1, reason="go")
        ).waits_for == ()


async def test_nobody_approves_their_own_commit() -> None:
    """Sue wrote the configuration: her approval is refused, Sam's counts."""
    world = World(estate=GATED)
    async with world.running():
        await _delivered(world)
        world.commit("Mine", {"oc/app1/base/deployment.yaml": b"base 2\n"}, author="sue <sue@example>")
        await world.look()
        await world.pass_time(SECOND)
        with pytest.raises(NotAllowed, match="may not approve") as refused:
            await _approve(world, "sue")
        assert "sue <sue@example> is the author of its configuration commit" in refused.value.why
        assert "(Mine) of oc/app1" in refused.value.why
        assert refused.value.next_step == "ask one of: sam"
        told = [one.who for plan in _weighed(world) for one in plan.blocked if one.gate == "approvals"]
        assert told == [
            "support, but not sue, who made the change or asked for it: "
            "headway approve oc/app1 --wave production-1"
        ]
        await _approve(world, "sam")
        lock = lock_of(world, "production-1", "prod1")
        assert lock is not None
        assert lock.entries["app1"].commit == world.remote.branches["main"]


async def test_a_first_lock_goes_as_it_was_approved_though_newer_ones_come() -> None:
    """The set was approved while a hold kept it; 1.1.0 came meanwhile and follows on its own."""
    world = World(estate=GATED)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(SECOND)
        await world.hold_all("prod1")
        await approve(world.desk, "sue", "oc", "production-1", reason="the set")
        await _next(world, "1.1.0")
        assert lock_of(world, "production-1", "prod1") is None
        await world.lift_all("prod1")
        await world.pass_time(SECOND)
        assert _production(world) == "1.0.0"
        await _approve(world)
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_what_a_person_asked_for_starves_nothing_once_it_is_found_bad() -> None:
    """Asked for while production was held, then quarantined: the next version goes all the same."""
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(SECOND)
        await world.hold_all("prod1")
        await _next(world, "1.1.0")
        staging = [
            one.changes[0].after for one in await world.promotions() if one.instance.instance == "staging"
        ]
        bad = staging[-1]
        assert bad is not None
        await world.record_asked("prod1", APP1, bad, by="sue")
        await world.record(QuarantinePlaced(artifact=APP1, version=bad), by="sue", reason="it leaks")
        await world.lift_all("prod1")
        await world.pass_time(SECOND)
        assert _production(world) == "1.0.0"
        await _next(world, "1.2.0")
        assert world.tags() == ["1.2.0"] * 4
        assert_all_agree(world)
