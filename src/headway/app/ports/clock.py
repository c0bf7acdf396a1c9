"""The time, as use cases ask for it, and the machine's clock that it is read from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time, so that tests can say what it is."""

    def now(self) -> datetime:
        """Give the present instant, in UTC."""
        ...

    async def sleep_until(self, instant: datetime) -> None:
        """Return when `instant` has come; at once if it has passed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One look at a machine's clock."""

    wall: datetime
    """What the clock shows, in UTC; anybody may set it."""
    steady: timedelta
    """How long this machine has been awake since it came up: nobody can set that."""
    boot: str
    """Which coming up of which machine: steady times of different ones have nothing in common."""


class MachineClock(Protocol):
    """The clock of the machine that the service runs on."""

    def reading(self) -> Reading:
        """Look at it."""
        ...

    async def sleep(self, span: timedelta) -> None:
        """Return once so much steady time has passed; at once where there is none to pass."""
        ...
