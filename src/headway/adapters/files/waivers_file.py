"""`standards/waivers.yaml` read and checked, by itself and against the estate that it belongs to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from headway.adapters.files.document import Document, load
from headway.adapters.files.validation import validate
from headway.adapters.files.waivers_model import WaiverFile, WaiversFile
from headway.domain.estate.application import Application
from headway.domain.estate.estate import Estate
from headway.domain.estate.problems import EstateInvalid, Problem
from headway.domain.estate.sources import ESTATE_FILE, WAIVERS_FILE, SourceTree
from headway.domain.standards.waiver import Scope, Waiver
from headway.domain.suggestion import suggest


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverParts:
    """The waivers of an estate, and the file that they stand in."""

    document: Document | None = None
    """None: there is no such file, so there are no waivers."""
    waivers: tuple[Waiver, ...] = ()


def read_waivers(trees: Iterable[SourceTree]) -> WaiverParts:
    """Read the waivers of an estate.

    Raises:
        EstateInvalid: the file is wrong, all mistakes are told; or it stands where no estate is.
    """
    parts = WaiverParts()
    problems: list[Problem] = []
    for tree in trees:
        if (data := tree.files.get(WAIVERS_FILE)) is None:
            continue
        document = load(data, tree.show(WAIVERS_FILE))
        if ESTATE_FILE not in {*tree.files, *tree.odd_files}:
            why = f"there is no {ESTATE_FILE} in this repository, and waivers stand beside it"
            problems.append(document.problem((), why, "Move them there"))
            continue
        file = validate(document, WaiversFile)
        problems += _twice(document, file)
        parts = WaiverParts(document=document, waivers=tuple(_waiver(one) for one in file.waivers))
    if problems:
        raise EstateInvalid(tuple(problems))
    return parts


def weigh_waivers(parts: WaiverParts, estate: Estate) -> Iterator[Problem]:
    """Tell of waivers that name what is not there: they let nothing through, and hide a misspelling."""
    if parts.document is None:
        return
    for index, waiver in enumerate(parts.waivers):
        path = ("waivers", index, "scope")
        scope = waiver.scope
        applications = _matching(scope.application, estate.applications)
        if not applications:
            hint = suggest(scope.application, estate.applications, "Take the waiver out")
            why = f"there is no application {scope.application!r}: it lets nothing through"
            yield parts.document.problem((*path, "application"), why, hint)
            continue
        for what, name, known in (
            ("artifact", scope.artifact, {one for app in applications for one in app.artifacts}),
            ("instance", scope.instance, _instances(applications, estate)),
        ):
            if not _matches(name, known):
                why = f"there is no {what} {name!r}: it lets nothing through"
                yield parts.document.problem((*path, what), why, suggest(name, known, "Take the waiver out"))


def _waiver(file: WaiverFile) -> Waiver:
    scope = file.scope
    return Waiver(
        rule=file.rule,
        scope=Scope(
            application=scope.application,
            artifact=scope.artifact,
            instance=scope.instance,
            kind=scope.kind,
            name=scope.name,
        ),
        owner=file.owner,
        reason=file.reason,
        ends=file.ends,
    )


def _twice(document: Document, file: WaiversFile) -> Iterator[Problem]:
    first: dict[tuple[str, Scope], int] = {}
    for index, one in enumerate(map(_waiver, file.waivers)):
        key = (one.rule, one.scope)
        if key in first:
            line = document.line_of(("waivers", first[key]))
            why = f"the same rule is waived for the same scope on line {line}"
            yield document.problem(("waivers", index), why, "Keep the one that ends when it should")
        first.setdefault(key, index)


def _instances(applications: Iterable[Application], estate: Estate) -> set[str]:
    return {one.instance for app in applications for one in estate.instances(app.name)}


def _matching(pattern: str, applications: Mapping[str, Application]) -> list[Application]:
    return [one for name, one in applications.items() if _matches(pattern, {name})]


def _matches(pattern: str, names: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)
