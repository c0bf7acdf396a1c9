"""A Git repository of this machine, bare or with a work tree, read at its commits without touching either.

Invariants: nothing is checked out, nothing is written but what `copy_environments` fetches, into refs of our
own; a symlink is never followed, a submodule never entered. Inside a hook the objects that wait in quarantine
are read too. For one thread.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pygit2
from pygit2.enums import RepositoryOpenFlag

from headway.adapters.git import reading
from headway.adapters.git.remote import GitRemote
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, EnvironmentName, RepositoryName, TreeId

_COPIES = "refs/headway/environments/"
"""Where copies of environment branches stand in somebody's repository: no branch of theirs moves."""
_BRANCHES = "refs/heads/environments/"
_COMMIT: Literal[1] = 1
"""What Git's library calls a commit; its stubs take no other word."""
_TIMEOUT = timedelta(seconds=60)


class LocalRepository:
    """One repository of this machine (`Trees`)."""

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            UsageError: `folder-no-repository`.
        """
        try:
            # Never one above it: paths are those of the repository's root.
            self._repository = pygit2.Repository(str(folder), RepositoryOpenFlag.NO_SEARCH)
        except (pygit2.GitError, KeyError, ValueError) as error:
            raise UsageError(
                "folder-no-repository",
                f"{folder} is no Git repository",
                why=str(error).strip("'\""),
                next_step="name a clone of the manifests repository, or leave revisions out",
            ) from error
        quarantine = os.environ.get("GIT_QUARANTINE_PATH")
        if quarantine and Path(quarantine).is_dir():
            self._repository.odb.add_disk_alternate(quarantine)
        self.folder = folder
        # Absolute, since git is started in another folder than we are in.
        self._place = Path(self._repository.path).resolve()
        self._root = Path(self._repository.workdir or self._place).resolve()

    @property
    def name(self) -> RepositoryName:
        """Give the name that its folder has."""
        return RepositoryName(self._root.name.removesuffix(".git"))

    @property
    def called(self) -> str | None:
        """Give the last part of its remote's address, which is how an estate calls it; None: no remote."""
        url = self._origin()
        return url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git") if url else None

    def commit(self, revision: str) -> CommitId:
        """Give the commit that a revision means, as `git rev-parse` does.

        Raises:
            UsageError: `commit-unknown`.
        """
        try:
            found = self._repository.revparse_single(revision).peel(_COMMIT)
        except (pygit2.GitError, KeyError, ValueError) as error:
            raise UsageError(
                "commit-unknown",
                f"{self.folder} has no commit {revision!r}",
                why="no branch, tag or commit of that name was fetched",
                next_step="fetch it, or name another; a build server may have to fetch the whole history",
            ) from error
        return CommitId(str(found.id))

    def parted_from(self, base: str, commit: CommitId) -> CommitId:
        """Give the commit where `commit` parted from a revision.

        Raises:
            UsageError: `commit-unknown`: a revision is not known, or the two have no commit in common here.
        """
        other = self.commit(base)
        found = self._repository.merge_base(other, commit)
        if found is None:
            raise UsageError(
                "commit-unknown",
                f"{base} and {commit[:12]} have no commit in common",
                why="their histories are apart, or only a part of them was fetched",
                next_step="fetch the whole history (on GitHub Actions fetch-depth: 0)",
            )
        return CommitId(str(found))

    async def copy_environments(self) -> Mapping[EnvironmentName, CommitId]:
        """Fetch the environment branches of the remote `origin`, and say where they stand.

        Raises:
            UsageError: `folder-no-remote`.
            Transient: `git-remote-away`.
        """
        if self._origin() is None:
            raise UsageError(
                "folder-no-remote",
                f"it is not known what runs of {self.folder}",
                why="its repository has no remote named origin, and what runs stands on branches there",
                next_step="name a commit to compare with by --base, or add the remote",
            )
        remote = GitRemote(self._place, _TIMEOUT, runs_in=self._root)
        tips = await remote.tips([f"{_BRANCHES}*"])
        await remote.copy(tips, _BRANCHES, _COPIES, shallow=self._repository.is_shallow)
        return {
            EnvironmentName(ref.removeprefix(_BRANCHES)): CommitId(tip) for ref, tip in sorted(tips.items())
        }

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """See `Manifests.tree_ids`."""
        tree = self._tree(commit)
        found = {path: reading.find_entry(tree, path) for path in paths}
        return {path: TreeId(str(one.id)) if one else None for path, one in found.items()}

    async def list_folder(self, commit: CommitId, path: str) -> Sequence[str]:
        """See `Manifests.list_folder`."""
        return reading.list_entries(self._tree(commit), path)

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `Manifests.read_files`."""
        tree = self._tree(commit)
        return {path: reading.read_file(tree, path) for path in paths}

    async def read_links(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str | None]:
        """See `Manifests.read_links`."""
        tree = self._tree(commit)
        return {path: reading.read_link(tree, path) for path in paths}

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """See `Manifests.read_folder`."""
        return reading.read_folder(self._tree(commit), path)

    def _tree(self, commit: CommitId) -> pygit2.Tree:
        return reading.known_commit(self._repository, commit).tree

    def _origin(self) -> str | None:
        try:
            return str(self._repository.remotes["origin"].url)
        except (pygit2.GitError, KeyError):
            return None
