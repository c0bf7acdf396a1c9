"""The process dies and starts again, at quiet and at busy moments: nothing is lost, nothing is done twice."""

from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree, deployed, promotions_of, subjects
from tests.fixtures.world import World

from headway.domain.deployment import DeploymentState
from headway.domain.names import InstanceName
from headway.testing.simulated_engine import Behaviour, crashes

ENVIRONMENTS = (
    ("development", "dev"),
    ("staging", "staging"),
    ("production-1", "prod1"),
    ("production-2", "prod2"),
)


def _world() -> World:
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


async def test_starting_again_at_quiet_moments_records_nothing_and_moves_nothing() -> None:
    """Five times: no fact more, no commit more, no deployment more."""
    world = _world()
    async with world.running():
        await world.pass_time(timedelta(seconds=30))
        facts, branches = world.desk.situation.sequence, dict(world.remote.branches)
    for _ in range(5):
        async with world.running():
            await world.pass_time(timedelta(seconds=1))
            assert world.desk.situation.sequence == facts
            assert world.remote.branches == branches
    assert [len(deployed(world, name)) for _, name in ENVIRONMENTS] == [1] * 4


@pytest.mark.parametrize("step", [1, 2, 3, 5, 8, 13, 21, 34])
async def test_dying_every_few_moments_lands_each_promotion_once(step: int) -> None:
    """Versions good and bad travel while the process is killed every `step` moments of the loop."""
    world = _world()
    world.publish("app1", "1.0.0", Behaviour(after=timedelta(seconds=2)))
    tags = iter(["1.1.0", "1.2.0", "1.3.0"])
    for life in range(60):
        async with world.dying(step + life % 3):
            pass
        if life % 15 == 14:
            tag = next(tags, None)
            if tag is not None:
                world.publish("app1", tag, crashes() if tag == "1.2.0" else None)
        world.clock.move_by(timedelta(seconds=3))
        for _ in range(5):
            await world.breathe()
    # An engine looks at its branches now and then by itself; a hint that died with its sender is lost.
    await world.engine.come_back()
    async with world.running():
        await world.look()
        await world.pass_time(timedelta(minutes=12))
        assert world.tags() == ["1.3.0"] * 4
        assert_all_agree(world)
        for environment, name in ENVIRONMENTS:
            ids = [one.trailers["Promotion-Id"][0] for one in promotions_of(world, environment)]
            assert len(ids) == len(set(ids))
            assert deployed(world, name) == ids
            assert subjects(world, environment).count(f"Promote oc/app1 1.3.0 into oc/{name}") <= 1
            health = world.desk.situation.instance(InstanceName("oc", name)).health
            assert {one.state for one in health.values()} == {DeploymentState.HEALTHY}
