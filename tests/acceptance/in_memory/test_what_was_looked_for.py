"""Looks at image repositories: each tag is read once, over restarts too, and none is ever passed over."""

from collections.abc import Sequence
from datetime import timedelta

from tests.fixtures.world import APPLICATION, World

from headway.app.ports import Look
from headway.domain.errors import Transient
from headway.domain.facts import Fact, ImageFound, NewFact
from headway.domain.names import ArtifactName
from headway.testing.clock import VirtualClock
from headway.testing.ledger import MemoryLedger
from headway.testing.registry import InMemoryRegistry

APP1 = ArtifactName("oc", "app1")
SECOND = timedelta(seconds=5)
WIDER = APPLICATION.replace('app1", versions: {semver: ">=1.0"}', 'app1", versions: {semver: ">=0.1"}')
ANY = APPLICATION.replace('app1", versions: {semver: ">=1.0"}', 'app1"')


class Listening(InMemoryRegistry):
    """Remembers what looks at app1 were handed."""

    def __init__(self) -> None:
        super().__init__()
        self.handed: list[str | None] = []

    async def look(self, repository: str, memory: str | None) -> Look:
        """Look as ever."""
        if repository.endswith("app1"):
            self.handed.append(memory)
        return await super().look(repository, memory)


class FullOnce(MemoryLedger):
    """A ledger whose disk is full when the first image of a certain tag is to be recorded."""

    def __init__(self, clock: VirtualClock, tag: str) -> None:
        super().__init__(clock)
        self._tag: str | None = tag

    async def append(self, new_facts: Sequence[NewFact]) -> Sequence[Fact]:
        """Append as ever, but once."""
        tags = [tag for one in new_facts if isinstance(one.body, ImageFound) for tag in one.body.tags]
        if self._tag in tags:
            self._tag = None
            raise Transient("ledger-full", "the disk is full", why="there is no room", next_step="make room")
        return await super().append(new_facts)


def _world() -> World:
    world = World()
    world.registry = Listening()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


def _handed(world: World) -> list[str | None]:
    assert isinstance(world.registry, Listening)
    return world.registry.handed


async def test_a_start_goes_on_from_the_last_look() -> None:
    """What was published while the service was down is found, and nothing else is read again."""
    world = _world()
    async with world.running():
        await world.pass_time(SECOND)
        assert _handed(world)[0] is None
    world.publish("app1", "1.1.0")
    _handed(world).clear()
    async with world.running():
        await world.pass_time(SECOND)
        assert None not in _handed(world)
        assert world.tags() == ["1.1.0"] * 4


async def test_with_the_ledger_lost_every_tag_is_read_again() -> None:
    """The memory is lost with the facts: kept longer it would hide every image."""
    world = _world()
    async with world.running():
        await world.pass_time(SECOND)
    world.lose_ledger()
    _handed(world).clear()
    async with world.running():
        await world.pass_time(SECOND)
        assert _handed(world)[0] is None
        assert world.desk.situation.shelf(APP1).newest_images


async def test_an_image_that_could_not_be_recorded_is_found_again() -> None:
    """The disk was full at that moment: the next look, or the next start, brings it all the same."""
    world = _world()
    world.ledger = FullOnce(world.clock, "1.1.0")
    async with world.running():
        await world.pass_time(SECOND)
        world.publish("app1", "1.1.0")
        await world.pass_time(timedelta(minutes=21))
        assert world.tags() == ["1.1.0"] * 4


async def test_a_wider_range_finds_what_the_narrower_one_left_out() -> None:
    """0.9.0 was passed over; with the range that counts it, it is there at once, and older as semver says."""
    world = _world()
    world.publish("app1", "0.9.0")
    async with world.running():
        await world.pass_time(SECOND)
        world.commit("Wider", {"oc/application.yaml": WIDER.encode()})
        await world.controller.manifests.look()
        await world.settle()
        shelf = world.desk.situation.shelf(APP1)
        assert [shelf.images[one].label for one in shelf.newest_images] == ["1.0.0", "0.9.0"]
        await world.pass_time(SECOND)
        assert world.tags() == ["1.0.0"] * 4
    _handed(world).clear()
    async with world.running():
        assert None not in _handed(world)


async def test_without_a_range_images_of_any_age_replace_nothing_by_themselves() -> None:
    """What the range left out is found late and is not new: only what comes from then on goes."""
    world = _world()
    world.publish("app1", "nightly")
    world.publish("app1", "0.9.0")
    async with world.running():
        await world.pass_time(SECOND)
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(SECOND)
        world.commit("Any", {"oc/application.yaml": ANY.encode()})
        await world.look()
        await world.pass_time(SECOND)
        assert world.tags() == ["1.1.0"] * 4
        world.publish("app1", "feature")
        await world.look()
        await world.pass_time(SECOND)
        assert world.tags() == ["feature"] * 4
