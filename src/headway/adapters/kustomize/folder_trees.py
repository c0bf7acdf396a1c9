"""A folder on somebody's desk, read as the renderer reads a commit.

Symlinks are not followed and hidden folders not read, so what is rendered is what a commit would hold.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from headway.domain.errors import UsageError
from headway.domain.names import CommitId, TreeId
from headway.domain.tree_path import not_followed, parse_tree_path

_MOST_BYTES = 16 << 20


class FolderTrees:
    """What a renderer reads, over a plain folder; every commit is the folder as it is."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:  # noqa: ARG002 - see the class
        """Give a fingerprint of what is at each path; None: nothing there."""
        return {path: self._id(path) for path in paths}

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:  # noqa: ARG002 - see the class
        """Give each file's bytes; None: nothing there, or not a regular file."""
        return {path: self._read(self._at(path)) for path in paths}

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:  # noqa: ARG002 - see the class
        """Give every file under a folder.

        Raises:
            UsageError: `path-outside`: a symlink stands in it.
        """
        folder = self._at(path)
        found: dict[str, bytes] = {}
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            inside = file.relative_to(folder)
            if inside.parts[0] == ".git":
                continue
            if file.is_symlink():
                raise not_followed(f"{path}/{inside}", "symbolic link")
            data = self._read(file)
            if data is not None:
                found[str(inside)] = data
        return found

    def _at(self, path: str) -> Path:
        return self._root.joinpath(*parse_tree_path(path))

    def _read(self, file: Path) -> bytes | None:
        if file.is_symlink() or not file.is_file():
            return None
        with file.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise UsageError(
                "manifests-too-large",
                f"{file.relative_to(self._root)}:1 holds more than manifests may",
                why=f"it is larger than {_MOST_BYTES} bytes",
                next_step="split it",
            )
        return data

    def _id(self, path: str) -> TreeId | None:
        place = self._at(path)
        if not place.exists():
            return None
        digest = hashlib.sha1(usedforsecurity=False)
        for file in sorted(place.rglob("*")) if place.is_dir() else (place,):
            if file.is_file() and not file.is_symlink():
                digest.update(f"{file.relative_to(place)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        return TreeId(digest.hexdigest())
