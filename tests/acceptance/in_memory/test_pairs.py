"""Digests and commits meet in pairs, and neither half's mistakes stop the other."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree, lock_of, tag_in_git
from tests.fixtures.world import World

from headway.domain.lock import LockEntry
from headway.domain.names import CommitId, Digest, InstanceName
from headway.testing.simulated_engine import Behaviour, crashes

BASE = "oc/app1/base/deployment.yaml"


class Pairs(World):
    """A world in which a version's fate hangs on both of its halves."""

    def __init__(self) -> None:
        super().__init__()
        self.needs: dict[Digest, CommitId] = {}
        """Images that crash on any configuration before this one."""
        self.wants: dict[CommitId, Digest] = {}
        """Configurations that crash any image but this one and later ones."""
        self.bad_commits: set[CommitId] = set()
        self.digests: list[Digest] = []
        self.commits: list[CommitId] = []
        self.scripts = self._script
        self.tried: list[tuple[int, int]] = []
        """Every pair that the engine began in dev, by the halves' numbers from 1; 0: before the first."""

    def _script(self, instance: InstanceName, artifact: str, entry: LockEntry) -> Behaviour:
        if artifact != "app1" or entry.digest is None:
            return Behaviour()
        digest, commit = self._at(entry)
        if instance.instance == "dev":
            self.tried.append((digest, commit))
        bad = entry.commit in self.bad_commits
        bad |= (needed := self.needs.get(entry.digest)) is not None and commit < self._index(needed)
        bad |= (wanted := self.wants.get(entry.commit)) is not None and digest < 1 + self.digests.index(
            wanted
        )
        return crashes() if bad else self.behaviours.get(entry.digest, Behaviour())

    def _at(self, entry: LockEntry) -> tuple[int, int]:
        return 1 + self.digests.index(entry.digest or Digest("")), self._index(entry.commit)

    def _index(self, commit: CommitId) -> int:
        return 1 + self.commits.index(commit) if commit in self.commits else 0

    def image(self, behaviour: Behaviour | None = None) -> Digest:
        """Publish the next image."""
        digest = self.publish("app1", f"1.{len(self.digests)}.0", behaviour)
        self.digests.append(digest)
        return digest

    def configuration(self) -> CommitId:
        """Commit the next configuration."""
        commit = self.commit("Change app1", {BASE: f"base {len(self.commits) + 2}\n".encode()})
        self.commits.append(commit)
        return commit

    def in_git(self, environment: str, instance: str) -> tuple[int, int]:
        """Give the pair that a branch holds."""
        lock = lock_of(self, environment, instance)
        assert lock is not None
        return self._at(lock.entries["app1"])

    async def go(self, seconds: float = 5) -> None:
        """Look, and let some time pass."""
        await self.look()
        await self.pass_time(timedelta(seconds=seconds))


async def _begun() -> Pairs:
    world = Pairs()
    world.image()
    world.publish("app2", "1.0.0")
    return world


async def test_an_image_before_the_commit_that_it_needs_waits_for_it() -> None:
    """d2 alone fails with c1; when c2 comes, d2 goes out with it, everywhere."""
    world = await _begun()
    async with world.running():
        await world.go()
        d2 = world.image()
        c2_number = 1
        world.needs[d2] = CommitId("0" * 40)
        world.commits.append(CommitId("0" * 40))
        await world.go()
        assert world.in_git("development", "dev") == (1, 0)
        world.commits.clear()
        world.needs[d2] = world.configuration()
        await world.go()
        assert world.in_git("development", "dev") == (2, c2_number)
        assert world.in_git("production-2", "prod2") == (2, c2_number)
        assert (2, 0) not in [world.in_git(*one) for one in (("staging", "staging"),)]
        assert_all_agree(world)


