"""The main lines of the repositories that images are built from: the port `Sources`.

Of each repository only commits are copied where its host can do that (`--filter=tree:0`), into a bare clone
of its own that only the git program touches: pygit2 cannot read a clone without trees. Nothing in it is
precious: one that cannot be read is deleted and copied anew. Questions about one source take turns.
"""

import asyncio
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from headway.adapters.git.clone import make_bare
from headway.adapters.git.remote import GitRemote
from headway.domain.errors import Transient
from headway.domain.facts import SourceCommit

_LINE = "refs/headway/line"
"""Where the clone keeps the default branch of the source, whatever its name there."""


class GitSources:
    """Sources read through the git program (`Sources`)."""

    def __init__(self, state: Path, timeout: timedelta = timedelta(seconds=60)) -> None:
        """Prepare; nothing is read or written before the first call.

        Args:
            state: the folder where the clones live.
            timeout: how long one conversation with a source may take.
        """
        self._state = state
        self._timeout = timeout
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._copied: dict[str, str] = {}
        """By address: the commit of the source's default branch that the clone holds."""
        self._seen: dict[str, Sequence[tuple[str, datetime | None]]] = {}
        """By address: the line as `places` saw it last."""

    async def places(self, url: str, commits: Collection[str]) -> Mapping[str, int]:
        """See `Sources.places`."""
        wanted = frozenset(commits)
        async with self._turns[url]:
            line = await self._line(url)
        self._seen[url] = line
        return {one: place for place, (one, _) in enumerate(line) if one in wanted}

    async def stretch(self, url: str, first: int, last: int) -> Sequence[SourceCommit]:
        """See `Sources.stretch`."""
        line = self._seen.get(url, ())
        return [
            SourceCommit(commit=line[place][0], position=place, committed_at=line[place][1])
            for place in range(max(0, first), min(last + 1, len(line)))
        ]

    async def _line(self, url: str) -> Sequence[tuple[str, datetime | None]]:
        clone = self._state / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.git"
        remote = GitRemote(clone, self._timeout, called="the source's remote")
        if not clone.exists() or not await remote.has_readable_refs():
            await asyncio.to_thread(shutil.rmtree, clone, ignore_errors=True)
            self._copied.pop(url, None)
            await asyncio.to_thread(make_bare, clone, url)
        tip = await remote.head()
        if tip is None:
            return ()
        is_copied = self._copied.get(url) == tip or await remote.copy_head(_LINE)
        line = await remote.first_parents(_LINE)
        if line and is_copied:
            self._copied[url] = line[-1][0]
            return line
        if not line:
            # Commits are missing or damaged: the next question begins with an empty clone.
            await asyncio.to_thread(shutil.rmtree, clone, ignore_errors=True)
        raise Transient(
            "git-remote-away",
            "the source's commits could not be copied",
            why="the remote names its default branch and does not hand it out, or the copy is damaged",
            next_step="it is tried again; look at the remote and at the disk if it lasts",
        )
