"""The machine's own clock."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from headway.app.ports import Reading

_LOOKS_AGAIN_S = 60.0
"""A clock that is set, or a machine that slept, is noticed within a minute."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """The ports `Clock`, of wall-clock time in UTC, and `MachineClock`."""

    def now(self) -> datetime:
        """Give the present instant."""
        return datetime.now(UTC)

    async def sleep_until(self, instant: datetime) -> None:
        """Return when `instant` has come by the wall clock."""
        while (left := (instant - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - a clock is what is waited for
            await asyncio.sleep(min(left, _LOOKS_AGAIN_S))

    def reading(self) -> Reading:
        """See `MachineClock.reading`."""
        steady = timedelta(microseconds=time.monotonic_ns() // 1000)
        return Reading(wall=self.now(), steady=steady, boot=boot_id())

    async def sleep(self, span: timedelta) -> None:
        """See `MachineClock.sleep`."""
        await asyncio.sleep(max(0.0, span.total_seconds()))


@cache
def boot_id() -> str:
    """Give what tells this coming up of this machine from others; the process's own where none is told."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return str(uuid4())
