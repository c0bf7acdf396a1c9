"""What a person asked for can be taken back while it waits, and then the plan chooses again."""

import asyncio
from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree
from tests.fixtures.world import World

from headway.app.commands.cancel import cancel
from headway.app.commands.promote import promote
from headway.app.queries.why import why
from headway.domain.errors import Conflict, NotAllowed, UsageError
from headway.domain.facts import PromotionUnasked
from headway.domain.names import ArtifactName, Cell, InstanceName, Version

APP1 = ArtifactName("oc", "app1")
DEV, STAGING, PROD1 = (InstanceName("oc", one) for one in ("dev", "staging", "prod1"))
SECOND = timedelta(seconds=5)


async def _two_versions(world: World) -> Version:
    """Let 1.0.0 and then 1.1.0 go everywhere; give the first."""
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    await world.look()
    await world.pass_time(SECOND)
    first = world.desk.situation.cell(Cell(APP1, DEV)).locked
    assert first is not None
    await _next(world, "1.1.0")
    assert world.tags() == ["1.1.0"] * 4
    return first


async def _next(world: World, tag: str) -> None:
    world.publish("app1", tag)
    await world.look()
    await world.pass_time(SECOND)


async def test_a_dropped_request_lets_the_plan_choose_again() -> None:
    """1.0.0 was asked for while a hold kept it out; dropped, 1.2.0 goes by itself, and 1.0.0 never."""
    world = World()
    async with world.running():
        first = await _two_versions(world)
        await world.hold_all("prod1")
        await world.record_asked("prod1", APP1, first, by="sue")
        await _next(world, "1.2.0")
        assert [line.split(":")[0] for line in world.why("prod1")] == ["hold"]
        (dropped,) = await cancel(world.desk, "sam", APP1, [PROD1], reason="compared elsewhere")
        assert (dropped.instance, dropped.by) == (PROD1, "sue")
        await world.lift_all("prod1")
        await world.pass_time(SECOND)
        assert world.tags() == ["1.2.0"] * 4
        assert all(one.asked_by is None for one in await world.promotions())
        assert_all_agree(world)


async def test_it_stays_dropped_over_a_restart() -> None:
    """The fact is in the ledger, so a service that was killed does not ask again."""
    world = World()
    async with world.running():
        first = await _two_versions(world)
        await world.hold_all("prod1")
        await world.record_asked("prod1", APP1, first, by="sue")
        await cancel(world.desk, "sue", APP1, [PROD1], reason="no")
    async with world.running():
        await world.lift_all("prod1")
        await world.pass_time(SECOND)
        assert world.tag_in("prod1") == "1.1.0"
        assert why(world.desk, Cell(APP1, PROD1)).request is None


async def test_why_names_the_request_and_how_to_drop_it() -> None:
    """Who asked, when, why, and the command; also when somebody asks about another version."""
    world = World()
    async with world.running():
        first = await _two_versions(world)
        await world.hold_all("staging")
        await world.record_asked("staging", APP1, first, by="sue")
        cell = Cell(APP1, STAGING)
        for version in (None, first, world.desk.situation.cell(cell).locked):
            request = why(world.desk, cell, version).request
            assert request is not None
            assert (request.by, request.reason, request.at) == ("sue", "asked", world.clock.now())
            assert request.version.startswith("1.0.0")
            assert request.cancel == "headway promote oc/app1 --to oc/staging --cancel --reason …"


async def test_several_instances_are_dropped_together() -> None:
    """Only instances that have a request are named; the others are passed over."""
    world = World()
    async with world.running():
        first = await _two_versions(world)
        for name in ("staging", "prod1"):
            await world.hold_all(name)
            await world.record_asked(name, APP1, first, by="sue")
        dropped = await cancel(world.desk, "sue", APP1, [DEV, STAGING, PROD1], reason="no")
        assert [one.instance for one in dropped] == [STAGING, PROD1]
        assert len(await world.facts(PromotionUnasked)) == 2


async def test_what_has_gone_cannot_be_dropped() -> None:
    """Met, the request is no more: the error names what takes a version back instead."""
    world = World()
    async with world.running():
        first = await _two_versions(world)
        await promote(world.desk, "sue", APP1, DEV, first, reason="compare")
        await world.pass_time(SECOND)
        assert [one.instance for one in await world.promotions() if one.asked_by == "sue"] == [DEV]
        with pytest.raises(UsageError, match="headway rollback") as raised:
            await cancel(world.desk, "sue", APP1, [DEV], reason="too late")
        assert raised.value.code == "nothing-asked"
        assert await world.facts(PromotionUnasked) == []


async def test_who_may_not_promote_may_not_drop_either() -> None:
    """Somebody without a role leaves the request as it is; nobody drops it without a reason."""
    world = World()
    async with world.running():
        first = await _two_versions(world)
        await world.hold_all("prod1")
        await world.record_asked("prod1", APP1, first, by="sue")
        with pytest.raises(NotAllowed):
            await cancel(world.desk, "bob", APP1, [PROD1], reason="mine")
        with pytest.raises(UsageError, match="--reason"):
            await cancel(world.desk, "sue", APP1, [PROD1], reason=" ")
        assert world.desk.situation.cell(Cell(APP1, PROD1)).asked is not None


async def test_a_request_that_came_meanwhile_is_not_dropped() -> None:
    """Sam asks for another version while Sue drops hers: the last word stays."""
    world = World()
    async with world.running():
        first = await _two_versions(world)
        await world.hold_all("prod1")
        await world.record_asked("prod1", APP1, first, by="sue")
        sam = asyncio.create_task(world.record_asked("prod1", APP1, first, by="sam"))
        await world.breathe()
        with pytest.raises(Conflict) as raised:
            await cancel(world.desk, "sue", APP1, [PROD1], reason="no")
        await sam
        assert raised.value.code == "request-changed"
        asked = world.desk.situation.cell(Cell(APP1, PROD1)).asked
        assert asked is not None
        assert asked.by == "sam"
