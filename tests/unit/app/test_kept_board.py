"""The board that is kept says what the board from nothing says, whatever happens in between."""

from datetime import timedelta

from tests.fixtures.world import ESTATE, World

from headway.app.queries.attention import needs
from headway.app.queries.board import Board, Filter
from headway.app.queries.status import status
from headway.domain.names import InstanceName
from headway.testing.simulated_engine import crashes

SOAKED = ESTATE.replace(
    "instances: {prod1: production-1}}", "instances: {prod1: production-1}, gates: {soak: 10m}}"
)


def _same(board: Board, world: World) -> None:
    shown, fresh = board.show(Filter()), status(world.desk)
    assert [one for each in shown.applications for one in each.instances] == list(fresh.instances)
    assert shown.needs == needs(fresh)
    assert shown.tally.cells == sum(len(one.cells) for one in fresh.instances)


async def test_what_is_kept_never_lags_behind() -> None:
    """A delivery with failures, holds, soak, an engine that is away and people, looked at all along."""
    world = World(estate=SOAKED)
    world.give_own_engine("staging")
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        board = Board(world.desk)
        _same(board, world)
        for step in (1, 5, 30, 300, 700):
            await world.pass_time(timedelta(seconds=step))
            _same(board, world)
        await world.hold_all("staging")
        _same(board, world)
        world.publish("app1", "1.1.0", crashes())
        world.publish("app2", "1.1.0")
        await world.look()
        for step in (1, 2, 5, 10, 30, 60):
            await world.pass_time(timedelta(seconds=step))
            _same(board, world)
        await world.lift("hold-staging", InstanceName("oc", "staging"))
        world.engines["staging"].go_away()
        await world.pass_time(timedelta(seconds=60))
        _same(board, world)
        await world.engines["staging"].come_back()
        await world.pass_time(timedelta(seconds=900))
        _same(board, world)


async def test_what_nothing_happened_to_is_not_looked_at_again() -> None:
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(seconds=5))
        board = Board(world.desk)
        first = board.show(Filter()).applications[0].instances
        await world.hold_all("prod2")
        second = board.show(Filter()).applications[0].instances
    assert [one is other for one, other in zip(first, second, strict=True)] == [True, True, True, False]
