"""Other hands on environment branches: what they touch is held and said, everything else goes on."""

from datetime import timedelta

from tests.fixtures.branches import (
    HANDS,
    assert_all_agree,
    file_of,
    lock_of,
    meddle,
    promotions_of,
    reset,
    tag_in_git,
)
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.app.ports import BranchPush
from headway.domain.facts import (
    InstanceTouched,
    PromotionDecided,
    PromotionEnded,
    PromotionLanded,
)
from headway.domain.names import InstanceName
from headway.testing.manifests import stored_commit
from headway.testing.simulated_engine import READY, crashes
from headway.testing.trees import files_below

SHARED = ESTATE.replace("{dev: development}", "{dev: development, second: development}")
STEADY = APPLICATION + "checks:\n- {name: steady, steady: {for: 10s}}\n"
CRASHED = crashes().health
DEV = InstanceName("oc", "dev")


def _world(
    estate: str = ESTATE, instances: tuple[str, ...] = ("dev", "staging", "prod1", "prod2", "second")
) -> World:
    world = World(estate=estate, instances=instances)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def _next(world: World, tag: str, seconds: float = 10) -> None:
    world.publish("app1", tag)
    await world.look()
    await world.pass_time(timedelta(seconds=seconds))


async def test_a_foreign_commit_holds_its_instance_and_the_revert_lets_it_go() -> None:
    """Nothing overwrites it; the other instance on the same branch goes on."""
    world = _world(SHARED)
    path = "oc/dev/manifests/app1/deployment-app1.yaml"
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        ours = file_of(world, "development", path)
        assert ours is not None
        meddle(world, "development", {path: b"replicas: 100\n"})
        await _next(world, "1.1.0")
        assert file_of(world, "development", path) == "replicas: 100\n"
        touched = world.desk.situation.instance(DEV).touched
        assert touched is not None
        assert touched.author == HANDS
        assert tag_in_git(world, "development", "second") == "1.1.0"
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        meddle(world, "development", {path: ours.encode()})
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.desk.situation.instance(DEV).touched is None
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_what_other_hands_did_unseen_is_not_replaced_with_the_manifests_that_they_touched() -> None:
    """They add a file to app1's manifests; before Git is looked at again a promotion of app1 goes out."""
    world = _world()
    path = "oc/dev/manifests/app1/by-hand.yaml"
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        meddle(world, "development", {path: b"by hand\n"})
        world.publish("app1", "1.1.0")
        await world.controller.images.look_at_all()
        await world.pass_time(timedelta(seconds=30))
        assert file_of(world, "development", path) == "by hand\n"
        assert world.desk.situation.instance(DEV).touched is not None
        meddle(world, "development", {path: None})
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_nothing_is_judged_while_other_hands_hold_a_folder_and_all_of_it_anew_afterwards() -> None:
    """They touch it while a version must stay healthy: neither their health nor their crash is its own."""
    world = World(application=STEADY)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    path = "oc/dev/manifests/app1/by-hand.yaml"
    async with world.running():
        await world.pass_time(timedelta(minutes=1))
        await _next(world, "1.1.0", 5)
        meddle(world, "development", {path: b"replicas: 100\n"})
        await world.look()
        ended = len(await world.facts(PromotionEnded))
        await world.pass_time(timedelta(hours=1))
        assert len(await world.facts(PromotionEnded)) == ended, "its health is not believed"
        world.engine.set_health(DEV, "app1", CRASHED)
        await world.pass_time(timedelta(hours=1))
        assert len(await world.facts(PromotionEnded)) == ended, "nor is it blamed"
        meddle(world, "development", {path: None})
        world.engine.set_health(DEV, "app1", READY)
        await world.look()
        await world.pass_time(timedelta(seconds=9))
        assert len(await world.facts(PromotionEnded)) == ended
        await world.pass_time(timedelta(minutes=1))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_soak_stands_while_other_hands_hold_a_folder() -> None:
    """What runs there meanwhile need not be what soaks."""
    world = _world(ESTATE.replace("{prod1: production-1}}", "{prod1: production-1}, gates: {soak: 2m}}"))
    path = "oc/staging/manifests/app1/by-hand.yaml"
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        await _next(world, "1.1.0", 60)
        meddle(world, "staging", {path: b"replicas: 100\n"})
        await world.look()
        await world.pass_time(timedelta(hours=1))
        meddle(world, "staging", {path: None})
        await world.look()
        await world.pass_time(timedelta(seconds=50))
        assert world.tags()[:3] == ["1.1.0", "1.1.0", "1.0.0"]
        await world.pass_time(timedelta(seconds=20))
        assert world.tags() == ["1.1.0"] * 4


