"""A clock that is set, a machine that slept, a service that was down: only time that passed decides."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree, tag_in_git
from tests.fixtures.world import APPLICATION, ESTATE, World

from headway.domain.errors import Transient
from headway.domain.facts import ClockTaken, Fact, NewFact, QuarantinePlaced
from headway.domain.names import InstanceName
from headway.testing.ledger import MemoryLedger
from headway.testing.simulated_engine import Behaviour, crashes, never_ready

STEADY = APPLICATION + "checks:\n- {name: steady, steady: {for: 10s}}\n"
SOAKS = ESTATE.replace("{prod1: production-1}}", "{prod1: production-1}, gates: {soak: 2m}}")
DEV = InstanceName("oc", "dev")
ENOUGH = timedelta(minutes=1)
FORWARD = timedelta(hours=1)
"""As somebody sets it, or while the machine sleeps: it looks the same to whoever slept."""


class MayBeFull(MemoryLedger):
    """A ledger on a disk that is full for a while."""

    is_full = False

    async def append(self, new_facts: Sequence[NewFact]) -> Sequence[Fact]:
        """Append as ever, if there is room."""
        if self.is_full:
            raise Transient("ledger-full", "the disk is full", why="there is no room", next_step="make room")
        return await super().append(new_facts)


async def _delivered(*, estate: str = ESTATE, application: str = STEADY) -> World:
    """Make a world where 1.0.0 is everywhere; its controller has been killed since."""
    world = World(estate=estate, application=application)
    world.ledger = MayBeFull(world.clock)
    world.publish("app1", "1.0.0")
    world.publish("app2", "1.0.0")
    async with world.running():
        await world.pass_time(timedelta(minutes=10))
        assert world.tags() == ["1.0.0"] * 4
    return world


def _fill(world: World, *, is_full: bool) -> None:
    assert isinstance(world.ledger, MayBeFull)
    world.ledger.is_full = is_full


def _held(world: World) -> bool:
    return bool(world.desk.situation.instance(DEV).holds)


@pytest.mark.parametrize("by", [FORWARD, -FORWARD])
async def test_a_version_that_crashes_while_it_must_stay_healthy_is_not_believed(by: timedelta) -> None:
    """It is healthy, the clock is set, and four seconds after it began it crashes."""
    world = await _delivered()
    async with world.running():
        world.publish("app1", "1.1.0", crashes(timedelta(seconds=4)))
        await world.look()
        await world.pass_time(timedelta(seconds=2))
        world.clock.set_by(by)
        world.controller.wake()
        await world.pass_time(ENOUGH)
        assert world.tags() == ["1.0.0"] * 4
        assert len(await world.facts(QuarantinePlaced)) == 1
        assert_all_agree(world)


async def test_a_version_that_has_its_time_left_is_not_blamed_when_the_clock_jumps() -> None:
    """It needs two minutes; an hour by the clock is none by what passed."""
    world = await _delivered()
    async with world.running():
        world.publish("app1", "1.1.0", Behaviour(after=timedelta(minutes=2)))
        await world.look()
        await world.pass_time(timedelta(seconds=30))
        world.clock.set_by(FORWARD)
        await world.pass_time(timedelta(minutes=10))
        assert world.tags() == ["1.1.0"] * 4
        assert not await world.facts(QuarantinePlaced)


async def test_a_clock_that_is_set_back_makes_nobody_wait_longer() -> None:
    """In the middle of the steady time; in all it is twenty seconds, for the time is counted anew."""
    world = await _delivered()
    async with world.running():
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(timedelta(seconds=9))
        world.clock.set_by(-FORWARD)
        await world.look()
        await world.pass_time(timedelta(seconds=11))
        assert world.tags() == ["1.1.0", "1.1.0", "1.0.0", "1.0.0"]


async def test_what_crashed_while_the_service_was_down_is_not_believed_before_the_engine_was_heard() -> None:
    """The steady time is over when it starts again; what it knew of the version then is no news any more."""
    world = await _delivered()
    async with world.running():
        world.publish("app1", "1.1.0", crashes(timedelta(seconds=4)))
        await world.look()
        await world.pass_time(timedelta(seconds=2))
    world.clock.move_by(ENOUGH)
    await world.breathe(40)
    async with world.running():
        await world.pass_time(ENOUGH)
        assert world.tags() == ["1.0.0"] * 4
        assert len(await world.facts(QuarantinePlaced)) == 1
        assert_all_agree(world)


async def test_what_became_healthy_while_the_service_was_down_is_not_withdrawn_for_its_silence() -> None:
    """Its time is over when the service starts again: time in which nobody watched it."""
    world = await _delivered()
    async with world.running():
        world.publish("app1", "1.1.0", Behaviour(after=timedelta(minutes=2)))
        await world.look()
        await world.pass_time(timedelta(seconds=30))
    world.clock.move_by(FORWARD)
    await world.breathe(40)
    async with world.running():
        await world.pass_time(ENOUGH)
        assert tag_in_git(world, "development", "dev") == "1.1.0"
        assert not _held(world)


@pytest.mark.parametrize("is_down", [False, True])
@pytest.mark.parametrize("by", [FORWARD, -FORWARD])
async def test_a_soak_is_time_that_passed(by: timedelta, is_down: bool) -> None:
    """The clock is set an hour on, or back, in the middle of two minutes, whoever runs at that time."""
    world = await _delivered(estate=SOAKS, application=APPLICATION)
    async with world.running():
        world.publish("app1", "1.1.0")
        await world.look()
        await world.pass_time(ENOUGH)
        world.clock.set_by(timedelta(0) if is_down else by)
        await world.pass_time(timedelta(seconds=1))
    world.clock.set_by(by if is_down else timedelta(0))
    async with world.running():
        await world.pass_time(timedelta(seconds=50))
        assert world.tags()[:3] == ["1.1.0", "1.1.0", "1.0.0"]
        await world.pass_time(timedelta(seconds=10))
        assert world.tags() == ["1.1.0"] * 4


async def test_an_untouched_clock_is_taken_once() -> None:
    """Small steps are what keeps a clock right; they, and a start with nothing under way, are no facts."""
    world = await _delivered()
    taken = len(await world.facts(ClockTaken))
    for _ in range(3):
        async with world.running():
            world.clock.set_by(timedelta(milliseconds=300))
            await world.pass_time(ENOUGH)
    assert len(await world.facts(ClockTaken)) == taken == 1
    async with world.running():
        world.clock.set_by(timedelta(milliseconds=300))
        await world.pass_time(ENOUGH)
        assert len(await world.facts(ClockTaken)) == 2, "together they are more than a second"


async def test_nothing_is_decided_while_a_clock_that_was_set_cannot_be_noted() -> None:
    """The disk is full at that moment: a version that is never ready keeps all of its ten minutes."""
    world = await _delivered()
    async with world.running():
        world.publish("app1", "1.1.0", never_ready())
        await world.look()
        await world.pass_time(timedelta(minutes=1))
        world.clock.set_by(FORWARD)
        _fill(world, is_full=True)
        await world.pass_time(timedelta(minutes=5))
        _fill(world, is_full=False)
        await world.pass_time(timedelta(minutes=9))
        assert not await world.facts(QuarantinePlaced)
        await world.pass_time(timedelta(minutes=2))
        assert len(await world.facts(QuarantinePlaced)) == 1
