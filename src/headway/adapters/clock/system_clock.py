"""The port `Clock` on the machine's own clock."""

import asyncio
from datetime import UTC, datetime

_LOOKS_AGAIN_S = 60.0
"""A clock that is set, or a machine that slept, is noticed within a minute."""


class SystemClock:
    """Wall-clock time in UTC."""

    def now(self) -> datetime:
        """Give the present instant."""
        return datetime.now(UTC)

    async def sleep_until(self, instant: datetime) -> None:
        """Return when `instant` has come by the wall clock."""
        while (left := (instant - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - a clock is what is waited for
            await asyncio.sleep(min(left, _LOOKS_AGAIN_S))
