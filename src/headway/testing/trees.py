"""Trees in memory: persistent, and with ids that follow from contents.

A folder's id is a hash over the sum of its entries' hashes, so that changing one of a thousand entries costs
one entry. That is no defence against somebody who looks for collisions; tests do not.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import immutables

from headway.domain.errors import UsageError
from headway.domain.names import TreeId
from headway.domain.tree_path import parse_tree_path

_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: its entries by name, and the sum of their hashes."""

    entries: "immutables.Map[str, Entry]"
    total: int

    @property
    def id(self) -> str:
        """The folder's id: 40 hexadecimal digits."""
        return hashlib.sha1(b"tree %d" % self.total, usedforsecurity=False).hexdigest()

    def put(self, name: str, entry: "Entry | None") -> "Folder":
        """Give the folder with one entry set, or without it (None); an empty folder counts as none."""
        before = self.entries.get(name)
        total = self.total - (_weight(name, before) if before is not None else 0)
        if entry is None or (isinstance(entry, Folder) and not entry.entries):
            entries = self.entries.delete(name) if before is not None else self.entries
            return Folder(entries, total % _MODULUS)
        return Folder(self.entries.set(name, entry), (total + _weight(name, entry)) % _MODULUS)


Entry = Folder | bytes
EMPTY = Folder(immutables.Map(), 0)


def content_id(entry: Entry) -> str:
    """Give the id of a folder or of a file's bytes."""
    if isinstance(entry, Folder):
        return entry.id
    return hashlib.sha1(b"blob " + entry, usedforsecurity=False).hexdigest()


def find(root: Folder, path: str) -> Entry | None:
    """Give what stands at a path, ``""`` being the root; None: nothing, or no tree can hold it."""
    try:
        names = parse_tree_path(path)
    except UsageError:
        return None
    entry: Entry | None = root
    for name in names:
        entry = entry.entries.get(name) if isinstance(entry, Folder) else None
    return entry


def files_below(folder: Folder, below: str = "") -> Iterator[tuple[str, bytes]]:
    """Give every file under a folder by its path, sorted."""
    for name, entry in sorted(folder.entries.items()):
        if isinstance(entry, Folder):
            yield from files_below(entry, f"{below}{name}/")
        else:
            yield below + name, entry


def apply_edits(
    root: Folder, edits: Mapping[str, bytes | TreeId | None], trees: Mapping[TreeId, Entry]
) -> Folder:
    """Give the folder that comes of edits; those on a folder come before those on paths inside it.

    Raises:
        UsageError: `path-outside`, `tree-unknown`, `path-is-file`.
    """
    for path in sorted(edits, key=lambda path: path.count("/")):
        names = parse_tree_path(path)
        value = edits[path]
        _refuse_inside_file(path, edits)
        entry = _entry(value, trees) if value is not None else None
        whole = entry if isinstance(entry, Folder) else EMPTY
        root = _set(root, names, entry) if names else whole
    return root


def _set(folder: Folder, names: tuple[str, ...], entry: Entry | None) -> Folder:
    name = names[0]
    if len(names) == 1:
        return folder.put(name, entry)
    below = folder.entries.get(name)
    if not isinstance(below, Folder):
        if entry is None:
            return folder
        below = EMPTY
    return folder.put(name, _set(below, names[1:], entry))


def _entry(value: bytes | TreeId, trees: Mapping[TreeId, Entry]) -> Entry:
    if isinstance(value, bytes):
        return value
    found = trees.get(value)
    if found is None:
        raise UsageError(
            "tree-unknown",
            f"the clone has no tree {value}",
            why="it was written into another clone, or the clone was made anew",
            next_step="write the folder again",
        )
    return found


def _refuse_inside_file(path: str, edits: Mapping[str, bytes | TreeId | None]) -> None:
    names = path.split("/")
    for depth in range(1, len(names)):
        if isinstance(edits.get("/".join(names[:depth])), bytes):
            raise UsageError(
                "path-is-file",
                "an edit goes through a path that another edit makes a file",
                why="a path is a file or a folder, never both",
                next_step="name each path once",
            )


def _weight(name: str, entry: Entry) -> int:
    digest = hashlib.sha256(f"{name}\0{isinstance(entry, Folder)}\0{content_id(entry)}".encode()).digest()
    return int.from_bytes(digest, "big")
