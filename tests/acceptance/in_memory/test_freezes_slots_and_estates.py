"""Weekends, fair slots, and estates that lose a name or cannot be read."""

from datetime import UTC, datetime, timedelta

from tests.fixtures.branches import assert_all_agree, commits_of, subjects, tag_in_git
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.domain.facts import EstateRefused
from headway.domain.names import ArtifactName, InstanceName
from headway.testing.clock import VirtualClock
from headway.testing.simulated_engine import Behaviour, crashes

WEEKEND = ESTATE.replace(
    "{prod1: production-1}}",
    "{prod1: production-1}, gates: {freeze: [{schedule: '0 17 * * FRI', lasts: 64h,"
    " timeZone: Australia/Sydney, reason: weekend}]}}",
)


def _world(estate: str = ESTATE, start: datetime | None = None) -> World:
    world = World(estate=estate, clock=VirtualClock(start) if start else None)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def _next(world: World, tag: str, seconds: float = 10, artifact: str = "app1") -> None:
    world.publish(artifact, tag)
    await world.look()
    await world.pass_time(timedelta(seconds=seconds))


async def test_a_freeze_lasts_over_the_weekend_and_ends_by_itself() -> None:
    """Friday 17:00 in Sydney until Monday 09:00 there; staging goes on, production waits and then goes."""
    friday = datetime(2026, 6, 5, 6, 59, tzinfo=UTC)
    world = _world(WEEKEND, friday)
    async with world.running():
        await world.pass_time(timedelta(seconds=30))
        assert world.tags() == ["1.0.0"] * 4
        await world.pass_time(timedelta(seconds=30))
        await _next(world, "1.1.0")
        assert world.tags() == ["1.1.0", "1.1.0", "1.0.0", "1.0.0"]
        assert any(
            "frozen until Mon 08 Jun 09:00 Australia/Sydney: weekend" in line for line in world.why("prod1")
        )
        monday = datetime(2026, 6, 7, 23, 0, tzinfo=UTC)
        await world.pass_time(monday - world.clock.now() - timedelta(seconds=1))
        assert tag_in_git(world, "production-1", "prod1") == "1.0.0"
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.1.0"] * 4
        (commit,) = [one for one in commits_of(world, "production-1") if "1.1.0" in one.message]
        assert commit.committed_at >= monday


async def test_a_freeze_over_the_change_of_clocks_begins_by_the_wall_and_lasts_its_hours() -> None:
    """Sydney leaves summer time on 5 April 2026: 64 hours after Friday 17:00 it is Monday 08:00 there."""
    friday = datetime(2026, 4, 3, 5, 59, tzinfo=UTC)
    world = _world(WEEKEND, friday)
    async with world.running():
        await world.pass_time(timedelta(seconds=50))
        assert world.tags() == ["1.0.0"] * 4, "one minute before 17:00 of summer time"
        await world.pass_time(timedelta(seconds=15))
        await _next(world, "1.1.0")
        assert tag_in_git(world, "production-1", "prod1") == "1.0.0"
        end = friday + timedelta(minutes=1, hours=64)
        await world.pass_time(end - world.clock.now() - timedelta(seconds=1))
        assert tag_in_git(world, "production-1", "prod1") == "1.0.0"
        await world.pass_time(timedelta(seconds=5))
        assert world.tags() == ["1.1.0"] * 4


async def test_a_freeze_is_said_from_when_it_begins_also_of_what_waits_for_something_else() -> None:
    """The version soaks when it begins; the plan that the board shows says both from that minute on."""
    estate = WEEKEND.replace("gates: {freeze", "gates: {soak: 1h, freeze")
    world = _world(estate, datetime(2026, 6, 5, 5, 58, tzinfo=UTC))
    async with world.running():
        await world.pass_time(timedelta(minutes=61))
        assert world.tags() == ["1.0.0"] * 4
        await _next(world, "1.1.0", 30)
        assert [line.split(":")[0] for line in world.why("prod1")] == ["soak"]
        await world.pass_time(timedelta(seconds=30))
        assert [line.split(":")[0] for line in world.why("prod1")] == ["soak", "freeze"]


