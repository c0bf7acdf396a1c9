"""Writes trees: edits touch only the folders on their paths, whatever else the repository holds.

Invariant: the same tree and edits give the same tree id. Only on the thread that owns the clone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pygit2
from pygit2.enums import FileMode

from headway.domain.errors import UsageError
from headway.domain.names import TreeId
from headway.domain.tree_path import parse_tree_path


@dataclass(slots=True, kw_only=True)
class _Node:
    """The edits below one path."""

    is_set: bool = False
    value: bytes | TreeId | None = None
    children: "dict[str, _Node]" = field(default_factory=dict)


def write_edits(
    repository: pygit2.Repository, base: pygit2.Tree | None, edits: Mapping[str, bytes | TreeId | None]
) -> pygit2.Oid:
    """Store the tree that comes of `base` (None: empty) by these edits and give its id.

    An edit on a folder comes before those on paths inside it. A folder that becomes empty is gone, as in Git.

    Raises:
        UsageError: `path-outside`, `tree-unknown` (an edit names a tree that the clone does not have),
            `path-is-file` (an edit goes through what another edit makes a file).
    """
    root = _Node()
    for path, value in edits.items():
        node = root
        for name in parse_tree_path(path):
            node = node.children.setdefault(name, _Node())
        node.is_set, node.value = True, value
    written = _write(repository, base, root)
    return written[0] if written else repository.TreeBuilder().write()


def _write(
    repository: pygit2.Repository, base: pygit2.Tree | None, node: _Node
) -> tuple[pygit2.Oid, FileMode] | None:
    if node.is_set:
        if isinstance(node.value, bytes):
            if node.children:
                raise _is_file()
            return repository.create_blob(node.value), FileMode.BLOB
        given = _given(repository, node.value) if node.value is not None else None
        if not node.children:
            return given
        base = _as_tree(repository, given)
    builder = repository.TreeBuilder(base) if base is not None else repository.TreeBuilder()
    for name, child in node.children.items():
        _put(repository, builder, name, child, _below(base, name))
    return (builder.write(), FileMode.TREE) if len(builder) else None


def _put(
    repository: pygit2.Repository,
    builder: pygit2.TreeBuilder,
    name: str,
    child: _Node,
    below: pygit2.Object | None,
) -> None:
    tree = below if isinstance(below, pygit2.Tree) else None
    if not child.is_set and tree is None and not _adds(child):
        return
    written = _write(repository, tree, child)
    if written is not None:
        builder.insert(name, written[0], written[1])
    elif below is not None:
        builder.remove(name)


def _adds(node: _Node) -> bool:
    """Say whether an edit puts something there; removals below what is no folder are passed over."""
    return (node.is_set and node.value is not None) or any(_adds(child) for child in node.children.values())


def _below(base: pygit2.Tree | None, name: str) -> pygit2.Object | None:
    if base is None or name not in base:
        return None
    return base[name]


def _given(repository: pygit2.Repository, tree: TreeId) -> tuple[pygit2.Oid, FileMode]:
    try:
        found = repository[tree]
    except (KeyError, ValueError):
        raise UsageError(
            "tree-unknown",
            f"the clone has no tree {tree}",
            why="it was written into another clone, or the clone was made anew",
            next_step="write the folder again",
        ) from None
    return found.id, FileMode.TREE if isinstance(found, pygit2.Tree) else FileMode.BLOB


def _as_tree(repository: pygit2.Repository, given: tuple[pygit2.Oid, FileMode] | None) -> pygit2.Tree | None:
    if given is None:
        return None
    found = repository[given[0]]
    if not isinstance(found, pygit2.Tree):
        raise _is_file()
    return found


def _is_file() -> UsageError:
    return UsageError(
        "path-is-file",
        "an edit goes through a path that another edit makes a file",
        why="a path is a file or a folder, never both",
        next_step="name each path once",
    )
