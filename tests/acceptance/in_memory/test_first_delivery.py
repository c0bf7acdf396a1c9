"""A version travels its lane, and a bad one comes back by itself."""

from datetime import timedelta

from tests.fixtures.world import World

from headway.domain.names import ArtifactName
from headway.testing.simulated_engine import crashes


async def test_the_first_versions_reach_every_wave() -> None:
    """First locks go through all waves, one after the other."""
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.0.0"] * 4
        assert world.tags("app2") == ["1.0.0"] * 4


async def test_a_newer_version_follows_and_a_bad_one_is_rolled_back_in_the_first_wave() -> None:
    """1.1.0 arrives everywhere; 1.2.0 crashes in dev, is quarantined there and goes no further."""
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.1.0"] * 4
        world.publish("app1", "1.2.0", crashes())
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.1.0"] * 4
        assert world.desk.situation.quarantines[ArtifactName("oc", "app1")]
        world.publish("app1", "1.3.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.3.0"] * 4
