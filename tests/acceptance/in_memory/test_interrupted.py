"""An engine busy with an older lock: what cures does not wait for it, anything else waits its time."""

from datetime import timedelta

from tests.fixtures.world import World

from headway.app.commands.roll_back import roll_back
from headway.domain.facts import DeploymentInterrupted, Outcome, PromotionEnded
from headway.domain.names import ArtifactName, InstanceName
from headway.testing.simulated_engine import never_ready

APP1, DEV = ArtifactName("oc", "app1"), InstanceName("oc", "dev")


async def _interrupts(world: World) -> list[DeploymentInterrupted]:
    return [one for one in await world.facts(DeploymentInterrupted) if isinstance(one, DeploymentInterrupted)]


def _world() -> World:
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def test_a_rollback_does_not_wait_for_what_hangs() -> None:
    """1.1.0 hangs in the engine; taken back, 1.0.0 is begun with at once, and the interrupt is a fact."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=30))
        world.publish("app1", "1.1.0", never_ready())
        await world.look()
        await world.settle()
        assert world.tag_in("dev") == "1.1.0"
        world.engine.stuck.add(DEV)
        await roll_back(world.desk, "sue", APP1, [DEV], reason="it hangs")
        await world.pass_time(timedelta(seconds=5))
        assert world.tag_in("dev") == "1.0.0"
        assert [one.gave_up for one in await _interrupts(world)] == [True]
        assert not world.desk.situation.instance(DEV).underway, "it was verified again"


async def test_a_promotion_waits_its_time_and_then_gets_as_long_again() -> None:
    """A good version behind a hanging operation is not blamed: the engine is freed when the time is up."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=30))
        world.engine.stuck.add(DEV)
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(minutes=9))
        assert await _interrupts(world) == []
        await world.pass_time(timedelta(minutes=2))
        assert [one.gave_up for one in await _interrupts(world)] == [True]
        assert world.tag_in("dev") == "1.1.0"
        ended = [one for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)]
        assert {one.outcome for one in ended} == {Outcome.VERIFIED}


async def test_an_engine_that_never_begins_and_has_nothing_to_give_up_blames_nobody() -> None:
    """Time is up, nothing older runs: the version is withdrawn, not quarantined."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=30))
        world.engine.stuck.add(DEV)
        world.engine.has_something_to_give_up = False
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(minutes=11))
        assert [one.gave_up for one in await _interrupts(world)] == [False]
        ended = [one for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)]
        assert ended[-1].outcome is Outcome.WITHDRAWN
        assert world.desk.situation.quarantines.get(APP1, {}) == {}
