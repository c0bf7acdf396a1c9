"""A manifests repository in memory: the port `Manifests` without Git, quick enough for whole estates.

Invariants: ids follow from contents as in Git (equal trees have equal ids), though they are not Git's ids; an
edit costs the depth of its path, not the size of the repository. Held to the same contract tests as the real
one. Several may share one `RemoteInMemory`, as clones of one remote do.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import takewhile

from headway.app.ports import (
    BranchPush,
    BranchPushed,
    Commit,
    MainCommit,
    NewCommit,
    PushResult,
    Refs,
)
from headway.domain.errors import Transient, UsageError
from headway.domain.names import CommitId, EnvironmentName, TreeId
from headway.domain.trailers import parse_trailers
from headway.testing.trees import EMPTY, Entry, Folder, apply_edits, content_id, files_below, find

_AUTHOR = re.compile(r"[^<>\n\x00]*[^<>\n\x00\s] <[^<>\n\x00]*>")
_ENVIRONMENTS = "environments/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    head: Commit
    root: Folder
    position: int
    """How many commits came before it; no commit here has two parents."""


@dataclass(slots=True, kw_only=True)
class RemoteInMemory:
    """The remote: branches, and every commit and tree that was ever made by anybody."""

    branches: dict[str, CommitId] = field(default_factory=dict)
    commits: dict[CommitId, _Stored] = field(default_factory=dict)
    trees: dict[TreeId, Entry] = field(default_factory=dict)
    is_away: bool = False
    """Whether fetch and push find nobody."""
    refuse: Callable[[BranchPush], str | None] = field(default=lambda _: None)
    """Give the words to refuse a branch's push by, None to take it: a hook or a protection."""

    def commit(self, branch: str, new: NewCommit) -> CommitId:
        """Commit straight to a branch, as somebody else would, and give the id."""
        made = make_commit(self, self.branches.get(branch), new)
        self.branches[branch] = made
        return made


