"""v1, v2, v1, v2: a version may come again, and each coming is a promotion of its own."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree, deployed, promotions_of, tag_in_git
from tests.fixtures.world import World

from headway.app.commands.promote import promote
from headway.app.commands.roll_back import roll_back
from headway.domain.names import ArtifactName, Cell, InstanceName, Version

APP1 = ArtifactName("oc", "app1")
DEV = InstanceName("oc", "dev")


async def test_v1_v2_v1_v2_are_four_promotions_with_four_ids() -> None:
    """Rolled back by hand, promoted by hand: the same pairs of versions, never the same id."""
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=5))
        for _ in range(2):
            v2 = world.desk.situation.cell(Cell(APP1, DEV)).locked
            assert isinstance(v2, Version)
            await roll_back(world.desk, "sue", APP1, [DEV], reason="try")
            await world.pass_time(timedelta(seconds=5))
            assert tag_in_git(world, "development", "dev") == "1.0.0"
            for hold in world.desk.situation.instance(DEV).holds.values():
                await world.lift(hold.hold_id, DEV)
            await world.pass_time(timedelta(seconds=5))
            assert tag_in_git(world, "development", "dev") == "1.0.0", "resume alone brings nothing back"
            await promote(world.desk, "sue", APP1, DEV, v2, reason="again")
            await world.pass_time(timedelta(seconds=5))
            assert tag_in_git(world, "development", "dev") == "1.1.0"
        ids = [one.trailers["Promotion-Id"][0] for one in promotions_of(world, "development")]
        assert len(ids) == len(set(ids)) == 6
        assert deployed(world, "dev") == ids
        assert world.tags() == ["1.1.0"] * 4
        assert_all_agree(world)
