"""A manifests repository: its remote and our bare clone of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from headway.domain.names import CommitId, EnvironmentName, TreeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """The branches of a remote, as one look saw them."""

    main: CommitId | None
    """None: the remote has no such branch."""
    environments: Mapping[EnvironmentName, CommitId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit's head, for people and for order."""

    id: CommitId
    parents: tuple[CommitId, ...]
    tree: TreeId
    author: str
    """``Name <address>``."""
    committed_at: datetime
    message: str
    trailers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MainCommit:
    """A commit of `main`'s first-parent line."""

    commit: Commit
    position: int
    """How many first-parent commits came before it: the order of configurations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommit:
    """A commit to be made on top of whatever the branch then stands at.

    ``edits`` maps a path to its new bytes, to a tree that the repository already has, or to None (removed;
    a path that is not there is passed over). A folder's path replaces or removes the folder whole.
    """

    edits: Mapping[str, bytes | TreeId | None]
    message: str
    author: str
    at: datetime


class PushResult(StrEnum):
    """What the remote says after a push was tried; it is read from the remote, never from an error's text."""

    LANDED = "landed"
    """The remote branch holds our commits."""
    MOVED = "moved"
    """The remote branch is at another commit than was expected, without ours."""
    REFUSED = "refused"
    """The remote branch is where it was: a hook, a protection or a permission said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPush:
    """Commits for one branch, on top of exactly `expected` (None: the branch must not exist)."""

    branch: str
    expected: CommitId | None
    commits: tuple[NewCommit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPushed:
    """What became of one branch's push."""

    branch: str
    result: PushResult
    tip: CommitId | None
    """Where the remote branch stands after it."""
    commits: tuple[CommitId, ...]
    """The ids that our commits got, landed or not."""
    words: str = ""
    """The remote's own words when it refused, without credentials."""


class CommitReader(Protocol):
    """The part of `Manifests` that reads what stands at a commit."""

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """See `Manifests.tree_ids`."""
        ...

    async def list_folder(self, commit: CommitId, path: str) -> Sequence[str]:
        """See `Manifests.list_folder`."""
        ...

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `Manifests.read_files`."""
        ...

    async def read_links(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str | None]:
        """See `Manifests.read_links`."""
        ...

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """See `Manifests.read_folder`."""
        ...


class Manifests(Protocol):
    """One manifests repository: its remote and our bare clone of it.

    Safe to call concurrently: the adapter does one thing at a time on the clone. Reads never touch the
    network; `fetch` and `push` do, and raise `Transient` (`git-remote-away`) when it cannot be reached.
    """

    async def fetch(self) -> Refs:
        """Bring the clone up to the remote (`main` and `environments/*`) and say where its branches stand."""
        ...

    async def main_line(self, since: CommitId | None, until: CommitId) -> Sequence[MainCommit]:
        """Give `main`'s first-parent commits after `since` (None: all) up to `until`, oldest first.

        When `since` is not on the line that leads to `until` (history was rewritten), all are given.
        """
        ...

    async def history(self, tip: CommitId, since: CommitId | None, path: str = "") -> Sequence[Commit]:
        """Give the commits reachable from `tip` and not from `since` that touch `path`, oldest first."""
        ...

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """Give the id of the tree or blob at each path (``""``: the root); None: nothing there."""
        ...

    async def list_folder(self, commit: CommitId, path: str) -> Sequence[str]:
        """Give the names in a folder, sorted, folders with a trailing slash; empty when it is not there."""
        ...

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """Give each file's bytes; None: nothing there, or not a file."""
        ...

    async def read_links(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str | None]:
        """Give each symbolic link's target, as it is written; None: there is no link."""
        ...

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """Give every file under a folder, by its path relative to the folder; empty when it is not there."""
        ...

    async def read_tree(self, tree: TreeId) -> Mapping[str, bytes]:
        """Give every file of a tree that the repository has, by its path in it.

        Raises:
            UsageError: `tree-unknown`.
        """
        ...

    async def write_folder(self, files: Mapping[str, bytes]) -> TreeId:
        """Store files as a tree of the clone and give its id; idempotent."""
        ...

    async def push(self, pushes: Sequence[BranchPush]) -> Sequence[BranchPushed]:
        """Make the commits and push all branches at once, each its own compare-and-swap; in order.

        One refused branch never stops another. The results come from looking at the remote afterwards.
        """
        ...