class InMemoryManifests:
    """One clone of a remote in memory (`Manifests`)."""

    def __init__(self, remote: RemoteInMemory | None = None) -> None:
        self.remote = remote or RemoteInMemory()
        self._refs = Refs(main=None, environments={})

    async def close(self) -> None:
        """Nothing to let go of."""

    async def refs(self) -> Refs:
        """Give the branches as the last fetch or push left them."""
        return self._refs

    async def fetch(self) -> Refs:
        """See `Manifests.fetch`."""
        self._reach()
        self._refs = Refs(
            main=self.remote.branches.get("main"),
            environments={
                EnvironmentName(branch.removeprefix(_ENVIRONMENTS)): tip
                for branch, tip in sorted(self.remote.branches.items())
                if branch.startswith(_ENVIRONMENTS)
            },
        )
        return self._refs

    async def main_line(self, since: CommitId | None, until: CommitId) -> Sequence[MainCommit]:
        """See `Manifests.main_line`."""
        return [
            MainCommit(commit=stored.head, position=stored.position) for stored in self._newer(until, since)
        ]

    async def history(self, tip: CommitId, since: CommitId | None, path: str = "") -> Sequence[Commit]:
        """See `Manifests.history`."""
        newer = self._newer(tip, since)
        if since in self.remote.commits and newer and newer[0].head.parents != (since,):
            hidden = {stored.head.id for stored in self._newer(since, None)}
            newer = [stored for stored in newer if stored.head.id not in hidden]
        return [stored.head for stored in newer if not path or self._touches(stored, path)]

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """See `Manifests.tree_ids`."""
        root = self._stored(commit).root
        ids: dict[str, TreeId | None] = {}
        for path in paths:
            entry = find(root, path)
            ids[path] = TreeId(content_id(entry)) if entry is not None else None
            if entry is not None:
                self.remote.trees[TreeId(content_id(entry))] = entry
        return ids

    async def list_folder(self, commit: CommitId, path: str) -> Sequence[str]:
        """See `Manifests.list_folder`."""
        folder = find(self._stored(commit).root, path)
        if not isinstance(folder, Folder):
            return []
        return sorted(
            f"{name}/" if isinstance(entry, Folder) else name for name, entry in folder.entries.items()
        )

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `Manifests.read_files`."""
        root = self._stored(commit).root
        entries = {path: find(root, path) for path in paths}
        return {path: entry if isinstance(entry, bytes) else None for path, entry in entries.items()}

    async def read_links(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str | None]:
        """See `Manifests.read_links`; its trees hold no links."""
        self._stored(commit)
        return dict.fromkeys(paths)

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """See `Manifests.read_folder`."""
        folder = find(self._stored(commit).root, path)
        return dict(files_below(folder)) if isinstance(folder, Folder) else {}

    async def read_tree(self, tree: TreeId) -> Mapping[str, bytes]:
        """See `Manifests.read_tree`."""
        folder = self.remote.trees.get(tree)
        if not isinstance(folder, Folder):
            raise UsageError(
                "tree-unknown", f"the clone has no tree {tree}", why="nobody stored it", next_step="-"
            )
        return dict(files_below(folder))

    async def write_folder(self, files: Mapping[str, bytes]) -> TreeId:
        """See `Manifests.write_folder`."""
        folder = apply_edits(EMPTY, files, self.remote.trees)
        self.remote.trees[TreeId(folder.id)] = folder
        return TreeId(folder.id)

    async def push(self, pushes: Sequence[BranchPush]) -> Sequence[BranchPushed]:
        """See `Manifests.push`."""
        refuse_malformed(pushes)
        self._reach()
        results = [self._push(push) for push in pushes]
        await self.fetch()
        return results

    def _push(self, push: BranchPush) -> BranchPushed:
        made: list[CommitId] = []
        before = len(self.remote.commits)
        if push.expected is None or push.expected in self.remote.commits:
            for new in push.commits:
                made.append(make_commit(self.remote, made[-1] if made else push.expected, new))
        tip = self.remote.branches.get(push.branch)
        words = ""
        was_made_before = len(self.remote.commits) == before
        if tip is not None and made and was_made_before and self._holds(tip, made[-1]):
            result = PushResult.LANDED
        elif tip != push.expected or not made:
            result = PushResult.MOVED
        elif refused := self.remote.refuse(push):
            result, words = PushResult.REFUSED, refused
        else:
            result, tip = PushResult.LANDED, made[-1]
            self.remote.branches[push.branch] = tip
        return BranchPushed(branch=push.branch, result=result, tip=tip, commits=tuple(made), words=words)

    def _reach(self) -> None:
        if self.remote.is_away:
            raise Transient(
                "git-remote-away",
                "the manifests repository's remote cannot be reached",
                why="it is away",
                next_step="it is tried again",
            )

    def _stored(self, commit: CommitId) -> _Stored:
        return stored_commit(self.remote, commit)

    def _line(self, tip: CommitId) -> Iterator[_Stored]:
        stored: _Stored | None = self._stored(tip)
        while stored is not None:
            yield stored
            stored = self._stored(stored.head.parents[0]) if stored.head.parents else None

    def _newer(self, tip: CommitId, since: CommitId | None) -> list[_Stored]:
        return list(takewhile(lambda stored: stored.head.id != since, self._line(tip)))[::-1]

    def _holds(self, tip: CommitId, ours: CommitId) -> bool:
        return any(stored.head.id == ours for stored in self._line(tip))

    def _touches(self, stored: _Stored, path: str) -> bool:
        own = _id_at(stored, path)
        parents = [_id_at(self._stored(parent), path) for parent in stored.head.parents]
        return own not in parents if parents else own is not None


def make_commit(remote: RemoteInMemory, parent: CommitId | None, new: NewCommit) -> CommitId:
    """Store a commit on a parent (None: a first one) and give its id, which follows from its contents."""
    if not _AUTHOR.fullmatch(new.author):
        raise UsageError(
            "author-malformed",
            f"{new.author!r} cannot sign a commit",
            why="an author is a name and an address in angle brackets",
            next_step="write it like Ada Lovelace <ada@example.org>",
        )
    older = stored_commit(remote, parent) if parent else None
    root = apply_edits(older.root if older else EMPTY, new.edits, remote.trees)
    at = new.at.astimezone(UTC).replace(microsecond=0)
    identity = (root.id, parent or "", new.author, at.isoformat(), new.message)
    name = CommitId(content_id("\0".join(identity).encode()))
    head = Commit(
        id=name,
        parents=(parent,) if parent else (),
        tree=TreeId(root.id),
        author=new.author,
        committed_at=at,
        message=new.message,
        trailers=parse_trailers(new.message),
    )
    position = older.position + 1 if older else 0
    remote.commits[name] = _Stored(head=head, root=root, position=position)
    return name


def stored_commit(remote: RemoteInMemory, commit: CommitId) -> _Stored:
    """Give a commit that somebody made.

    Raises:
        UsageError: `commit-unknown`.
    """
    if commit not in remote.commits:
        raise UsageError(
            "commit-unknown",
            f"the manifests repository has no commit {commit[:12]}",
            why="it is on no branch that is fetched, or history was rewritten",
            next_step="name a commit of main or of an environment's branch",
        )
    return remote.commits[commit]


def refuse_malformed(pushes: Sequence[BranchPush]) -> None:
    """Refuse what no push can mean.

    Raises:
        UsageError: `branch-malformed`, `push-empty`.
    """
    branches = [push.branch for push in pushes]
    for push in pushes:
        if branches.count(push.branch) > 1 or re.search(r"\.\.|[\s~^:?*\[\\]|^/|/$|^$", push.branch):
            raise UsageError(
                "branch-malformed",
                f"{push.branch!r} cannot be pushed",
                why="it is no branch's name, or is named twice in one push",
                next_step="name each branch once, by a name that git check-ref-format takes",
            )
        if not push.commits:
            raise UsageError(
                "push-empty",
                f"nothing to push to {push.branch}",
                why="a push has one commit at least",
                next_step="leave the branch out",
            )


def _id_at(stored: _Stored, path: str) -> str | None:
    entry = find(stored.root, path)
    return content_id(entry) if entry is not None else None
