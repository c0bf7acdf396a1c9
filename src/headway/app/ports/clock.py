"""The time, as use cases ask for it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, so that tests can say what it is."""

    def now(self) -> datetime:
        """Give the present instant, in UTC."""
        ...

    async def sleep_until(self, instant: datetime) -> None:
        """Return when `instant` has come; at once if it has passed."""
        ...
