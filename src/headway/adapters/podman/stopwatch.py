"""How long something has lasted, by a clock that nobody can set and that stands while the machine sleeps.

Kept in memory: an agent that starts anew did not watch, and gives all the whole time again.
"""

import time
from collections.abc import Callable, Hashable


class Stopwatches:
    """One for each key, started when it is first asked for. For one event loop."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Read seconds from `now`, which never goes back."""
        self._now = now
        self._started: dict[Hashable, float] = {}

    def start(self, key: Hashable) -> None:
        """Start one, or start it anew."""
        self._started[key] = self._now()

    def seconds(self, key: Hashable) -> float:
        """Give the seconds since it was started; one that was not is started now."""
        return self._now() - self._started.setdefault(key, self._now())

    def seconds_if_started(self, key: Hashable) -> float | None:
        """Give the seconds since it was started; None: it was not."""
        started = self._started.get(key)
        return None if started is None else self._now() - started
