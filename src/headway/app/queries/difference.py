"""What differs between two moments of an instance, or between two instances: manifests as reviewed."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headway.app.desk import Desk
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, InstanceName, parse_commit

MOST_LINES = 4000
"""Shown in all; what is cut is said."""
_MOST_BYTES = 512 * 1024
"""Of one file: beyond it only that it differs is said."""
_AROUND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instance at a commit of its environment's branch."""

    instance: InstanceName
    commit: CommitId | None
    """None: it has no lock yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a difference."""

    kind: str
    """``same``, ``left``, ``right`` or ``place``."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDifference:
    """One file of an artifact's manifests."""

    artifact: str
    name: str
    kind: str
    """``changed``, ``only left`` or ``only right``."""
    lines: tuple[Line, ...]
    cut: bool
    """Whether there is more than is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that differs."""

    left: Moment
    right: Moment
    files: tuple[FileDifference, ...]
    same: int
    """How many files are the same."""


def moment(desk: Desk, instance: InstanceName, commit: str | None) -> Moment:
    """Give an instance now, or at a commit.

    Raises:
        UsageError: `commit-malformed`.
    """
    if commit is not None:
        return Moment(instance=instance, commit=parse_commit(commit))
    return Moment(instance=instance, commit=desk.situation.instance(instance).commit)


async def difference(desk: Desk, left: Moment, right: Moment, artifact: str | None = None) -> Difference:
    """Compare the manifests of two moments, of one artifact or of all.

    Raises:
        UsageError: `commit-unknown`: the branch's history does not hold it.
    """
    mine, theirs = await manifests_at(desk, left), await manifests_at(desk, right)
    names = sorted(name for name in {*mine, *theirs} if artifact in (None, name.partition("/")[0]))
    differing = [name for name in names if mine.get(name) != theirs.get(name)]
    budget = MOST_LINES
    files = []
    for name in differing:
        found = _file(name, mine.get(name), theirs.get(name), budget)
        budget -= len(found.lines)
        files.append(found)
    return Difference(left=left, right=right, files=tuple(files), same=len(names) - len(differing))


async def manifests_at(desk: Desk, at: Moment) -> Mapping[str, bytes]:
    """Give every file of an instance's manifests at a moment, by artifact and name; none without a lock.

    Raises:
        UsageError: `commit-unknown`.
    """
    if at.commit is None:
        return {}
    manifests, _ = desk.repository_of(at.instance)
    folder = f"{at.instance.application}/{at.instance.instance}"
    try:
        ids = await manifests.tree_ids(at.commit, [folder])
    except (KeyError, ValueError) as error:
        raise _unknown(at) from error
    if ids[folder] is None:
        raise _unknown(at)
    return await manifests.read_folder(at.commit, f"{folder}/manifests")


def _unknown(at: Moment) -> UsageError:
    return UsageError(
        "commit-unknown",
        f"nothing of {at.instance} is known at {at.commit}",
        why="its environment's branch does not hold that commit, or the instance was not there yet",
        next_step="choose a moment from the instance's history",
    )


def _file(name: str, left: bytes | None, right: bytes | None, budget: int) -> FileDifference:
    kind = "only right" if left is None else "only left" if right is None else "changed"
    lines = list(_lines(left or b"", right or b""))
    artifact, _, file = name.partition("/")
    shown = tuple(lines[: max(0, budget)])
    return FileDifference(artifact=artifact, name=file, kind=kind, lines=shown, cut=len(shown) < len(lines))


def _lines(left: bytes, right: bytes) -> Iterator[Line]:
    if max(len(left), len(right)) > _MOST_BYTES:
        yield Line(kind="place", text="too large to be compared line by line")
        return
    mine, theirs = (one.decode("utf-8", "replace").splitlines() for one in (left, right))
    kinds = {"+": "right", "-": "left", " ": "same", "@": "place"}
    for line in difflib.unified_diff(mine, theirs, n=_AROUND, lineterm=""):
        if not line.startswith(("--- ", "+++ ")) or line.startswith(("--- -", "+++ +")):
            yield Line(kind=kinds.get(line[:1], "same"), text=line if line.startswith("@") else line[1:])
