"""The ledger is deleted: what Git knows comes back from Git, and nothing moves until a person says so."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree, promotions_of, tag_in_git
from tests.fixtures.world import INSTANCES, World

from headway.app.commands.roll_back import roll_back
from headway.domain.facts import HoldPlaced, Outcome, PromotionEnded
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.rollback import last_good
from headway.testing.simulated_engine import crashes

APP1 = ArtifactName("oc", "app1")
ENVIRONMENTS = ("development", "staging", "production-1", "production-2")


def _dev(instance: str = "dev") -> Cell:
    return Cell(APP1, InstanceName("oc", instance))


def _promotions(world: World) -> list[int]:
    return [len(promotions_of(world, name)) for name in ENVIRONMENTS]


async def _delivered(world: World, *tags: str) -> None:
    world.publish("app2", "1.0.0")
    for tag in tags:
        world.publish("app1", tag)
        await world.look()
        await world.pass_time(timedelta(seconds=5))


async def _resume_all(world: World) -> None:
    for name in INSTANCES:
        await world.lift_all(name)
    await world.pass_time(timedelta(seconds=30))


async def test_a_rebuilt_estate_is_paused_until_a_person_resumes_it() -> None:
    """Holds of `rebuild` stand on every branch; a newer version waits for them, then travels as ever."""
    world = World()
    async with world.running():
        await _delivered(world, "1.0.0", "1.1.0")
    before = _promotions(world)
    world.lose_ledger()
    world.publish("app1", "1.2.0")
    world.commit("Change app1", {"oc/app1/base/deployment.yaml": b"base 2\n"})
    async with world.running():
        await world.pass_time(timedelta(minutes=30))
        assert _promotions(world) == before
        assert world.tags() == ["1.1.0"] * 4
        for name in INSTANCES:
            holds = world.desk.situation.instance(InstanceName("oc", name)).holds.values()
            assert [one.owner for one in holds] == ["rebuild"]
        ended = [one.outcome for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)]
        assert set(ended) <= {Outcome.VERIFIED}
        assert_all_agree(world)
        await _resume_all(world)
        assert world.tags() == ["1.2.0"] * 4, "newer than what runs, though main moved meanwhile"
        assert_all_agree(world)


async def test_evidence_and_earlier_versions_are_found_again() -> None:
    """Dev's evidence is named by staging's commits; a rollback there knows where to go."""
    world = World()
    async with world.running():
        await _delivered(world, "1.0.0", "1.1.0", "1.2.0")
        verified = dict(world.desk.situation.cell(_dev()).verified)
        good = last_good(world.desk.situation, _dev())
    world.lose_ledger()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        assert set(world.desk.situation.cell(_dev()).verified) == set(verified)
        assert last_good(world.desk.situation, _dev()) == good


async def test_evidence_for_a_version_that_passed_without_a_commit_breaks_nothing() -> None:
    """Production's commit names evidence of a version that no lock in staging ever held."""
    world = World()
    async with world.running():
        await _delivered(world, "1.0.0")
        commit = world.commit("Only prod1", {"oc/app1/overlays/prod1/kustomization.yaml": b"replicas 3\n"})
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        assert any(
            "Only" not in one.message and commit in one.message
            for one in promotions_of(world, "production-1")
        )
    world.lose_ledger()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        await _resume_all(world)
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_what_was_taken_back_stays_taken_back() -> None:
    """A person rolled 1.1.0 back; after the rebuild, resumed, it does not come again, and 1.2.0 does."""
    world = World()
    async with world.running():
        await _delivered(world, "1.0.0", "1.1.0")
        await roll_back(world.desk, "sue", APP1, [InstanceName("oc", "dev")], reason="wrong")
        await world.pass_time(timedelta(seconds=5))
        assert tag_in_git(world, "development", "dev") == "1.0.0"
    world.lose_ledger()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        owners = {
            one.owner for one in world.desk.situation.instance(InstanceName("oc", "dev")).holds.values()
        }
        assert owners == {"rebuild", "sue"}
        await _resume_all(world)
        await world.pass_time(timedelta(minutes=5))
        assert tag_in_git(world, "development", "dev") == "1.0.0"
        world.publish("app1", "1.2.0")
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.2.0"] * 4
        assert_all_agree(world)


