"""The time that the service reckons by: it moves on as time passes, however the machine's clock is set.

A span between two instants of it is time that really passed while the machine was awake, as long as nobody
calls `take`. Whoever does records that (`ClockTaken`), so that the situation's instants move along.
"""

from datetime import datetime, timedelta

from headway.app.ports import MachineClock
from headway.domain.situation.records import Reckoned

TOLERATED = timedelta(seconds=1)
"""So far the machine's clock may be from the reckoning: what keeps it right does so in small steps."""


class Reckoning:
    """The port `Clock` on a machine's clock. For one event loop."""

    def __init__(self, clock: MachineClock) -> None:
        self._clock = clock
        self._by = self._read()

    def now(self) -> datetime:
        """Give the present instant."""
        return self._by.zero + self._clock.reading().steady

    async def sleep_until(self, instant: datetime) -> None:
        """Return once as much time has passed as was missing; at once if none was."""
        await self._clock.sleep(max(timedelta(0), instant - self.now()))

    def is_off(self, by: Reckoned | None) -> bool:
        """Say whether the machine's clock shows another time than a reckoning; None: there is none yet."""
        found = self._read()
        return by is None or by.boot != found.boot or abs(found.zero - by.zero) > TOLERATED

    def keep(self, by: Reckoned) -> None:
        """Reckon as before; it must not be off."""
        self._by = by

    def take(self) -> Reckoned:
        """Reckon by what the machine's clock shows, from here on."""
        self._by = self._read()
        return self._by

    def _read(self) -> Reckoned:
        reading = self._clock.reading()
        return Reckoned(boot=reading.boot, zero=reading.wall - reading.steady)
