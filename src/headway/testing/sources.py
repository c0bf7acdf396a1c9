"""Source repositories in memory: a line of commit ids for each address.

Held to the same contract tests as the real adapter. Not for concurrent use by threads.
"""

from collections.abc import Collection, Mapping

from headway.domain.errors import Transient


class InMemorySources:
    """The main lines of all sources; `away` takes all of them away at once."""

    def __init__(self) -> None:
        self.away = False
        self.lines: dict[str, list[str]] = {}
        """By address, oldest first: the first-parent line of the default branch."""

    async def places(self, url: str, commits: Collection[str]) -> Mapping[str, int]:
        """See `Sources.places`."""
        if self.away or url not in self.lines:
            raise Transient(
                "git-remote-away",
                "the source's remote cannot be reached",
                why="nothing answers there",
                next_step="it is tried again; look at the remote, the network and the credentials",
            )
        return {one: place for place, one in enumerate(self.lines[url]) if one in commits}
