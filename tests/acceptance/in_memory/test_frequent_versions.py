"""Publishing often starves nobody: not production behind a soak, and not the cure of a sick version."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree, promotions_of, subjects, tag_in_git
from tests.fixtures.world import ESTATE, World

from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState
from headway.domain.facts import PromotionDecided
from headway.domain.names import InstanceName
from headway.testing.simulated_engine import READY

SOAK = ESTATE.replace(
    "{wave: production-1, instances: {prod1: production-1}}",
    "{wave: production-1, instances: {prod1: production-1}, gates: {soak: 30s}}",
)
ILL = ArtifactHealth(state=DeploymentState.DEGRADED, cause=Cause.VERSION, words="exited with 1")


def _staging(admit: str) -> str:
    return SOAK.replace("{staging: staging}}", f"{{staging: staging}}, admit: {admit}}}")


async def _publish_every_five_seconds(world: World, first: int, many: int) -> None:
    for number in range(first, first + many):
        world.publish("app1", f"1.{number}.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))


async def test_a_version_every_five_seconds_still_reaches_production_through_a_soak_of_thirty() -> None:
    """Staging takes a train by default where the next wave asks for a soak."""
    world = World(estate=SOAK)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=60))
        before = len(promotions_of(world, "production-2"))
        await _publish_every_five_seconds(world, 1, 60)
        assert len(promotions_of(world, "production-2")) - before >= 7
        assert len(promotions_of(world, "development")) >= 60
        await world.pass_time(timedelta(seconds=90))
        assert world.tags() == ["1.60.0"] * 4
        assert_all_agree(world)


async def test_admission_of_the_newest_starves_production_where_a_team_asks_for_it() -> None:
    """The same stream with `admit: newest` never soaks: the difference between the two rules is real."""
    world = World(estate=_staging("newest"))
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=60))
        await _publish_every_five_seconds(world, 1, 30)
        assert subjects(world, "production-1") == ["Lock oc/prod1 for the first time"]
        assert len(promotions_of(world, "staging")) >= 30
        await world.pass_time(timedelta(seconds=60))
        assert world.tags() == ["1.30.0"] * 4


async def test_what_a_train_passes_over_is_recorded_as_superseded() -> None:
    """Versions that dev verified while staging was taken are named by the promotion that overtook them."""
    world = World(estate=SOAK)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=60))
        await _publish_every_five_seconds(world, 1, 12)
        await world.pass_time(timedelta(seconds=120))
        staging = [
            one
            for one in await world.promotions()
            if one.instance == InstanceName("oc", "staging") and one.supersedes
        ]
        assert all(isinstance(one, PromotionDecided) for one in staging)
        passed = {version for one in staging for version in one.supersedes}
        taken = {
            change.after
            for one in await world.promotions()
            for change in one.changes
            if one.instance == InstanceName("oc", "staging")
        }
        assert passed
        assert not passed & taken


async def test_a_train_moves_on_by_time_alone_while_production_is_kept_shut() -> None:
    """Soaked is enough for staging's next: no other fact need come along to notice it."""
    estate = SOAK.replace("gates: {soak: 30s}", "gates: {soak: 30s, approvals: {count: 1, from: [support]}}")
    world = World(estate=estate)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=60))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.2.0")
        await world.look()
        await world.pass_time(timedelta(seconds=20))
        assert tag_in_git(world, "staging", "staging") == "1.1.0"
        await world.pass_time(timedelta(seconds=10))
        assert tag_in_git(world, "staging", "staging") == "1.2.0"


async def test_a_sick_version_never_blocks_its_cure() -> None:
    """Degraded in staging for longer than the deployment time-out, it waits for its soak no longer."""
    world = World(estate=SOAK)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=60))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        world.engine.set_health(InstanceName("oc", "staging"), "app1", ILL)
        await world.pass_time(timedelta(seconds=30))
        world.publish("app1", "1.2.0")
        await world.look()
        await world.pass_time(timedelta(minutes=5))
        assert tag_in_git(world, "staging", "staging") == "1.1.0"
        assert any("soak" in line for line in world.why("staging"))
        await world.pass_time(timedelta(minutes=6))
        assert world.tags() == ["1.2.0"] * 4
        assert_all_agree(world)


async def test_flapping_is_no_way_to_block_the_cure_nor_to_soak() -> None:
    """What crashes, starts and crashes again is ill all the while, though its words change each time."""
    world = World(estate=SOAK)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    staging = InstanceName("oc", "staging")
    async with world.running():
        await world.pass_time(timedelta(seconds=60))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        starting = ArtifactHealth(state=DeploymentState.PROGRESSING)
        world.publish("app1", "1.2.0")
        for turn in range(60):
            crash = ArtifactHealth(state=DeploymentState.DEGRADED, cause=Cause.VERSION, words=f"crash {turn}")
            world.engine.set_health(staging, "app1", crash)
            await world.pass_time(timedelta(seconds=7))
            world.engine.set_health(staging, "app1", starting)
            await world.pass_time(timedelta(seconds=7))
            if turn == 20:
                await world.look()
                assert tag_in_git(world, "production-1", "prod1") == "1.0.0", "starting is not healthy"
            if tag_in_git(world, "staging", "staging") == "1.2.0":
                break
        world.engine.set_health(staging, "app1", READY)
        await world.pass_time(timedelta(minutes=2))
        assert "1.1.0" not in "".join(subjects(world, "production-1"))
        assert world.tags() == ["1.2.0"] * 4