async def test_a_configuration_taken_back_takes_no_image_with_it() -> None:
    """The rollback changed the commit alone; what runs has that digest too and is still trusted."""
    world = World()
    async with world.running():
        await _delivered(world, "1.0.0")
        world.commit("Change app1", {"oc/app1/base/deployment.yaml": b"base 2\n"})
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        await roll_back(world.desk, "sue", APP1, [InstanceName("oc", "dev")], reason="wrong")
        await world.pass_time(timedelta(seconds=5))
    world.lose_ledger()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        await _resume_all(world)
        world.commit("Change it rightly", {"oc/app1/base/deployment.yaml": b"base 3\n"})
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        tip = world.remote.branches["main"]
        locked = [world.desk.situation.cell(_dev(name)).locked for name in INSTANCES]
        assert {one.commit for one in locked if one} == {tip}


async def test_quarantines_and_holds_are_read_back() -> None:
    """1.1.0 crashed in dev and a person holds production; both bind after the rebuild."""
    world = World()
    prod2 = InstanceName("oc", "prod2")
    async with world.running():
        await _delivered(world, "1.0.0")
        world.publish("app1", "1.1.0", crashes())
        await world.record(HoldPlaced(hold_id="h", instance=prod2, artifact="app1", owner="sue"), by="sue")
        await world.look()
        await world.pass_time(timedelta(seconds=10))
    tried = len(promotions_of(world, "development"))
    world.lose_ledger()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        assert len(world.desk.situation.quarantines[APP1]) == 1
        assert {one.owner for one in world.desk.situation.instance(prod2).holds.values()} == {
            "rebuild",
            "sue",
        }
        for name in ("dev", "staging", "prod1"):
            await world.lift_all(name)
        await world.pass_time(timedelta(minutes=1))
        assert len(promotions_of(world, "development")) == tried


async def test_an_instance_that_never_had_a_lock_waits_for_the_pause_too() -> None:
    """Only dev had its first lock; nothing goes into staging until dev is resumed."""
    world = World()
    staging = InstanceName("oc", "staging")
    async with world.running():
        await world.record(HoldPlaced(hold_id="h", instance=staging, artifact=None, owner="sue"), by="sue")
        await _delivered(world, "1.0.0")
    assert _promotions(world) == [1, 0, 0, 0]
    world.lose_ledger()
    async with world.running():
        await world.pass_time(timedelta(minutes=5))
        assert _promotions(world) == [1, 0, 0, 0]
        assert any("paused" in line for line in world.why_first_lock("staging"))
        await world.lift_all("dev")
        await world.pass_time(timedelta(seconds=10))
        assert _promotions(world) == [1, 1, 1, 1]
        assert_all_agree(world)


async def test_what_runs_without_evidence_is_verified_anew_and_never_rolled_back() -> None:
    """Production crashes while the ledger is lost: it is said and held, its lock stays."""
    world = World()
    async with world.running():
        await _delivered(world, "1.0.0", "1.1.0")
        digest = world.desk.situation.cell(_dev("prod2")).locked
    world.lose_ledger()
    crash = crashes().health
    world.engine.set_health(InstanceName("oc", "prod2"), "app1", crash)
    before = _promotions(world)
    async with world.running():
        await world.pass_time(timedelta(minutes=20))
        assert _promotions(world) == before
        cell = world.desk.situation.cell(_dev("prod2"))
        assert cell.locked == digest
        assert cell.locked not in cell.verified
        holds = world.desk.situation.instance(InstanceName("oc", "prod2")).holds.values()
        assert any("first lock failed" in one.reason for one in holds)
