"""While a deployment is not healthy yet, `why` and `status` say how long that may go on, and it is so."""

from datetime import timedelta

import pytest
from tests.fixtures.world import World

from headway.app.queries.status import status
from headway.app.queries.why import why
from headway.domain.facts import Outcome, PromotionEnded, SourceAway, SourceBack
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.testing.simulated_engine import Behaviour, cannot_be_pulled, never_ready

DEV = InstanceName("oc", "dev")
SECOND = timedelta(seconds=5)


def _told(world: World) -> str:
    (line,) = why(world.desk, Cell(ArtifactName("oc", "app1"), DEV)).underway
    board = next(one for one in status(world.desk).instances if one.name == DEV)
    assert board.underway == (line,)
    return line


async def _begun(world: World, behaviour: Behaviour) -> None:
    world.publish("app1", "1.1.0", behaviour)
    await world.look()
    await world.pass_time(SECOND)


async def _outcome(world: World) -> Outcome:
    ended = [one for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)]
    return ended[-1].outcome


def _world() -> World:
    world = World()
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    return world


@pytest.mark.parametrize(
    ("behaviour", "words", "outcome"),
    [
        (never_ready(), "judged failed", Outcome.FAILED),
        (cannot_be_pulled(), "withdrawn, for want of an answer,", Outcome.WITHDRAWN),
    ],
)
async def test_the_instant_that_is_told_is_that_of_the_verdict(
    behaviour: Behaviour, words: str, outcome: Outcome
) -> None:
    world = _world()
    async with world.running():
        await world.pass_time(SECOND)
        begun = world.clock.now()
        await _begun(world, behaviour)
        end = begun + timedelta(minutes=10)
        assert _told(world).endswith(f"not healthy yet; {words} at {end:%H:%M:%S} UTC unless it is by then")
        await world.pass_time(end - world.clock.now() - timedelta(seconds=1))
        assert await _outcome(world) is Outcome.VERIFIED, "nothing ended yet but what went before"
        await world.pass_time(timedelta(seconds=1))
        outcomes = [
            one.outcome for one in await world.facts(PromotionEnded) if isinstance(one, PromotionEnded)
        ]
        assert outcome in outcomes


async def test_while_its_engine_is_away_its_clock_stands_and_goes_on_later() -> None:
    world = _world()
    async with world.running():
        await world.pass_time(SECOND)
        begun = world.clock.now()
        await _begun(world, never_ready())
        await world.record(SourceAway(source="engine", name="development", words="gone"))
        assert _told(world).endswith("not healthy yet; its clock stands")
        world.clock.move_by(timedelta(minutes=3))
        await world.record(SourceBack(source="engine", name="development"))
        assert f"at {begun + timedelta(minutes=13):%H:%M:%S} UTC" in _told(world)
