"""Image repositories are looked at side by side: a slow or poisoned one holds up no other."""

import asyncio

from tests.fixtures.world import World

from headway.app.ports import Look
from headway.domain.names import ArtifactName
from headway.testing.registry import InMemoryRegistry


class OddRegistry(InMemoryRegistry):
    """One repository answers only after another was asked; one gives what nobody understands."""

    def __init__(self) -> None:
        super().__init__()
        self.waits, self.poisoned = "", ""
        self.other_asked = asyncio.Event()

    async def look(self, repository: str, memory: str | None) -> Look:
        if repository == self.poisoned:
            raise ZeroDivisionError
        if repository == self.waits:
            await self.other_asked.wait()
        else:
            self.other_asked.set()
        return await super().look(repository, memory)


async def test_a_slow_repository_holds_up_no_other() -> None:
    """The first to be asked waits for the last."""
    world = World()
    world.registry = registry = OddRegistry()
    registry.waits = "registry.example/oc/app1"
    async with world.running():
        for name in ("app1", "app2"):
            world.publish(name, "1.0.0")
        await world.look()
        assert [tags_seen(world, name) for name in ("app1", "app2")] == [{"1.0.0"}, {"1.0.0"}]


async def test_a_poisoned_repository_holds_up_no_other() -> None:
    """What it did is raised once all others were looked at: the loop says it and goes on."""
    world = World()
    world.registry = registry = OddRegistry()
    async with world.running():
        registry.poisoned = "registry.example/oc/app1"
        world.publish("app2", "1.0.0")
        looks = await asyncio.gather(world.look(), return_exceptions=True)
        assert isinstance(looks[0], ZeroDivisionError)
        await world.settle()
        assert tags_seen(world, "app2") == {"1.0.0"}


def tags_seen(world: World, name: str) -> set[str]:
    shelf = world.desk.situation.shelf(ArtifactName("oc", name))
    return {tag for image in shelf.images.values() for tag in image.tags}