async def test_a_reset_to_what_headway_wrote_lets_it_go_too() -> None:
    """A lock file that cannot even be read, then a forced push back."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        tip = world.remote.branches["environments/staging"]
        meddle(world, "staging", {"oc/staging/lock.yaml": b"no lock\n"})
        await _next(world, "1.1.0")
        assert world.tags()[:3] == ["1.1.0", "1.0.0", "1.0.0"]
        assert len(await world.facts(InstanceTouched)) == 1
        reset(world, "staging", tip)
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_rewritten_branch_with_the_same_folders_goes_on() -> None:
    """History squashed into one commit by other hands: the folders are ours, so nothing is held."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        tip = world.remote.branches.pop("environments/staging")
        files = dict(files_below(stored_commit(world.remote, tip).root))
        meddle(world, "staging", dict(files))
        await _next(world, "1.1.0")
        assert world.tags() == ["1.1.0"] * 4
        assert not await world.facts(InstanceTouched)
        assert len(promotions_of(world, "staging")) == 1


async def test_a_deleted_branch_stops_its_instances_until_it_is_back() -> None:
    """It is said; nobody makes the branch anew; others go on as far as the lane lets them."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        tip = world.remote.branches.pop("environments/staging")
        await _next(world, "1.1.0", 600)
        assert "environments/staging" not in world.remote.branches
        touched = world.desk.situation.instance(InstanceName("oc", "staging")).touched
        assert touched is not None
        assert "is gone" in touched.words
        assert tag_in_git(world, "development", "dev") == "1.1.0"
        reset(world, "staging", tip)
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_race_lost_to_somebody_elses_folder_is_run_again_with_the_same_id() -> None:
    """Between our look and our push another folder of the branch changed: one promotion, landed once."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        raced: list[str] = []
        push = world.manifests._push

        def meddled(one: BranchPush) -> object:
            if one.branch == "environments/staging" and len(raced) < 5:
                raced.append(one.branch)
                meddle(world, "staging", {f"other/{len(raced)}/note": b"x\n"})
            return push(one)

        world.manifests._push = meddled  # type: ignore[method-assign, assignment]
        await _next(world, "1.1.0")
        assert len(raced) == 5
        decided = [
            one.promotion_id
            for one in await world.facts(PromotionDecided)
            if isinstance(one, PromotionDecided)
        ]
        landed = [
            one.promotion_id for one in await world.facts(PromotionLanded) if isinstance(one, PromotionLanded)
        ]
        assert decided == landed
        assert world.tags() == ["1.1.0"] * 4
        assert file_of(world, "staging", "other/5/note") == "x\n"
        assert_all_agree(world)


async def test_only_the_refused_promotion_of_a_batch_is_set_aside() -> None:
    """Two instances on one branch are pushed together; a hook refuses whatever carries dev's commit."""
    world = _world(SHARED)
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.remote.refuse = lambda push: (
            "not dev" if any("oc/dev/lock.yaml" in commit.edits for commit in push.commits) else None
        )
        await _next(world, "1.1.0", 60)
        assert tag_in_git(world, "development", "second") == "1.1.0"
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        assert any("not dev" in line for line in world.why("dev"))
        world.remote.refuse = lambda _: None
        await world.pass_time(timedelta(minutes=11))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_look_that_began_before_a_landing_takes_nothing_for_foreign() -> None:
    """Fetched refs grow old while the estate is read; a promotion that landed meanwhile is still ours."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        refs = await world.manifests.fetch()
        await _next(world, "1.1.0")
        watch = world.controller.manifests._branches
        watch._seen.clear()
        await watch.compare(world.manifests, "argocd-oc-apps", refs)
        assert not await world.facts(InstanceTouched)


async def test_a_lock_file_that_nobody_can_read_keeps_no_sibling_from_being_deployed() -> None:
    """Both instances stand on one branch; the engine passes over the one that it cannot read."""
    world = _world(SHARED)
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        meddle(world, "development", {"oc/dev/lock.yaml": b"no lock\n"})
        await _next(world, "1.1.0")
        lock = world.engine.lock_of(InstanceName("oc", "second"))
        assert lock == lock_of(world, "development", "second")
        assert tag_in_git(world, "development", "second") == "1.1.0"
