"""Adopt: what `main` and the environment branches would need so that Headway goes on with what runs.

Nothing is written here. What could not be asked is an error, never an absence.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from headway.app.adoption.locks import FirstLock, first_lock
from headway.app.adoption.proposal import Around, parts_in, propose
from headway.app.adoption.survey import Survey, survey
from headway.app.adoption.tree import Trees, WithFiles
from headway.app.adoption.unread import unread_overlays
from headway.app.ports import Renderer
from headway.app.ports.live import LiveEnvironment
from headway.domain.errors import UsageError
from headway.domain.estate import Estate
from headway.domain.estate.sources import SourceTree
from headway.domain.names import CommitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The repository that is adopted, as it is looked at."""

    trees: Trees
    commit: CommitId
    sources: SourceTree
    open_renderer: Callable[[Trees], Renderer]
    read_estate: Callable[[SourceTree], Estate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An application that several images share and that is not split."""

    application: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """All that was found, and what it would become."""

    estate: Estate | None
    """With what is proposed; None: nothing can be adopted, so nothing is proposed."""
    locks: tuple[FirstLock, ...]
    files: Mapping[str, bytes]
    """What `main` does not have yet, by path."""
    there: tuple[str, ...]
    """Files that `main` has already, and keeps as they are."""
    kept: tuple[Kept, ...]
    survey: Survey
    unread: tuple[str, ...] = ()
    """Folders beside the overlays that were found which no Application reads, as far as the accounts see."""

    @property
    def refused(self) -> tuple[UsageError, ...]:
        """Give why Applications or instances cannot be adopted."""
        return (*self.survey.refused, *(one.problem for one in self.locks if one.problem))


async def adopt(repository: Repository, environments: Sequence[LiveEnvironment], around: Around) -> Adoption:
    """Look at what runs of a repository and work out what it would become.

    Raises:
        Transient: `engine-away`, `engine-denied`, `renderer-away`.
        UsageError: `adopt-nothing-found`, `adopt-order-unknown`, `adopt-instance-twice`.
        EstateInvalid: the files that are there, or the proposed ones, do not hold together.
    """
    seen = await survey(environments, around.url, around.repository, repository.trees, repository.commit)
    if not seen.found:
        return Adoption(estate=None, locks=(), files={}, there=(), kept=(), survey=seen)
    names = [one.name for one in environments]
    unread = await unread_overlays(seen, around.repository, repository.trees, repository.commit, names)
    return replace(await _split(repository, seen, around), unread=unread)


async def _split(repository: Repository, seen: Survey, around: Around) -> Adoption:
    """Split what several images share, where that renders the same."""
    apart = await _worked_out(repository, seen, around, whole=())
    shared = {one.instance.application for one in seen.found if len(parts_in(one, whole=())) > 1}
    if not shared or not apart.files:
        return apart
    whole = await _worked_out(repository, seen, around, whole=tuple(shared))
    reasons = {name: _why_not_apart(name, apart, whole) for name in sorted(shared)}
    kept = tuple(Kept(application=name, why=why) for name, why in reasons.items() if why)
    if not kept:
        return apart
    chosen = await _worked_out(repository, seen, around, whole=[one.application for one in kept])
    return replace(chosen, kept=kept)


async def _worked_out(
    repository: Repository, seen: Survey, around: Around, *, whole: Sequence[str]
) -> Adoption:
    proposed = propose(seen.found, around, whole=whole)
    there = await repository.trees.read_files(repository.commit, sorted(proposed))
    files = {path: data for path, data in proposed.items() if there[path] is None}
    estate = repository.read_estate(_with(repository.sources, files))
    renderer = repository.open_renderer(WithFiles(repository.trees, files))
    locks = await asyncio.gather(
        *(first_lock(estate, one, renderer, repository.commit) for one in seen.found)
    )
    return Adoption(
        estate=estate,
        locks=tuple(sorted(locks, key=lambda one: _place(estate, one))),
        files=files,
        there=tuple(path for path in proposed if path not in files),
        kept=(),
        survey=seen,
    )


def _place(estate: Estate, one: FirstLock) -> tuple[str, int]:
    """Give the place of an instance in its application's lane; one that is not in it comes last."""
    name = one.found.instance.application
    known = estate.instances(name) if name in estate.applications else ()
    return name, known.index(one.found.instance) if one.found.instance in known else len(known)


def _with(sources: SourceTree, files: Mapping[str, bytes]) -> SourceTree:
    """Give the part of a repository that describes the estate, with more files."""
    described = {path: data for path, data in files.items() if path.count("/") <= 1}
    folders = set(sources.folders)
    for path in files:
        parts = path.split("/")
        folders |= {"/".join(parts[:2])} if len(parts) > 2 else set()
        folders |= {"/".join(parts[:4])} if len(parts) > 4 else set()
    return replace(sources, files={**sources.files, **described}, folders=frozenset(folders))


def _why_not_apart(application: str, apart: Adoption, whole: Adoption) -> str | None:
    """Say why an application's folder is not split by image; None: split, it renders what it does whole."""
    together = {one.found.instance: one for one in whole.locks}
    for one in apart.locks:
        if one.found.instance.application != application:
            continue
        if one.problem is not None:
            return f"{one.found.instance}: {one.problem.what}: {one.problem.why}"
        known = set(together[one.found.instance].differences)
        for difference in one.differences:
            if difference not in known:
                return f"{one.found.instance}: split, it would change {difference}"
    return None
