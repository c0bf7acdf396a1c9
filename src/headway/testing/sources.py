"""Source repositories in memory: a line of commit ids for each address.

Held to the same contract tests as the real adapter. Not for concurrent use by threads.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from headway.domain.errors import Transient
from headway.domain.facts import SourceCommit


class InMemorySources:
    """The main lines of all sources; `away` takes all of them away at once."""

    def __init__(self) -> None:
        self.away = False
        self.lines: dict[str, list[str]] = {}
        """By address, oldest first: the first-parent line of the default branch."""
        self.times: dict[str, datetime] = {}
        """By commit, when it was committed; one that is not here has no date."""
        self._seen: dict[str, list[str]] = {}

    async def places(self, url: str, commits: Collection[str]) -> Mapping[str, int]:
        """See `Sources.places`."""
        if self.away or url not in self.lines:
            raise Transient(
                "git-remote-away",
                "the source's remote cannot be reached",
                why="nothing answers there",
                next_step="it is tried again; look at the remote, the network and the credentials",
            )
        self._seen[url] = list(self.lines[url])
        return {one: place for place, one in enumerate(self.lines[url]) if one in commits}

    async def stretch(self, url: str, first: int, last: int) -> Sequence[SourceCommit]:
        """See `Sources.stretch`."""
        line = self._seen.get(url, [])
        return [
            SourceCommit(commit=line[place], position=place, committed_at=self.times.get(line[place]))
            for place in range(max(0, first), min(last + 1, len(line)))
        ]
