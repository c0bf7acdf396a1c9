"""Reads from a manifests repository what describes the estate."""

import posixpath
from collections.abc import Sequence

from headway.app.ports import CommitReader
from headway.domain.estate.sources import APPLICATION_FILE, ESTATE_FILE, WAIVERS_FILE, SourceTree
from headway.domain.names import CommitId, RepositoryName, is_label


async def read_sources(manifests: CommitReader, name: RepositoryName, commit: CommitId) -> SourceTree:
    """Read the part of a repository that describes the estate."""
    entries = await manifests.list_folder(commit, "")
    folders = [entry for entry in entries if entry.endswith("/")]
    paths = [ESTATE_FILE, WAIVERS_FILE, *(f"{folder}{APPLICATION_FILE}" for folder in folders)]
    files = {
        path: data for path, data in (await manifests.read_files(commit, paths)).items() if data is not None
    }
    found: set[str] = set()
    odd = {ESTATE_FILE} if ESTATE_FILE not in files and ESTATE_FILE in entries else set()
    for folder in folders:
        within = await manifests.list_folder(commit, folder.rstrip("/"))
        if WAIVERS_FILE not in files and WAIVERS_FILE in {f"{folder}{one}" for one in within}:
            odd.add(WAIVERS_FILE)
        if f"{folder}{APPLICATION_FILE}" not in files:
            odd |= {f"{folder}{APPLICATION_FILE}"} if APPLICATION_FILE in within else set()
            continue
        for artifact in within:
            if not artifact.endswith("/"):
                continue
            found.add(f"{folder}{artifact.rstrip('/')}")
            overlays = f"{folder}{artifact}overlays"
            found |= {
                f"{overlays}/{overlay.rstrip('/')}"
                for overlay in await manifests.list_folder(commit, overlays)
                if overlay.endswith("/")
            }
    odd |= await _linked_applications(manifests, commit, [one for one in entries if not one.endswith("/")])
    return SourceTree(
        repository=name,
        commit=commit,
        files=files,
        folders=frozenset(found),
        odd_files=frozenset(odd),
    )


async def _linked_applications(
    manifests: CommitReader, commit: CommitId, names: Sequence[str]
) -> frozenset[str]:
    """Give the files of applications whose folder is only a link to where they stand: they are not read."""
    odd = set()
    links = await manifests.read_links(commit, [one for one in names if is_label(one)])
    for name, target in links.items():
        place = posixpath.normpath(target) if target is not None else ""
        if place and APPLICATION_FILE in await manifests.list_folder(commit, place):
            odd.add(f"{name}/{APPLICATION_FILE}")
    return frozenset(odd)
