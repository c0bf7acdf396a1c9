"""A half that is shut, and so never fails, does not stop the other half; mended, it meets again."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree
from tests.fixtures.world import World

from headway.domain.names import ArtifactName, Cell, CommitId, Digest, InstanceName

BASE = "oc/app1/base"
REPOSITORY = "registry.example/oc/app1"
ARM = ("linux/arm64",)
AMD = ("linux/amd64",)

Pair = tuple[str | None, CommitId | None]


class Shut(World):
    """A world with one image of app1, in which images and configurations can be shut, each in its own way."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.image()
        self.first = self.remote.branches["main"]
        self.publish("app2", "1.0.0")

    def image(self, *platforms: str) -> tuple[str, Digest]:
        """Publish the next image of app1; give its tag and digest."""
        self.number += 1
        tag = f"1.{self.number}.0"
        return tag, self.registry.publish(REPOSITORY, [tag], platforms=platforms or AMD)

    def configuration(self, **files: bytes | None) -> CommitId:
        """Commit the next configuration of app1, with files of its base beside."""
        self.number += 1
        edits = {f"{BASE}/{name}": data for name, data in files.items()}
        edits[f"{BASE}/deployment.yaml"] = f"base {self.number}\n".encode()
        return self.commit("Change app1", edits)

    def everywhere(self) -> set[Pair]:
        """Give tag and commit of app1 in every instance's lock."""
        return {self._in(name) for name in ("dev", "staging", "prod1", "prod2")}

    def _in(self, instance: str) -> Pair:
        cell = self.desk.situation.cell(Cell(ArtifactName("oc", "app1"), InstanceName("oc", instance)))
        return self.tag_in(instance), cell.locked.commit if cell.locked else None

    async def go(self, seconds: float = 60) -> None:
        """Look, and let some time pass."""
        await self.look()
        await self.pass_time(timedelta(seconds=seconds))


async def test_a_commit_that_does_not_render_stops_no_image() -> None:
    """Good images go out with the last good commit; the next good commit goes out with the newest image."""
    world = Shut()
    async with world.running():
        await world.go()
        world.configuration(broken=b"no such file")
        await world.go()
        for _ in range(5):
            tag, _ = world.image()
            await world.go()
            assert world.everywhere() == {(tag, world.first)}
        assert any("no such file" in words for words in world.why("dev"))
        mended = world.configuration(broken=None)
        await world.go()
        assert world.everywhere() == {(tag, mended)}
        assert_all_agree(world)


async def test_an_image_for_another_platform_stops_no_commit() -> None:
    """Commits go out with the last image that can be pulled; the next such image goes out with the newest."""
    world = Shut()
    async with world.running():
        await world.go()
        world.image(*ARM)
        await world.go()
        for _ in range(5):
            commit = world.configuration()
            await world.go()
            assert world.everywhere() == {("1.1.0", commit)}
        assert any("linux/arm64" in words for words in world.why("dev"))
        tag, _ = world.image()
        await world.go()
        assert world.everywhere() == {(tag, commit)}
        assert_all_agree(world)


async def test_an_image_that_cannot_run_here_does_not_hide_the_one_before_it() -> None:
    """A good image and one for another platform are found in one look: the good one goes."""
    world = Shut()
    async with world.running():
        await world.go()
        tag, _ = world.image()
        world.image(*ARM)
        await world.go()
        assert world.everywhere() == {(tag, world.first)}
        assert_all_agree(world)


async def test_both_halves_shut_leave_the_newest_good_ones_of_each() -> None:
    """However many broken commits and foreign images come, the good halves between them meet."""
    world = Shut()
    async with world.running():
        await world.go()
        commit = world.configuration()
        tag, _ = world.image()
        for _ in range(25):
            world.configuration(broken=b"no such file")
            world.image(*ARM)
        await world.go(7200)
        assert world.everywhere() == {(tag, commit)}
        assert_all_agree(world)


async def test_a_shut_image_that_is_mended_goes_out() -> None:
    """It was found before it could be pulled, newer ones never could: once it is there, it goes out."""
    world = Shut()
    async with world.running():
        await world.go()
        tag, digest = world.image(*ARM)
        world.image(*ARM)
        await world.go()
        assert world.everywhere() == {("1.1.0", world.first)}
        world.registry.publish(REPOSITORY, [tag], digest=digest, platforms=(*ARM, *AMD))
        await world.go(3600)
        assert world.everywhere() == {(tag, world.first)}
        assert_all_agree(world)


async def test_a_commit_that_names_what_is_missing_stops_no_image_and_goes_once_it_is_there() -> None:
    """Its Secret is created after a newer commit that does not even render: it is looked for all the same."""
    world = Shut()
    world.engine.absent.add("database")
    async with world.running():
        await world.go()
        waits = world.configuration(references=b"database")
        await world.go()
        world.configuration(broken=b"no such file")
        tag, _ = world.image()
        await world.go()
        assert world.everywhere() == {(tag, world.first)}
        world.engine.absent.clear()
        await world.go(3600)
        assert world.everywhere() == {(tag, waits)}
        assert_all_agree(world)


async def test_a_registry_that_does_not_answer_shuts_nothing() -> None:
    """Unknown is not absent: the newest image is waited for, not passed over for an older one."""
    world = Shut()
    async with world.running():
        await world.go()
        world.image()
        tag, _ = world.image()
        await world.controller.images.look_at_all()
        world.registry.away = True
        await world.pass_time(timedelta(hours=2))
        world.registry.away = False
        await world.go(3600)
        assert world.everywhere() == {(tag, world.first)}
        decided = [
            change.after.digest for one in await world.promotions() for change in one.changes if change.after
        ]
        assert len(set(decided)) == 3
