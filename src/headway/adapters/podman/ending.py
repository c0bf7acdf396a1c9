"""Finds out what a container's end tells: the version's own fault, or nothing (rule 4).

It tells something only if this agent saw the container run or started it itself, and nobody else ended it:
`podman kill` leaves an event, `podman stop` and `rm` clean up twice (once themselves, once conmon), a kill by
the host is 137 or 143. Outgrowing its own memory limit is the version's.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass

from headway.adapters.podman.live_pod import LiveContainer
from headway.adapters.podman.podman import Podman
from headway.domain.deployment import Cause
from headway.domain.errors import Transient

CLEANED_UP_WITHIN_S = 3.0
"""How long podman may take to tell of the first clean-up after an end."""
SETTLES_AFTER_S = 0.3
"""How long after the first a second clean-up is told: they come within milliseconds of each other."""
LOOK_EVERY_S = 0.02
KILLED, TERMINATED = 128 + 9, 128 + 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What an end tells."""

    cause: Cause
    words: str
    exit_code: int


class Endings:
    """Everything that this agent knows of containers' ends since it began; nothing of it is kept."""

    def __init__(self, podman: Podman) -> None:
        self._podman = podman
        self._watched: set[str] = set()
        self._events: dict[str, Counter[str]] = {}

    def saw_running(self, container: str) -> None:
        """Note that a container's process was seen, or that this agent started it."""
        self._watched.add(container)

    def is_watched(self, container: str) -> bool:
        """Say whether its end would tell something."""
        return container in self._watched

    def note(self, container: str, event: str) -> None:
        """Note one of podman's events of a container."""
        if event == "start":
            self._events[container] = Counter()
        else:
            self._events.setdefault(container, Counter())[event] += 1

    def forget(self, present: set[str]) -> None:
        """Drop what is known of containers that are gone."""
        self._watched &= present
        for gone in self._events.keys() - present:
            del self._events[gone]

    async def judge(self, container: LiveContainer) -> Ending:  # noqa: PLR0911 - one return for each way to end
        """Say what the end of this container's last run tells."""
        name, code = container.name, container.exit_code
        if container.id not in self._watched:
            return _nothing(code, f"{name} ended while nobody watched it")
        self._watched.discard(container.id)
        events = await self._settled(container.id)
        if not events["cleanup"] and code == 0:
            return _nothing(code, f"{name} ended, and podman did not tell how")
        if events["kill"] or events["cleanup"] > 1:
            return _nothing(code, f"{name} was stopped by other hands")
        if code == TERMINATED:
            return _nothing(code, f"{name} was terminated by other hands")
        if code == KILLED:
            try:
                too_large = await self._podman.was_out_of_memory(container.id)
            except Transient:
                too_large = False
            if not too_large:
                return _nothing(code, f"{name} was killed by the machine")
            return Ending(
                cause=Cause.VERSION, words=f"{name} outgrew its memory limit and was killed", exit_code=code
            )
        said = await self._podman.last_words(container.id)
        words = f"{name} ended with exit status {code}" + (f", saying: {said}" if said else "")
        return Ending(cause=Cause.VERSION, words=words, exit_code=code)

    async def _settled(self, container: str) -> Counter[str]:
        """Give the events since its last start, once podman has told them all."""
        for _ in range(int(CLEANED_UP_WITHIN_S / LOOK_EVERY_S)):
            if self._events.get(container, Counter())["cleanup"]:
                break
            await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.sleep(SETTLES_AFTER_S)
        return self._events.get(container, Counter())


def _nothing(code: int, words: str) -> Ending:
    return Ending(cause=Cause.SURROUNDINGS, words=words, exit_code=code)
