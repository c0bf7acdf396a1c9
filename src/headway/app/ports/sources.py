"""Source repositories: where a commit stands among those that images are built from."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # whoever only checks files need not wait for facts
    from headway.domain.facts import SourceCommit


class Sources(Protocol):
    """Reads the main lines of repositories that build images; never their files."""

    async def places(self, url: str, commits: Collection[str]) -> Mapping[str, int]:
        """Say how many first-parent commits of the source's default branch come before each of these.

        Args:
            url: the repository's address, as whoever reads it types it.
            commits: whole commit ids; whatever else stands there is on no line.

        Returns:
            Only commits that are on the line now: the remote answered, and the others are not.

        Raises:
            Transient: `git-remote-away`, `clone-damaged`: nothing is known, about no commit.
        """
        ...

    async def stretch(self, url: str, first: int, last: int) -> Sequence["SourceCommit"]:
        """Give the commits at the places from `first` to `last`, both included, in order.

        They are read from what `places` saw last, without asking the remote again; none where it never did.
        """
        ...