async def test_a_commit_before_the_image_that_it_needs_waits_for_it() -> None:
    """c2 fails with d1; when d2 comes, both go out together, everywhere."""
    world = await _begun()
    async with world.running():
        await world.go()
        c2 = world.configuration()
        world.wants[c2] = Digest("sha256:" + "f" * 64)
        world.digests.append(world.wants[c2])
        await world.go()
        assert world.in_git("development", "dev") == (1, 0)
        world.digests.pop()
        world.wants[c2] = world.image()
        await world.go()
        assert world.in_git("production-2", "prod2") == (2, 1)
        assert_all_agree(world)


async def test_a_bad_commit_does_not_stop_frequent_images() -> None:
    """Each image that comes after a bad commit goes out on the last good one, within two turns."""
    world = await _begun()
    async with world.running():
        await world.go()
        world.bad_commits.add(world.configuration())
        for _ in range(10):
            world.image()
            await world.go()
        await world.go()
        digest, commit = world.in_git("production-2", "prod2")
        assert commit == 0
        assert digest >= 10
        world.configuration()
        await world.go()
        assert world.in_git("production-2", "prod2") == (11, 2)
        assert_all_agree(world)


async def test_a_bad_image_does_not_stop_frequent_commits() -> None:
    """Each commit that comes after a bad image goes out with the last good one, within three turns."""
    world = await _begun()
    async with world.running():
        await world.go()
        world.image(crashes())
        for _ in range(12):
            world.configuration()
            await world.go()
        await world.go(60)
        digest, commit = world.in_git("production-2", "prod2")
        assert digest == 1
        assert commit >= 11
        world.image()
        await world.go()
        assert world.in_git("production-2", "prod2") == (3, 12)
        assert_all_agree(world)


async def test_a_bad_image_with_a_bad_commit_leaves_what_runs_and_no_pair_is_made_twice() -> None:
    """Newest two, newest digest, newest commit: each is tried once, then nothing until a half is newer."""
    world = await _begun()
    async with world.running():
        await world.go()
        world.image(crashes())
        world.bad_commits.add(world.configuration())
        await world.go(3600)
        new = [pair for pair in world.tried if pair != (1, 0)]
        assert new == [(2, 1), (2, 0), (1, 1)]
        assert world.in_git("production-2", "prod2") == (1, 0)
        world.image()
        world.configuration()
        await world.go()
        assert world.in_git("production-2", "prod2") == (3, 2)


async def test_production_never_goes_sideways() -> None:
    """It runs (d2, c1); (d1, c2) was verified before it, is no step forward, and never goes there."""
    world = await _begun()
    async with world.running():
        await world.go()
        d2 = world.image(crashes())
        c2 = world.configuration()
        await world.go()
        assert world.in_git("production-2", "prod2") == (1, 1)
        world.behaviours.pop(d2)
        world.bad_commits.add(c2)
        world.image()
        await world.go()
        seen = world.in_git("production-2", "prod2")
        assert seen in ((1, 1), (3, 1))
        for number in range(2, 6):
            (world.bad_commits.add(world.configuration()) if number % 2 else world.image())
            before = world.in_git("production-2", "prod2")
            await world.go()
            after = world.in_git("production-2", "prod2")
            assert after[0] >= before[0]
            assert after[1] >= before[1]


async def test_a_moved_tag_is_a_new_image_and_moved_back_it_changes_nothing() -> None:
    """Tags are hints: 1.0.0 goes to another digest and back; what runs is named by digest all the while."""
    world = await _begun()
    async with world.running():
        await world.go()
        second = world.registry.publish("registry.example/oc/app1", ["1.0.0"])
        world.digests.append(second)
        await world.go()
        assert world.in_git("production-2", "prod2") == (2, 0)
        count = len(await world.promotions())
        world.registry.move_tag("registry.example/oc/app1", "1.0.0", world.digests[0])
        await world.go(3600)
        assert world.in_git("production-2", "prod2") == (2, 0)
        assert len(await world.promotions()) == count
        assert tag_in_git(world, "staging", "staging") == "untagged"
        assert_all_agree(world)
