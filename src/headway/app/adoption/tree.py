"""A repository as it is, and as it would be with more files; and what an overlay reaches in it."""

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from typing import Protocol

from headway.app.bounded_yaml import read_documents
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, TreeId

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_FOLDERS = ("resources", "bases", "components", "generators", "transformers", "validators")
_MOST_FOLDERS = 1000


class Trees(Protocol):
    """What is read of a repository; `Manifests` does it, and a folder on somebody's desk."""

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """See `Manifests.tree_ids`."""
        ...

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `Manifests.read_files`."""
        ...

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """See `Manifests.read_folder`."""
        ...


class WithFiles:
    """A repository with more files (`Trees`): as a commit that nobody made yet."""

    def __init__(self, trees: Trees, files: Mapping[str, bytes]) -> None:
        self._trees = trees
        self._files = files

    async def tree_ids(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, TreeId | None]:
        """See `Trees`; the ids are no Git trees, but differ where contents do."""
        found = dict(await self._trees.tree_ids(commit, paths))
        for path in paths:
            added = {name: data for name, data in self._files.items() if name.startswith(f"{path}/")}
            if added or path in self._files:
                text = repr((found[path], sorted(added.items()), self._files.get(path)))
                found[path] = TreeId(hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())
        return found

    async def read_files(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """See `Trees`."""
        found = dict(await self._trees.read_files(commit, paths))
        return found | {path: self._files[path] for path in paths if path in self._files}

    async def read_folder(self, commit: CommitId, path: str) -> Mapping[str, bytes]:
        """See `Trees`."""
        below = {
            name.removeprefix(f"{path}/"): data
            for name, data in self._files.items()
            if name.startswith(f"{path}/")
        }
        return {**await self._trees.read_folder(commit, path), **below}


async def reached_folders(trees: Trees, commit: CommitId, overlay: str) -> tuple[str, ...]:
    """Give every folder that an overlay is made of, itself first; what is remote or missing is passed over.

    Raises:
        UsageError: `overlay-missing`: it is no folder of Kustomize; `path-outside`: it is the repository's
            root, or reaches out of the repository; `yaml-malformed`.
    """
    found: list[str] = []
    waiting = [overlay]
    while waiting and len(found) < _MOST_FOLDERS:
        folder = waiting.pop(0)
        if folder in found:
            continue
        named = await _kustomization(trees, commit, folder)
        if named is None:
            if folder == overlay:
                raise _no_overlay(overlay)
            continue
        found.append(folder)
        file, data = named
        for text in _texts(file, data):
            path = posixpath.normpath(posixpath.join(folder, text))
            if path == "." or path.startswith("../") or path == "..":
                raise _outside(file, text)
            waiting.append(path)
    return tuple(found)


async def _kustomization(trees: Trees, commit: CommitId, folder: str) -> tuple[str, bytes] | None:
    paths = [f"{folder}/{name}" for name in KUSTOMIZATIONS]
    files = await trees.read_files(commit, paths)
    return next(((path, data) for path in paths if (data := files[path]) is not None), None)


def _texts(file: str, data: bytes) -> list[str]:
    texts: list[str] = []
    for document in read_documents(data, file):
        root = document.value if isinstance(document.value, dict) else {}
        for field in _FOLDERS:
            listed = root.get(field)
            texts += [one for one in listed if _is_path(one)] if isinstance(listed, list) else []
    return texts


def _is_path(text: object) -> bool:
    return (
        isinstance(text, str)
        and "\n" not in text
        and "://" not in text
        and not text.endswith((".yaml", ".yml"))
    )


def shared_paths(reached: Sequence[str], overlays: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Give the folders that an artifact declares to share: few, and none that others' overlays stand in.

    Args:
        reached: all folders that its overlays are made of.
        overlays: the overlays' own.
        others: the overlays of other applications.
    """
    wanted = set(reached)
    for overlay in overlays:
        above = posixpath.dirname(overlay)
        # The folder around all its overlays brings those that are yet to come, if it holds nobody else's.
        if above and not any(f"{one}/".startswith(f"{above}/") for one in others):
            wanted.add(above)
    return tuple(sorted(path for path in wanted if not any(path.startswith(f"{other}/") for other in wanted)))


def _no_overlay(overlay: str) -> UsageError:
    return UsageError(
        "overlay-missing",
        f"{overlay} holds no kustomization",
        why="only folders of Kustomize can be adopted",
        next_step=f"write {overlay}/kustomization.yaml that lists its files, commit it, and look again",
    )


def _outside(file: str, text: str) -> UsageError:
    return UsageError(
        "path-outside",
        f"{file} reads {text!r}",
        why="that is the repository's root, or outside of it",
        next_step="put what it reads into a folder of the repository",
    )
