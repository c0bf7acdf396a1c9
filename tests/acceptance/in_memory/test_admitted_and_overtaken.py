"""A first wave finishes what it admitted, though newer halves came before it was everywhere."""

from datetime import timedelta

from tests.fixtures.world import ESTATE, World

from headway.domain.names import ArtifactName, InstanceName, Version
from headway.testing.simulated_engine import Behaviour

TWO = ESTATE.replace("{dev: development}", "{dev: development, second: development}")
PLACES = ("dev", "second", "staging", "prod1", "prod2")


def _lock(world: World, instance: str) -> Version:
    """Give what an instance's lock has of app1."""
    return (world.desk.situation.instance(InstanceName("oc", instance)).lock or {})["app1"]


async def test_what_was_decided_and_lost_is_decided_again_before_newer_ones() -> None:
    """The remote refuses 1.1.0 for a while; 1.2.0 comes meanwhile."""
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.remote.refuse = lambda push: "closed" if push.branch.endswith("development") else None
        for tag in ("1.1.0", "1.2.0"):
            world.publish("app1", tag)
            await world.look()
            await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.0.0"] * 4
        world.remote.refuse = lambda _: None
        await world.pass_time(timedelta(minutes=12))
        assert world.tags() == ["1.2.0"] * 4


async def test_the_second_instance_of_a_first_wave_gets_what_the_first_one_took() -> None:
    """It was busy with app2 when 1.1.0 came; now 1.2.0 is the newest, and waits for 1.1.0."""
    world = World(estate=TWO, instances=PLACES)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.scripts = lambda name, artifact, _entry: (
            Behaviour(after=timedelta(minutes=1))
            if (name.instance, artifact) == ("second", "app2")
            else Behaviour()
        )
        world.publish("app2", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        for tag in ("1.1.0", "1.2.0"):
            world.publish("app1", tag)
            await world.look()
            await world.pass_time(timedelta(seconds=5))
        assert world.tags("app1", PLACES)[:2] == ["1.1.0", "1.0.0"]
        await world.pass_time(timedelta(minutes=2))
        assert world.tags("app1", PLACES) == ["1.2.0"] * 5


async def test_what_is_no_step_forward_in_one_region_takes_the_wave_from_nobody() -> None:
    """A person sends a newer image with an older configuration to prod2; 1.4.0 still comes to both."""
    app1 = ArtifactName("oc", "app1")
    world = World(
        estate=ESTATE.replace(
            "  - {wave: production-1, instances: {prod1: production-1}}\n"
            "  - {wave: production-2, instances: {prod2: production-2}}\n",
            "  - {wave: production, instances: {prod1: production-1, prod2: production-2}}\n",
        )
    )
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        first = _lock(world, "dev").commit
        await world.hold_all("prod2")
        world.commit("Say more", {"oc/app1/base/deployment.yaml": b"base 2\n"})
        world.publish("app1", "1.2.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        third = world.publish("app1", "1.3.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.3.0", "1.3.0", "1.2.0", "1.0.0"]
        sideways = Version(third, first)
        for place in ("dev", "staging"):
            await world.record_asked(place, app1, sideways, by="pat", now=True)
            await world.pass_time(timedelta(seconds=30))
        await world.record_asked("prod2", app1, sideways, by="pat", now=True)
        await world.lift_all("prod2")
        await world.pass_time(timedelta(seconds=30))
        taken = [one.changes[0].after for one in await world.promotions() if one.instance.instance == "prod2"]
        assert sideways in taken
        world.commit("Say still more", {"oc/app1/base/deployment.yaml": b"base 3\n"})
        world.publish("app1", "1.4.0")
        await world.look()
        await world.pass_time(timedelta(minutes=1))
        assert world.tags() == ["1.4.0"] * 4
