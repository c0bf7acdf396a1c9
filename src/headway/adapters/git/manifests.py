"""One manifests repository in Git: the port `Manifests`.

Invariants: what a push came to is read from the remote, never from an error's text; a ref moves only from
exactly the commit that was expected; refs of the clone follow the remote, rewritten and deleted ones too.
Reads go on while the network is waited for; fetches and pushes take turns.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pygit2

from headway.adapters.git import reading
from headway.adapters.git.clone import OwnedClone
from headway.adapters.git.commits import MainLine, read_history
from headway.adapters.git.mirror import follow, known_refs, missing
from headway.adapters.git.pushing import Pushing
from headway.adapters.git.remote import GitRemote
from headway.adapters.git.trees import write_edits
from headway.app.ports import BranchPush, BranchPushed, Commit, MainCommit, Refs
from headway.domain.errors import Transient
from headway.domain.names import CommitId, RepositoryName, TreeId

_TRACKED = ("refs/heads/main", "refs/heads/environments/*")
_TIDY_EVERY = 100
"""Transfers between two looks at the number of loose objects."""
_HEAL_EVERY = timedelta(minutes=10)
"""The shortest time between two clones made anew because something could not be read."""


class GitManifests:
    """A manifests repository's remote and our bare clone of it (`Manifests`)."""

    def __init__(
        self, *, name: RepositoryName, url: str, state: Path, timeout: timedelta = timedelta(seconds=60)
    ) -> None:
        """Prepare; nothing is read or written before the first call.

        Args:
            name: the repository as the estate calls it.
            url: whatever `git fetch` takes; it may hold credentials and is never shown.
            state: the folder where clones live.
            timeout: how long one conversation with the remote may take.
        """
        self._clone = OwnedClone(state, name, url)
        self._remote = GitRemote(self._clone.path, timeout)
        self._pushing = Pushing(self._clone, self._remote)
        self._line = MainLine()
        self._turn = asyncio.Lock()
        self._transfers = 0
        self._heals_from = 0.0

    async def close(self) -> None:
        """Let go of the clone's thread."""
        await self._clone.close()

    async def refs(self) -> Refs:
        """Give the branches as the last fetch or push left them, without the network."""
        return await self._clone.run(known_refs)

    async def fetch(self) -> Refs:
        """Bring the clone up to the remote; see `Manifests.fetch`."""
        async with self._turn:
            await self._clone.open()
            await self._heal()
            try:
                is_copied = await self._follow_remote()
            except Transient:
                if not self._clone.is_suspect:
                    raise
                is_copied = False
            if not is_copied:
                await self._recover()
            await self._tidy()
        return await self.refs()

    async def main_line(self, since: CommitId | None, until: CommitId) -> Sequence[MainCommit]:
        """See `Manifests.main_line`."""
        return await self._clone.run(lambda repository: self._line.read(repository, since, until))

    async def history(self, tip: CommitId, since: CommitId | None, path: str = "") -> Sequence[Commit]:
        """See `Manifests.history`."""
        return await self._clone.run(read_history, tip, since, path)

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """See `Manifests.tree_ids`."""
        return await self._clone.run(_tree_ids, commit, paths)

    async def list_folder(self, commit: CommitId, path: str) -> Sequence[str]:
        """See `Manifests.list_folder`."""
        return await self._clone.run(
            lambda repository: reading.list_entries(reading.known_commit(repository, commit).tree, path)
        )

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `Manifests.read_files`."""
        return await self._clone.run(_read_files, commit, paths)

    async def read_links(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str | None]:
        """See `Manifests.read_links`."""
        return await self._clone.run(_read_links, commit, paths)

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """See `Manifests.read_folder`."""
        return await self._clone.run(
            lambda repository: reading.read_folder(reading.known_commit(repository, commit).tree, path)
        )

    async def read_tree(self, tree: TreeId) -> Mapping[str, bytes]:
        """See `Manifests.read_tree`."""
        return await self._clone.run(
            lambda repository: reading.read_folder(reading.known_tree(repository, tree), "")
        )

    async def write_folder(self, files: Mapping[str, bytes]) -> TreeId:
        """See `Manifests.write_folder`."""
        return await self._clone.run(
            lambda repository: TreeId(str(write_edits(repository, None, MappingProxyType(dict(files)))))
        )

    async def push(self, pushes: Sequence[BranchPush]) -> Sequence[BranchPushed]:
        """See `Manifests.push`.

        Raises:
            UsageError: `branch-malformed`, `push-empty`, or the commits cannot be made; nothing was pushed.
            Transient: `git-remote-away`: whether it landed is not known; fetch and look.
        """
        async with self._turn:
            await self._clone.open()
            pushed = await self._pushing.push(pushes)
            await self._tidy()
        return pushed

    async def _follow_remote(self) -> bool:
        """Copy what is new; False: the remote answers and still it could not be copied."""
        for _ in range(3):
            tips = await self._remote.tips(_TRACKED)
            new = await self._clone.run(missing, tips)
            if not new or await self._remote.fetch(new):
                await self._clone.run(follow, tips)
                return True
            # A branch that went away between the look and the copy fails the copy: look again.
        return False

    async def _heal(self) -> None:
        """Make a clone anew in which something could not be read, but not at every fetch.

        A commit that is malformed in the remote itself is as unreadable in a new clone.
        """
        now = asyncio.get_running_loop().time()
        if self._clone.is_suspect and now >= self._heals_from and not await self._remote.is_sound():
            self._heals_from = now + _HEAL_EVERY.total_seconds()
            await self._clone.set_aside()
            await self._clone.open()
        self._clone.is_suspect = False

    async def _recover(self) -> None:
        if not await self._remote.is_sound():
            await self._clone.set_aside()
            await self._clone.open()
            if await self._follow_remote():
                return
        raise Transient(
            "git-remote-away",
            "the manifests repository's branches could not be copied",
            why="the remote names them and does not hand them out, or they move faster than they are read",
            next_step="it is tried again; look at the remote if it lasts",
        )

    async def _tidy(self) -> None:
        self._transfers += 1
        if self._transfers % _TIDY_EVERY == 0:
            await self._remote.tidy()


def _tree_ids(
    repository: pygit2.Repository, commit: CommitId, paths: Sequence[str]
) -> Mapping[str, TreeId | None]:
    tree = reading.known_commit(repository, commit).tree
    found = {path: reading.find_entry(tree, path) for path in paths}
    return {path: TreeId(str(entry.id)) if entry else None for path, entry in found.items()}


def _read_links(
    repository: pygit2.Repository, commit: CommitId, paths: Sequence[str]
) -> Mapping[str, str | None]:
    tree = reading.known_commit(repository, commit).tree
    return {path: reading.read_link(tree, path) for path in paths}


def _read_files(
    repository: pygit2.Repository, commit: CommitId, paths: Sequence[str]
) -> Mapping[str, bytes | None]:
    tree = reading.known_commit(repository, commit).tree
    return {path: reading.read_file(tree, path) for path in paths}
