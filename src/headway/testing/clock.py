"""A clock that stands until it is moved: a weekend passes in a millisecond."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


class VirtualClock:
    """The port `Clock`, moved by hand. Single-threaded, like the loop that waits for it."""

    def __init__(self, start: datetime = EPOCH) -> None:
        self._now = start
        self._numbers = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Give the present instant."""
        return self._now

    async def sleep_until(self, instant: datetime) -> None:
        """Return once the clock was moved to `instant`."""
        if instant <= self._now:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (instant, next(self._numbers), future))
        await future

    @property
    def next_at(self) -> datetime | None:
        """Give the instant for which somebody waits first; None: nobody waits."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, instant: datetime) -> None:
        """Move on, and wake whoever waited for that; moving back wakes nobody."""
        self._now = instant
        while self._sleepers and self._sleepers[0][0] <= instant:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)

    def move_by(self, span: timedelta) -> None:
        """Move on by a span."""
        self.move_to(self._now + span)
