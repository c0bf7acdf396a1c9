"""One region fails, is held or is away; the other goes on as far as the lane lets it."""

from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree, subjects, tag_in_git
from tests.fixtures.world import ESTATE, World

from headway.domain.facts import HoldPlaced, SourceAway
from headway.domain.lock import LockEntry
from headway.domain.names import InstanceName
from headway.testing.simulated_engine import Behaviour, crashes, never_ready

ONE_WAVE = ESTATE.replace(
    "  - {wave: production-1, instances: {prod1: production-1}}\n"
    "  - {wave: production-2, instances: {prod2: production-2}}\n",
    "  - {wave: production, instances: {prod1: production-1, prod2: production-2}, wait: %s}\n",
)
PROD1 = InstanceName("oc", "prod1")
PROD2 = InstanceName("oc", "prod2")


async def _delivered(world: World) -> None:
    await world.pass_time(timedelta(seconds=5))
    assert world.tags() == ["1.0.0"] * 4


def _world(estate: str = ESTATE) -> World:
    world = World(estate=estate)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def _next(world: World, tag: str, seconds: float = 30) -> None:
    world.publish("app1", tag)
    await world.look()
    await world.pass_time(timedelta(seconds=seconds))


def _crashes_in(world: World, instance: str, tag: str) -> None:
    def script(name: InstanceName, artifact: str, entry: LockEntry) -> Behaviour:
        digest = world.registry._repositories["registry.example/oc/app1"].tags.get(tag)
        bad = name.instance == instance and artifact == "app1" and entry.digest == digest
        return crashes() if bad else Behaviour()

    world.scripts = script


def _in_git(world: World) -> tuple[str | None, str | None]:
    return tag_in_git(world, "production-1", "prod1"), tag_in_git(world, "production-2", "prod2")


async def test_a_version_that_fails_in_the_first_region_never_sees_the_second() -> None:
    """Two waves: taken back in the first, held there; the second keeps what it has, untouched."""
    world = _world()
    async with world.running():
        await _delivered(world)
        _crashes_in(world, "prod1", "1.1.0")
        await _next(world, "1.1.0")
        assert _in_git(world) == ("1.0.0", "1.0.0")
        assert len(subjects(world, "production-2")) == 1
        assert subjects(world, "production-1")[-1].startswith("Roll back oc/app1 in oc/prod1 to 1.0.0")
        await _next(world, "1.2.0")
        assert _in_git(world) == ("1.0.0", "1.0.0"), "held until a person resumes"
        assert tag_in_git(world, "staging", "staging") == "1.2.0"
        await world.lift_all("prod1")
        await world.pass_time(timedelta(seconds=10))
        assert _in_git(world) == ("1.2.0", "1.2.0")
        assert_all_agree(world)


@pytest.mark.parametrize("waits", ["true", "false"])
async def test_a_version_that_fails_in_one_region_of_a_wave_leaves_the_other_as_it_is(waits: str) -> None:
    """The one is rolled back and held; the other keeps the version, and takes the next by the wave's rule."""
    world = _world(ONE_WAVE % waits)
    async with world.running():
        await _delivered(world)
        _crashes_in(world, "prod1", "1.1.0")
        await _next(world, "1.1.0")
        assert _in_git(world) in (("1.0.0", "1.1.0"), ("1.0.0", "1.0.0"))
        await _next(world, "1.2.0")
        assert _in_git(world) == ("1.0.0", "1.2.0")
        await _next(world, "1.3.0")
        assert _in_git(world) == ("1.0.0", "1.2.0" if waits == "true" else "1.3.0")
        await world.lift_all("prod1")
        await world.pass_time(timedelta(seconds=10))
        assert _in_git(world) == ("1.3.0", "1.3.0")
        assert_all_agree(world)


@pytest.mark.parametrize("waits", ["true", "false"])
async def test_a_held_region_is_waited_for_unless_the_wave_says_otherwise(waits: str) -> None:
    """The other takes one version, and only with `wait: false` the next ones."""
    world = _world(ONE_WAVE % waits)
    async with world.running():
        await _delivered(world)
        await world.record(HoldPlaced(hold_id="h", instance=PROD1, artifact=None, owner="pat"), by="pat")
        await _next(world, "1.1.0")
        assert _in_git(world) == ("1.0.0", "1.1.0")
        await _next(world, "1.2.0")
        assert _in_git(world) == ("1.0.0", "1.1.0" if waits == "true" else "1.2.0")
        if waits == "true":
            assert any("prod1 is held by pat" in line for line in world.why("prod2"))
        await world.lift("h", PROD1)
        await world.pass_time(timedelta(seconds=10))
        assert _in_git(world) == ("1.2.0", "1.2.0")
        assert_all_agree(world)


@pytest.mark.parametrize("waits", ["true", "false"])
async def test_a_region_held_after_the_version_was_taken_stops_the_other_no_longer(waits: str) -> None:
    """The hold comes while its sibling waits for it: with `wait: false` that alone lets the next one in."""
    world = _world(ONE_WAVE % waits)
    first = world.give_own_engine("production-1")
    async with world.running():
        await _delivered(world)
        first.go_away()
        await world.pass_time(timedelta(seconds=1))
        world.publish("app1", "1.1.0")
        await world.look()
        world.publish("app1", "1.2.0")
        await world.look()
        await world.pass_time(timedelta(seconds=1))
        assert _in_git(world) == ("1.1.0", "1.1.0")
        await world.record(HoldPlaced(hold_id="h", instance=PROD1, artifact=None, owner="pat"), by="pat")
        await world.pass_time(timedelta(seconds=1))
        assert _in_git(world) == ("1.1.0", "1.1.0" if waits == "true" else "1.2.0")


@pytest.mark.parametrize("waits", ["true", "false"])
async def test_a_region_that_is_away_stops_the_other_only_where_the_wave_waits(waits: str) -> None:
    """Its engine is away for hours: nothing there is judged, nothing quarantined; then it catches up."""
    world = _world(ONE_WAVE % waits)
    first = world.give_own_engine("production-1")
    async with world.running():
        await _delivered(world)
        first.go_away()
        await world.pass_time(timedelta(seconds=30))
        assert await world.facts(SourceAway)
        await _next(world, "1.1.0", 3600)
        await _next(world, "1.2.0", 3600)
        assert tag_in_git(world, "production-2", "prod2") == ("1.1.0" if waits == "true" else "1.2.0")
        assert not world.desk.situation.quarantines
        assert not world.desk.situation.instance(PROD1).holds
        await first.come_back()
        await world.pass_time(timedelta(minutes=1))
        assert _in_git(world) == ("1.2.0", "1.2.0")
        assert_all_agree(world)


async def test_an_engine_away_in_one_region_stops_no_clock_in_another() -> None:
    """What never becomes ready in dev is still found out while production's engine is away."""
    world = _world()
    away = world.give_own_engine("production-2")
    async with world.running():
        await _delivered(world)
        away.go_away()
        await world.pass_time(timedelta(seconds=30))
        world.publish("app1", "1.1.0", never_ready())
        await world.look()
        await world.pass_time(timedelta(minutes=11))
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert "not ready within" in next(
            one.reason for placed in world.desk.situation.quarantines.values() for one in placed.values()
        )
