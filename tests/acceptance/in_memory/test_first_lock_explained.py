"""Whoever asks why a first lock does not come is told so, on every surface, and never the contrary."""

from datetime import timedelta

from tests.fixtures.world import APPLICATION, World

from headway.app.commands.resume import resume
from headway.app.queries.progress import Arrival, progress
from headway.app.queries.status import status
from headway.app.queries.why import Why, why
from headway.domain.names import ArtifactName, Cell, Digest, InstanceName, Version
from headway.interfaces.cli.board import next_of

DEV, STAGING = InstanceName("oc", "dev"), InstanceName("oc", "staging")
APP1, APP2 = ArtifactName("oc", "app1"), ArtifactName("oc", "app2")
NATS = "apiVersion: headway.dev/v1\nkind: Application\nlane: standard\nartifacts:\n  nats: {}\n"


class Needing(World):
    """The application needs nats, whose first lock does not come."""

    def __init__(self) -> None:
        super().__init__(
            application=APPLICATION.replace("lane: standard\n", "lane: standard\nneeds: [nats]\n")
        )
        self.digest = self.publish("app1", "1.0.0")
        self.publish("app2", "1.0.0")
        self.commit("Add nats", {"nats/application.yaml": NATS.encode(), "nats/nats/broken": b"not yet"})

    @property
    def version(self) -> Version:
        """Give the one version of app1."""
        return self.version_of(self.digest)

    def version_of(self, digest: Digest) -> Version:
        """Pair an image with the newest commit of app1."""
        return Version(digest, self.desk.situation.shelf(APP1).newest_configurations[0])

    def next_lines(self, instance: InstanceName, artifact: ArtifactName) -> list[str | None]:
        """Give what the board says of the next step in a cell."""
        return [
            next_of({"underway": cell.underway, "newer": cell.newer, "waits": cell.waits})
            for one in status(self.desk).instances
            if one.name == instance
            for cell in one.cells
            if cell.artifact == artifact
        ]


def _shut(found: Why) -> list[str]:
    return [f"{shut.gate}: {shut.words}" for one in found.answers for shut in one.blocked]


async def test_a_version_is_not_about_to_enter_while_its_first_lock_waits() -> None:
    """`why` with the version, and `wait` that repeats it, name what the lock waits for."""
    world = Needing()
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        found = why(world.desk, Cell(APP1, DEV), world.version)
        assert any("needs nats" in words for words in _shut(found))
        assert "needs nats" in found.conclusion
        waits = progress(world.desk, Cell(APP1, DEV), "1.0.0")
        assert waits.arrival is Arrival.PENDING
        assert "needs nats" in waits.words


async def test_an_older_version_is_not_about_to_enter_either() -> None:
    """The first lock takes the newest: what keeps the lock keeps the older one too."""
    world = Needing()
    newer = world.publish("app1", "1.1.0")
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        found = why(world.desk, Cell(APP1, DEV), world.version)
        assert "about to" not in found.conclusion
        assert any("needs nats" in words for words in _shut(found))
        assert any(
            "needs nats" in words
            for words in _shut(why(world.desk, Cell(APP1, DEV), world.version_of(newer)))
        )


async def test_an_older_version_than_what_stands_there_is_not_about_to_enter() -> None:
    """No gate keeps it out, but it is no step forward, and that is said."""
    world = World()
    old = world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(minutes=5))
        commit = world.desk.situation.shelf(APP1).newest_configurations[0]
        found = why(world.desk, Cell(APP1, DEV), Version(old, commit))
        assert "about to" not in found.conclusion
        assert "no step forward" in found.conclusion


async def test_resume_lets_nothing_in_where_the_first_lock_waits() -> None:
    """The hold is not all that keeps it; without the other wait it lets the whole lock in."""
    world = Needing()
    async with world.running():
        await world.hold_all("dev")
        await world.pass_time(timedelta(minutes=5))
        told = await resume(world.desk, "pat", DEV, reason="", dry_run=True)
        assert told.lets_in == ()
    world = World()
    async with world.running():
        await world.hold_all("dev")
        world.publish("app1", "1.0.0")
        world.publish("app2", "1.0.0")
        await world.look()
        await world.pass_time(timedelta(minutes=5))
        told = await resume(world.desk, "pat", DEV, reason="", dry_run=True)
        assert {one.artifact for one in told.lets_in} == {"oc/app1", "oc/app2"}


async def test_the_board_has_a_next_line_for_a_first_lock_that_waits() -> None:
    """Each artifact that it holds is named with what keeps it."""
    world = Needing()
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        (line,) = world.next_lines(DEV, APP1)
        assert line is not None
        assert "needs nats" in line
        assert world.next_lines(STAGING, APP1) == [None]


async def test_why_names_gate_and_next_step_where_nothing_has_come_yet() -> None:
    """In a later wave the answer is the wave before, and where to ask on."""
    world = Needing()
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        found = why(world.desk, Cell(APP1, STAGING))
        (answer,) = found.answers
        assert answer.blocked[0].gate == "verified"
        assert "oc/dev" in answer.blocked[0].words
        assert "headway why oc/app1 --in oc/dev" in found.conclusion


async def test_a_reason_names_the_artifact_whose_version_it_is() -> None:
    """app1 does not render: app2, which waits with it, is told so of app1, and app1 first of itself."""
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    world.commit("Break app1", {"oc/app1/base/broken": b"no such file"})
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        (words,) = [one for one in _shut(why(world.desk, Cell(APP2, DEV))) if "does not render" in one]
        assert words.startswith("references: app1: 1.0.0+")
        assert "app1: 1.0.0+" in why(world.desk, Cell(APP1, DEV)).conclusion
