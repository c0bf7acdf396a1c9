"""Hands observations to everyone who listens: the present ones first, then every change.

A listener that is slow gets the newest of each instance, not every step in between: an observation is a
state, so nothing is lost by that, and nothing grows.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

from headway.domain.deployment import Observation
from headway.domain.names import EnvironmentName, InstanceName

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Key = tuple[EnvironmentName, InstanceName]


class ObservationHub:
    """The latest observation of every instance."""

    def __init__(self) -> None:
        self._latest: dict[Key, Observation] = {}
        self._listeners: set[_Listener] = set()
        self._closed = False

    def publish(self, environment: EnvironmentName, observation: Observation) -> None:
        """Tell it, unless only the time differs from what was told before."""
        key = (environment, observation.instance)
        before = self._latest.get(key)
        if before is not None and replace(before, seen_at=_LONG_AGO) == replace(
            observation, seen_at=_LONG_AGO
        ):
            return
        self._latest[key] = observation
        for listener in self._listeners:
            listener.take(key, observation)

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        for listener in self._listeners:
            listener.wake.set()

    async def subscribe(self) -> AsyncIterator[Observation]:
        """Give the present observations, then every change, until the hub is closed."""
        listener = _Listener(dict(self._latest))
        self._listeners.add(listener)
        try:
            while not self._closed:
                for observation in listener.drain():
                    yield observation
                await listener.wake.wait()
        finally:
            self._listeners.discard(listener)


class _Listener:
    def __init__(self, waiting: dict[Key, Observation]) -> None:
        self._waiting = waiting
        self.wake = asyncio.Event()

    def take(self, key: Key, observation: Observation) -> None:
        self._waiting[key] = observation
        self.wake.set()

    def drain(self) -> list[Observation]:
        waiting, self._waiting = list(self._waiting.values()), {}
        self.wake.clear()
        return waiting
