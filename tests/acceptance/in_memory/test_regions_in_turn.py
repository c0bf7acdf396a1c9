"""A wave over several regions that changes them in turn: ``maxParallel``."""

from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree, tag_in_git
from tests.fixtures.world import ESTATE, World

from headway.domain.facts import PromotionDecided, PromotionEnded
from headway.domain.names import InstanceName
from headway.testing.simulated_engine import Behaviour, crashes

PRODUCTION = (InstanceName("oc", "prod1"), InstanceName("oc", "prod2"))
IN_TURN = ESTATE.replace(
    "  - {wave: production-1, instances: {prod1: production-1}}\n"
    "  - {wave: production-2, instances: {prod2: production-2}}\n",
    "  - {wave: production, instances: {prod1: production-1, prod2: production-2}, "
    "maxParallel: %s, wait: %s}\n",
)


def _world(most: int = 1, waits: str = "true") -> World:
    world = World(estate=IN_TURN % (most, waits))
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def _delivered(world: World) -> None:
    await world.pass_time(timedelta(seconds=5))
    assert world.tags() == ["1.0.0"] * 4


def _in_git(world: World) -> list[str | None]:
    return [tag_in_git(world, "production-1", "prod1"), tag_in_git(world, "production-2", "prod2")]


async def _most_at_once(world: World) -> int:
    """Count in how many production instances changes were under way at once, first locks aside."""
    busy: set[str] = set()
    most = 0
    async for fact in world.ledger.read():
        body = fact.body
        if isinstance(body, PromotionDecided) and body.instance in PRODUCTION and body.changes[0].before:
            busy.add(body.promotion_id)
            most = max(most, len(busy))
        if isinstance(body, PromotionEnded):
            busy.discard(body.promotion_id)
    return most


@pytest.mark.parametrize("most", [1, 2])
async def test_at_most_so_many_regions_change_at_a_time(most: int) -> None:
    world = _world(most)
    async with world.running():
        await _delivered(world)
        for number in range(1, 4):
            world.publish("app1", f"1.{number}.0", Behaviour(after=timedelta(seconds=20)))
            await world.look()
            await world.pass_time(timedelta(seconds=50))
        assert any("changes app1 in" in line for line in world.why("prod2")) == (most == 1)
        await world.pass_time(timedelta(minutes=10))
        assert _in_git(world) == ["1.3.0", "1.3.0"]
        assert await _most_at_once(world) == most
        assert_all_agree(world)


async def test_what_fails_in_the_region_whose_turn_it_is_never_sees_the_others() -> None:
    world = _world()
    async with world.running():
        await _delivered(world)
        bad = world.publish("app1", "1.1.0")
        world.scripts = lambda instance, _, entry: (
            crashes() if instance in PRODUCTION and entry.digest == bad else Behaviour()
        )
        await world.look()
        await world.pass_time(timedelta(minutes=1))
        assert _in_git(world) == ["1.0.0", "1.0.0"]
        after = [(one.instance, one.changes[0].after) for one in await world.promotions()]
        entered = {instance for instance, version in after if version is not None and version.digest == bad}
        assert len(entered & set(PRODUCTION)) == 1
        assert_all_agree(world)


@pytest.mark.parametrize("waits", ["true", "false"])
async def test_a_region_that_is_away_keeps_its_turn_only_where_the_wave_waits(waits: str) -> None:
    world = _world(waits=waits)
    first = world.give_own_engine("production-1")
    async with world.running():
        await _delivered(world)
        first.go_away()
        await world.pass_time(timedelta(seconds=30))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(hours=1))
        if waits == "true":
            assert any("changes app1 in 1 instance(s) at a time" in line for line in world.why("prod2"))
        else:
            assert _in_git(world)[1] == "1.1.0"
        await first.come_back()
        await world.pass_time(timedelta(minutes=1))
        assert _in_git(world) == ["1.1.0", "1.1.0"]
        assert_all_agree(world)
