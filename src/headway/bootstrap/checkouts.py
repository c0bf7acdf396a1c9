"""Manifests repositories as they stand in folders of this machine, or at a commit of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headway.adapters.files import read_estate_file, tree_from_directory
from headway.adapters.git.local import LocalRepository
from headway.adapters.kustomize.folder_trees import FolderTrees
from headway.app.adoption.tree import Trees
from headway.app.sources import read_sources
from headway.domain.errors import UsageError
from headway.domain.estate.problems import EstateInvalid
from headway.domain.estate.sources import ESTATE_FILE, WAIVERS_FILE, SourceTree
from headway.domain.names import ArtifactName, CommitId, RepositoryName

DESK = CommitId("0" * 40)
"""Stands for "as it is in the folder"."""
_STANDARDS = "standards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """One manifests repository, as it stands in a folder or at a commit."""

    folder: Path
    trees: Trees
    commit: CommitId
    """`DESK`: as it is in the folder."""
    sources: SourceTree

    @property
    def repository(self) -> RepositoryName:
        """Give the name that the estate calls it by."""
        return self.sources.repository

    async def standards(self) -> Mapping[str, bytes]:
        """Read the platform's standards, by path; waivers are none.

        Raises:
            UsageError: `path-outside`, `manifests-too-large`.
        """
        found = await self.trees.read_folder(self.commit, _STANDARDS)
        paths = {f"{_STANDARDS}/{name}": data for name, data in found.items() if name.endswith(".yaml")}
        return {path: data for path, data in paths.items() if path != WAIVERS_FILE}

    async def files_of(self, artifact: ArtifactName) -> Mapping[str, bytes]:
        """Read an artifact's own files, by path; what cannot be read as a whole holds none."""
        folder = f"{artifact.application}/{artifact.artifact}"
        try:
            found = await self.trees.read_folder(self.commit, folder)
        except UsageError:
            return {}
        return {f"{folder}/{name}": data for name, data in found.items()}


Checkouts = Mapping[RepositoryName, Checkout]


async def open_checkouts(folders: Sequence[Path], revision: str | None) -> Checkouts:
    """Open folders as they stand, or at a revision.

    Raises:
        UsageError: `folder-missing`, `folder-no-repository`, `commit-unknown`.
    """
    if revision is None:
        found = [_on_the_desk(one) for one in folders]
    else:
        found = [await _at(one, LocalRepository(one), revision) for one in folders]
    return _named(found)


async def open_parted(folders: Sequence[Path], base: str, revision: str | None) -> Checkouts:
    """Open folders at the commit where what stands there, or a revision, parted from `base`.

    Raises:
        UsageError: `folder-no-repository`, `commit-unknown`.
    """
    found = []
    for folder in folders:
        repository = LocalRepository(folder)
        parted = repository.parted_from(base, repository.commit(revision or "HEAD"))
        found.append(await _at(folder, repository, parted))
    return _named(found)


def _on_the_desk(folder: Path) -> Checkout:
    return Checkout(
        folder=folder, trees=FolderTrees(folder), commit=DESK, sources=tree_from_directory(folder)
    )


async def _at(folder: Path, repository: LocalRepository, revision: str) -> Checkout:
    commit = repository.commit(revision)
    sources = await read_sources(repository, repository.name, commit)
    # Paths are told as they stand in the repository, where people mend them.
    sources = replace(sources, shown_as="")
    return Checkout(folder=folder, trees=repository, commit=commit, sources=sources)


def _named(found: Sequence[Checkout]) -> Checkouts:
    """Give each by its name in the estate: that of its folder, else of its remote, if that one is listed.

    A build server or a second work tree calls the folder as it likes.
    """
    listed = _listed(found)
    named = {}
    for one in found:
        name = one.repository
        if listed and name not in listed:
            called = _called(one.folder)
            if called in listed:
                name = RepositoryName(called)
        named[name] = replace(one, sources=replace(one.sources, repository=name))
    return named


def _listed(found: Sequence[Checkout]) -> frozenset[str]:
    """Give the names of the manifests repositories that an `estate.yaml` among them lists."""
    for one in found:
        data = one.sources.files.get(ESTATE_FILE)
        if data is not None:
            try:
                return frozenset(each.name for each in read_estate_file(data, ESTATE_FILE))
            except EstateInvalid:
                return frozenset()
    return frozenset()


def _called(folder: Path) -> str:
    try:
        return LocalRepository(folder).called or ""
    except UsageError:
        return ""
