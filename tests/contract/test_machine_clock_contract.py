"""What every machine's clock does: its steady time passes, and belongs to one coming up of the machine."""

import asyncio
from datetime import timedelta

import pytest

from headway.adapters.clock import SystemClock
from headway.app.ports import MachineClock
from headway.testing.clock import VirtualClock

SPAN = timedelta(milliseconds=20)


async def _pass(clock: MachineClock) -> None:
    """Let the span pass while somebody sleeps for it."""
    sleeping = asyncio.ensure_future(clock.sleep(SPAN))
    await asyncio.sleep(0)
    if isinstance(clock, VirtualClock):
        clock.move_by(SPAN)
    await sleeping


@pytest.fixture(params=[SystemClock, VirtualClock])
def clock(request: pytest.FixtureRequest) -> MachineClock:
    """Give a clock of each kind."""
    kind: type[MachineClock] = request.param
    return kind()


async def test_steady_time_passes_while_somebody_sleeps(clock: MachineClock) -> None:
    before = clock.reading()
    await _pass(clock)
    after = clock.reading()
    assert after.steady - before.steady >= SPAN
    assert after.boot == before.boot


async def test_no_time_is_no_sleep(clock: MachineClock) -> None:
    await clock.sleep(timedelta(0))
    await clock.sleep(-SPAN)


async def test_two_clocks_of_one_machine_agree_on_its_steady_time() -> None:
    """As a service and the next one on the same machine must."""
    first, second = SystemClock().reading(), SystemClock().reading()
    assert first.boot == second.boot
    assert second.steady >= first.steady


async def test_setting_a_clock_lets_no_time_pass() -> None:
    clock = VirtualClock()
    before = clock.reading()
    clock.set_by(timedelta(hours=1))
    assert clock.reading().wall - before.wall == timedelta(hours=1)
    assert clock.reading().steady == before.steady
