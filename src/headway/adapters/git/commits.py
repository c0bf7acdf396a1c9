"""Makes commits and reads history.

Invariant: a commit's id follows from its parent, edits, message, author and time alone, so a commit made
again after a crash is the same commit. Only on the thread that owns the clone.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pygit2
from pygit2.enums import SortMode

from headway.adapters.git.reading import find_commit, find_entry, known_commit
from headway.adapters.git.trees import write_edits
from headway.app.ports import Commit, MainCommit, NewCommit
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, TreeId
from headway.domain.trailers import parse_trailers

_AUTHOR = re.compile(r"([^<>\n\x00]*[^<>\n\x00\s]) <([^<>\n\x00]*)>")


def make_commits(
    repository: pygit2.Repository, parent: CommitId | None, commits: Sequence[NewCommit]
) -> tuple[CommitId, ...]:
    """Store commits one on top of the other and give their ids, in order.

    Raises:
        UsageError: `commit-unknown`, `author-malformed`, `message-malformed`, and what `write_edits` raises.
    """
    made: list[CommitId] = []
    tip = known_commit(repository, parent) if parent else None
    for commit in commits:
        _refuse_unwritable(commit.message)
        tree = write_edits(repository, tip.tree if tip else None, commit.edits)
        signature = _signature(commit.author, commit.at)
        parents: list[str | pygit2.Oid] = [tip.id] if tip else []
        oid = repository.create_commit(None, signature, signature, commit.message, tree, parents)
        tip = known_commit(repository, str(oid))
        made.append(CommitId(str(oid)))
    return tuple(made)


def read_history(
    repository: pygit2.Repository, tip: CommitId, since: CommitId | None, path: str
) -> Sequence[Commit]:
    """Give the commits touching `path` that `tip` reaches, `since` does not (None: all), oldest first.

    Raises:
        UsageError: `commit-unknown`.
    """
    known_commit(repository, tip)
    walker = repository.walk(pygit2.Oid(hex=tip), SortMode.TOPOLOGICAL | SortMode.REVERSE)
    if since and find_commit(repository, since):
        walker.hide(pygit2.Oid(hex=since))
    return [_describe(commit) for commit in walker if not path or _touches(commit, path)]


class MainLine:
    """The first-parent line of `main`; remembers positions, which never change for a commit."""

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}

    def read(
        self, repository: pygit2.Repository, since: CommitId | None, until: CommitId
    ) -> Sequence[MainCommit]:
        """Give the commits after `since` up to `until`, oldest first; all when `since` is not on the line.

        Raises:
            UsageError: `commit-unknown`.
        """
        tip = known_commit(repository, until)
        newer: list[pygit2.Commit] = []
        for commit in _first_parents(tip):
            if str(commit.id) == since:
                position = self._position(repository, commit) + 1
                return self._describe(newer, position)
            newer.append(commit)
        return self._describe(newer, 0)

    def _describe(self, newer: list[pygit2.Commit], position: int) -> Sequence[MainCommit]:
        line = []
        for number, commit in enumerate(reversed(newer), position):
            self._positions[str(commit.id)] = number
            line.append(MainCommit(commit=_describe(commit), position=number))
        return line

    def _position(self, repository: pygit2.Repository, commit: pygit2.Commit) -> int:
        passed: list[str] = []
        position = -1
        for older in _first_parents(known_commit(repository, str(commit.id))):
            if (remembered := self._positions.get(str(older.id))) is not None:
                position = remembered
                break
            passed.append(str(older.id))
        for position, name in enumerate(reversed(passed), position + 1):  # noqa: B020 - counts on from where it stood
            self._positions[name] = position
        return position


def _first_parents(tip: pygit2.Commit) -> Iterator[pygit2.Commit]:
    commit: pygit2.Commit | None = tip
    while commit is not None:
        yield commit
        commit = commit.parents[0] if commit.parent_ids else None


def _touches(commit: pygit2.Commit, path: str) -> bool:
    """Say whether what stands at `path` differs from every parent's, as `git log -- path` sees it."""
    own = find_entry(commit.tree, path)
    own_id = own.id if own is not None else None
    if not commit.parent_ids:
        return own_id is not None
    for parent in commit.parents:
        theirs = find_entry(parent.tree, path)
        if (theirs.id if theirs is not None else None) == own_id:
            return False
    return True


def _describe(commit: pygit2.Commit) -> Commit:
    message = _text(commit.raw_message)
    return Commit(
        id=CommitId(str(commit.id)),
        parents=tuple(CommitId(str(parent)) for parent in commit.parent_ids),
        tree=TreeId(str(commit.tree_id)),
        author=f"{_text(commit.author.raw_name)} <{_text(commit.author.raw_email)}>",
        committed_at=datetime.fromtimestamp(commit.commit_time, UTC),
        message=message,
        trailers=parse_trailers(message),
    )


def _text(raw: bytes | None) -> str:
    """Read what anybody may have written in any encoding: as UTF-8, with marks where it is none."""
    return (raw or b"").decode(errors="replace")


def _refuse_unwritable(message: str) -> None:
    if "\0" in message or (not message.isprintable() and any("\ud800" <= c <= "\udfff" for c in message)):
        raise UsageError(
            "message-malformed",
            "a commit's message cannot be written",
            why="it holds a zero byte or half a character",
            next_step="leave that out",
        )


def _signature(author: str, at: datetime) -> pygit2.Signature:
    matched = _AUTHOR.fullmatch(author)
    if matched is None:
        raise UsageError(
            "author-malformed",
            f"{author!r} cannot sign a commit",
            why="an author is a name and an address in angle brackets",
            next_step="write it like Ada Lovelace <ada@example.org>",
        )
    return pygit2.Signature(matched.group(1), matched.group(2), int(at.timestamp()), 0, "utf-8")