async def test_a_freeze_that_begins_while_the_slot_is_taken_keeps_what_waits_for_it() -> None:
    """app2 was let in by every gate but the slot; when that is free the freeze has begun."""
    world = _world(WEEKEND, datetime(2026, 6, 5, 6, 59, tzinfo=UTC))
    async with world.running():
        await world.pass_time(timedelta(seconds=30))
        world.scripts = lambda name, _artifact, _entry: (
            Behaviour(after=timedelta(seconds=60)) if name.instance == "prod1" else Behaviour()
        )
        await _next(world, "1.1.0", 5)
        await _next(world, "1.1.0", 5, "app2")
        assert tag_in_git(world, "production-1", "prod1") == "1.1.0"
        await world.pass_time(timedelta(minutes=5))
        assert tag_in_git(world, "production-1", "prod1", "app2") == "1.0.0"
        assert tag_in_git(world, "staging", "staging", "app2") == "1.1.0"


async def test_the_artifact_that_has_waited_longest_goes_first() -> None:
    """app1 has a new version every second and each takes five: app2's one version is not starved by them."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.scripts = lambda *_: Behaviour(after=timedelta(seconds=5))
        for number in range(1, 31):
            world.publish("app1", f"1.{number}.0")
            if number == 7:
                world.publish("app2", "1.1.0")
            await world.look()
            await world.pass_time(timedelta(seconds=1))
            if number == 18:
                assert tag_in_git(world, "development", "dev", "app2") == "1.1.0"
        lines = subjects(world, "development")
        second = next(at for at, line in enumerate(lines) if "app2 1.1.0" in line)
        assert second <= 4, "at most the one under way and one that waited longer"
        await world.pass_time(timedelta(minutes=2))
        assert world.tags() == ["1.30.0"] * 4
        assert world.tags("app2") == ["1.1.0"] * 4


async def test_a_soak_is_kept_when_replaced_and_stands_while_another_artifact_is_ill() -> None:
    """Ten minutes of soak: what app2's illness takes is not counted; what was soaked before is not lost."""
    estate = ESTATE.replace("{prod1: production-1}}", "{prod1: production-1}, gates: {soak: 10m}}")
    estate = estate.replace("{staging: staging}}", "{staging: staging}, admit: newest}")
    world = _world(estate)
    staging = InstanceName("oc", "staging")
    async with world.running():
        await world.pass_time(timedelta(minutes=20))
        await _next(world, "1.1.0", 6 * 60)
        well = Behaviour().health
        world.engine.set_health(staging, "app2", crashes().health)
        await world.pass_time(timedelta(minutes=30))
        assert tag_in_git(world, "production-1", "prod1") == "1.0.0"
        world.engine.set_health(staging, "app2", well)
        await world.pass_time(timedelta(minutes=3))
        assert tag_in_git(world, "production-1", "prod1") == "1.0.0"
        await world.pass_time(timedelta(minutes=2))
        assert tag_in_git(world, "production-1", "prod1") == "1.1.0"


async def test_a_name_that_leaves_the_estate_is_frozen_as_it_stands() -> None:
    """prod2 leaves the lane: nothing there is changed or removed; back again, it catches up."""
    world = _world()
    gone = ESTATE.replace("  - {wave: production-2, instances: {prod2: production-2}}\n", "")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        tip = world.remote.branches["environments/production-2"]
        world.commit("Drop prod2", {"estate.yaml": gone.encode()})
        await _next(world, "1.1.0", 600)
        assert world.tags(instances=("dev", "staging", "prod1")) == ["1.1.0"] * 3
        assert world.remote.branches["environments/production-2"] == tip
        assert world.engine.lock_of(InstanceName("oc", "prod2")) is not None
        world.commit("Bring prod2 back", {"estate.yaml": ESTATE.encode()})
        await world.look()
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)


async def test_a_broken_estate_leaves_the_last_good_one_in_force() -> None:
    """It is said once, with file and line; images go on meanwhile; mended, it is taken."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.commit("Break it", {"oc/application.yaml": (APPLICATION + "  chekcs: {}\n").encode()})
        await _next(world, "1.1.0", 300)
        (refused,) = await world.facts(EstateRefused)
        assert isinstance(refused, EstateRefused)
        assert any("application.yaml:" in line and "chekcs" in line for line in refused.problems)
        assert world.desk.situation.refused == refused.problems
        assert world.tags() == ["1.1.0"] * 4
        world.commit("Mend it", {"oc/application.yaml": APPLICATION.encode()})
        await _next(world, "1.2.0")
        assert not world.desk.situation.refused
        assert world.tags() == ["1.2.0"] * 4
        assert world.desk.situation.shelf(ArtifactName("oc", "app1")).images
        assert_all_agree(world)
