"""Reads a whole estate from its source trees: pure, and everything that is wrong is told at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from headway.adapters.files.application_file import ApplicationParts, read_application_parts
from headway.adapters.files.cross_checks import (
    check_folders,
    check_lane,
    check_needs,
    weigh_folders,
    weigh_needs,
)
from headway.adapters.files.estate_file import EstateParts, read_estate_parts
from headway.adapters.files.waivers_file import WaiverParts, read_waivers, weigh_waivers
from headway.domain.estate import Estate
from headway.domain.estate.problems import EstateInvalid, Problem
from headway.domain.estate.sources import APPLICATION_FILE, ESTATE_FILE, EstateRead, SourceTree
from headway.domain.names import RepositoryName
from headway.domain.suggestion import suggest

Folders = defaultdict[tuple[RepositoryName, str], set[str]]
"""By repository and application, the folders that are there."""


def read_estate(sources: Mapping[RepositoryName, SourceTree], *, partial: bool = False) -> EstateRead:
    """Read and cross-check an estate.

    Args:
        sources: one tree for each manifests repository; `estate.yaml` stands in exactly one of them.
        partial: on a desk, repositories may be away; then what is needed from them is not checked, and a
            warning says so. A service always reads all.

    Returns:
        The estate, and what is odd about it.

    Raises:
        EstateInvalid: anything is wrong in any file; all mistakes that could be found are told.
    """
    applications, problems = _read_applications(sources)
    problems += _odd_files(sources.values())
    waivers, mistakes = _read_waivers(sources.values())
    problems += mistakes
    folders = _folders(sources.values())
    try:
        estate = _read_estate(sources)
    except EstateInvalid as error:
        raise EstateInvalid((*error.problems, *problems)) from error
    problems += _check_sources(sources, estate, partial=partial)
    for parts in applications.values():
        problems += check_lane(parts, estate)
        problems += check_folders(parts, folders[parts.application.repository, parts.application.name])
    complete = set(estate.repositories) <= set(sources)
    known = {name for _, name, _ in _application_files(sources.values())}
    problems += check_needs(applications, known if complete else None)
    if problems:
        raise EstateInvalid(tuple(problems))
    read = Estate(
        environments=estate.environments,
        lanes=estate.lanes,
        roles=estate.roles,
        repositories=estate.repositories,
        applications={name: one.application for name, one in sorted(applications.items())},
        standards=estate.standards,
        waivers=waivers.waivers,
    )
    warnings = [*_weigh(sources, estate, applications, folders)]
    warnings += weigh_waivers(waivers, read) if complete else ()
    return EstateRead(estate=read, warnings=tuple(warnings))


def _read_applications(
    sources: Mapping[RepositoryName, SourceTree],
) -> tuple[dict[str, ApplicationParts], list[Problem]]:
    applications: dict[str, ApplicationParts] = {}
    problems: list[Problem] = []
    for tree, name, data in _application_files(sources.values()):
        path = tree.show(f"{name}/{APPLICATION_FILE}")
        try:
            parts = read_application_parts(data, path, name, tree.repository)
        except EstateInvalid as error:
            problems += error.problems
            continue
        if name in applications:
            why = f"there is an application {name!r} already, in {applications[name].document.file}"
            hint = "An application stands in one repository: keep one"
            problems.append(parts.document.problem((), why, hint))
        applications.setdefault(name, parts)
    return applications, problems


def _read_waivers(trees: Iterable[SourceTree]) -> tuple[WaiverParts, tuple[Problem, ...]]:
    try:
        return read_waivers(trees), ()
    except EstateInvalid as error:
        return WaiverParts(), error.problems


def _odd_files(trees: Iterable[SourceTree]) -> Iterator[Problem]:
    for tree in trees:
        for path in sorted(tree.odd_files):
            folder, _, file = path.rpartition("/")
            yield Problem(
                file=tree.show(path),
                line=1,
                field="",
                why="it is a symbolic link, or in a folder that is one, and links are not followed",
                suggestion=f"Put the {'folder and its ' if folder else ''}file {file} itself there",
                application=folder if file == APPLICATION_FILE else None,
            )


def _read_estate(sources: Mapping[RepositoryName, SourceTree]) -> EstateParts:
    having = [tree for tree in sources.values() if ESTATE_FILE in tree.files]
    if len(having) == 1:
        return read_estate_parts(having[0].files[ESTATE_FILE], having[0].show(ESTATE_FILE))
    if not having and any(ESTATE_FILE in tree.odd_files for tree in sources.values()):
        raise EstateInvalid(tuple(_odd_files(sources.values())))
    if not having:
        where = next(iter(sources.values()), None)
        file = where.show(ESTATE_FILE) if where else ESTATE_FILE
        why = "there is none, in any of the repositories"
        hint = "`headway init` writes one to begin with"
        raise EstateInvalid((Problem(file=file, line=1, field="", why=why, suggestion=hint),))
    first = having[0].show(ESTATE_FILE)
    raise EstateInvalid(
        tuple(
            Problem(
                file=tree.show(ESTATE_FILE),
                line=1,
                field="",
                why=f"there is one already, {first}",
                suggestion="An estate stands in one repository: keep one",
            )
            for tree in having[1:]
        )
    )


def _check_sources(
    sources: Mapping[RepositoryName, SourceTree], estate: EstateParts, *, partial: bool
) -> Iterator[Problem]:
    for name in sources:
        if name not in estate.repositories:
            hint = suggest(name, estate.repositories, "Add it to manifests:")
            yield estate.document.problem(("manifests",), f"the repository {name!r} is not listed", hint)
    for index, name in enumerate(estate.repositories):
        if name not in sources and not partial:
            yield estate.document.problem(
                ("manifests", index), f"the repository {name!r} was not read", "Fetch it, then read again"
            )


def _folders(trees: Iterable[SourceTree]) -> Folders:
    folders: Folders = defaultdict(set)
    for tree in trees:
        for path in tree.folders:
            folders[tree.repository, path.partition("/")[0]].add(path)
    return folders


def _application_files(trees: Iterable[SourceTree]) -> Iterator[tuple[SourceTree, str, bytes]]:
    for tree in trees:
        for path, data in sorted(tree.files.items()):
            folder, _, file = path.partition("/")
            if file == APPLICATION_FILE:
                yield tree, folder, data


def _weigh(
    sources: Mapping[RepositoryName, SourceTree],
    estate: EstateParts,
    applications: Mapping[str, ApplicationParts],
    folders: Folders,
) -> Iterator[Problem]:
    yield from estate.warnings
    for index, name in enumerate(estate.repositories):
        if name not in sources:
            why = f"the repository {name!r} is not at hand: what is needed from it was not checked"
            yield estate.document.problem(("manifests", index), why, "Name its folder too")
    for parts in applications.values():
        own = folders[parts.application.repository, parts.application.name]
        yield from weigh_folders(parts, own, estate.lanes[parts.file.lane])
    yield from weigh_needs(applications, estate.lanes)
