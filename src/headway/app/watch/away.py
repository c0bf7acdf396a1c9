"""Notes which outside systems do not answer: once it lasted, and once they are back."""

from datetime import datetime

from headway.app.desk import Desk
from headway.domain.errors import Transient
from headway.domain.facts import Source, SourceAway, SourceBack


class AwayWatch:
    """Turns failed and answered calls into `SourceAway` and `SourceBack`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._silent_since: dict[tuple[Source, str], datetime] = {}

    @property
    def has_doubts(self) -> bool:
        """Say whether somebody did not answer the last time: it is worth another look soon."""
        return bool(self._silent_since)

    async def silent(self, source: Source, name: str, error: Transient) -> None:
        """Note that a call was not answered; it is a fact once it has lasted."""
        key = (source, name)
        since = self._silent_since.setdefault(key, self._desk.now)
        if self._desk.now - since < self._desk.outside.pace.away_after:
            return
        if key not in self._desk.situation.away:
            words = f"{error.what}: {error.why}; {error.next_step}"
            await self._desk.recorder.record(
                [self._desk.fact(SourceAway(source=source, name=name, words=words))],
                only_if=lambda situation: key not in situation.away,
            )

    async def answered(self, source: Source, name: str) -> None:
        """Note that a call was answered."""
        key = (source, name)
        self._silent_since.pop(key, None)
        if key in self._desk.situation.away:
            await self._desk.recorder.record(
                [self._desk.fact(SourceBack(source=source, name=name))],
                only_if=lambda situation: key in situation.away,
            )
