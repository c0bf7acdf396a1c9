"""A clock that stands until it is moved: a weekend passes in a millisecond."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

from headway.app.ports import Reading

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


class VirtualClock:
    """The ports `Clock` and `MachineClock`, moved by hand. For the one loop that waits for it."""

    def __init__(self, start: datetime = EPOCH) -> None:
        self._shown = start
        self._passed = timedelta(0)
        self._numbers = count()
        self._sleepers: list[tuple[timedelta, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Give the instant that it shows."""
        return self._shown

    def reading(self) -> Reading:
        """See `MachineClock.reading`."""
        return Reading(wall=self._shown, steady=self._passed, boot="virtual")

    async def sleep_until(self, instant: datetime) -> None:
        """Return once as much time has passed as is missing now."""
        await self.sleep(instant - self._shown)

    async def sleep(self, span: timedelta) -> None:
        """See `MachineClock.sleep`."""
        if span <= timedelta(0):
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed + span, next(self._numbers), future))
        await future

    @property
    def next_at(self) -> datetime | None:
        """Give what it will show when somebody is to be woken next; None: nobody waits."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._shown + self._sleepers[0][0] - self._passed if self._sleepers else None

    def move_to(self, instant: datetime) -> None:
        """Let time pass until it shows an instant, and wake whoever waited for that; backwards none does."""
        self.move_by(instant - self._shown)

    def move_by(self, span: timedelta) -> None:
        """Let time pass, and wake whoever waited for that."""
        passes = max(timedelta(0), span)
        self._shown, self._passed = self._shown + passes, self._passed + passes
        while self._sleepers and self._sleepers[0][0] <= self._passed:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)

    def set_by(self, span: timedelta) -> None:
        """Set it forward, or back by a negative span: no time passes and nobody is woken.

        Forward is also what it does while its machine sleeps.
        """
        self._shown += span
