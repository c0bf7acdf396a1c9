"""`application.yaml` read and checked by itself: what needs neither the estate nor other applications."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from headway.adapters.files.application_model import ApplicationFile, ArtifactFile, CheckFile, ParityFile
from headway.adapters.files.document import Document, load
from headway.adapters.files.gates import gate_rules
from headway.adapters.files.validation import validate
from headway.domain.checks import Check, HttpCheck, JobCheck, SteadyCheck
from headway.domain.errors import UsageError
from headway.domain.estate import Application, Artifact, ImageSource
from headway.domain.estate.problems import EstateInvalid, Problem
from headway.domain.field_path import FieldPath
from headway.domain.names import ArtifactName, RepositoryName, is_label
from headway.domain.standards.parity import DeclaredDifference
from headway.domain.suggestion import suggest

_CHECK_TIMEOUT = timedelta(minutes=5)
_REMEMBERED = 2048
"""A commit changes few files, and the whole estate is read again after each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationParts:
    """An application, and the file that it stands in."""

    document: Document
    file: ApplicationFile
    application: Application


def read_application(data: bytes, path: str, name: str, repository: RepositoryName) -> Application:
    """Read one `application.yaml` alone, as it stands at some configuration commit.

    Its checks, shared paths and image paths can be relied on; that its lane, instances and needs exist is
    not checked: those count at the tip of `main`, see `read_estate`.

    Args:
        data: the file.
        path: its name for messages.
        name: the application's: its folder.
        repository: the manifests repository that holds it.

    Raises:
        EstateInvalid: it is wrong; all mistakes are told.
    """
    return read_application_parts(data, path, name, repository).application


@lru_cache(maxsize=_REMEMBERED)
def read_application_parts(data: bytes, path: str, name: str, repository: RepositoryName) -> ApplicationParts:
    """Read one `application.yaml` and keep its lines; the same bytes are read once.

    Raises:
        EstateInvalid: it is wrong; all mistakes are told.
    """
    document = load(data, path, name)
    if not is_label(name):
        why = f"its folder {name[:80]!r} is no application's name"
        problem = document.problem((), why, "Name it with lower-case letters, digits and dashes, 63 at most")
        raise EstateInvalid((problem,))
    file = validate(document, ApplicationFile)
    if problems := tuple(_check(document, file, name)):
        raise EstateInvalid(problems)
    application = Application(
        name=name,
        repository=repository,
        lane=file.lane,
        artifacts={one: _artifact(ArtifactName(name, one), entry) for one, entry in file.artifacts.items()},
        leaves_out=tuple(file.leave_out),
        needs=tuple(file.needs),
        checks=tuple(_check_of(one) for one in file.checks),
        tightened={wave: gate_rules(gates) for wave, gates in file.gates.items()},
        namespaces=dict(file.namespaces),
        parity=tuple(_difference(one) for one in file.parity),
        owner=file.owner,
    )
    return ApplicationParts(document=document, file=file, application=application)


def _artifact(name: ArtifactName, file: ArtifactFile) -> Artifact:
    image = file.image
    return Artifact(
        name=name,
        image=ImageSource(
            repository=image.repository,
            source=image.source,
            semver=image.versions.semver if image.versions else None,
        )
        if image
        else None,
        shares=tuple(file.share),
        image_paths=tuple(file.image_paths),
        one_image_at_a_time=file.one_image_at_a_time,
    )


def _difference(file: ParityFile) -> DeclaredDifference:
    return DeclaredDifference(
        path=file.path or "",
        kind=file.kind,
        name=file.name,
        artifacts=tuple(file.artifacts),
        reason=file.reason,
    )


def _check_of(file: CheckFile) -> Check:
    timeout = file.timeout or _CHECK_TIMEOUT + (file.steady.for_ if file.steady else timedelta(0))
    return Check(
        name=file.name,
        run=_run(file),
        artifacts=tuple(file.artifacts),
        waves=tuple(file.waves),
        timeout=timeout,
    )


def _run(file: CheckFile) -> HttpCheck | JobCheck | SteadyCheck:
    if file.http:
        http = file.http
        return HttpCheck(
            service=http.service,
            path=http.path,
            expect=http.expect,
            contains=http.contains,
            port=http.port,
        )
    if file.job:
        job = file.job
        return JobCheck(image=job.image, command=tuple(job.command), environment=tuple(job.env.items()))
    if file.steady:
        return SteadyCheck(lasts=file.steady.for_)
    raise UsageError(
        "estate-invalid", f"check {file.name}", why="it does nothing", next_step="Add http, job or steady"
    )


def _check(document: Document, file: ApplicationFile, name: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, check in enumerate(file.checks):
        line = document.line_of(("checks", index, "name"))
        if check.name in first:
            why = f"a check {check.name!r} is there already, on line {first[check.name]}"
            yield document.problem(("checks", index, "name"), why, "Give each check a name of its own")
        first.setdefault(check.name, line)
        yield from _unknown_artifacts(document, file, ("checks", index), check.artifacts)
    for index, difference in enumerate(file.parity):
        yield from _unknown_artifacts(document, file, ("parity", index), difference.artifacts)
    for at, need in enumerate(file.needs):
        if need == name:
            yield document.problem(("needs", at), "an application cannot need itself", "Take it out")
    for artifact, entry in file.artifacts.items():
        for at, share in enumerate(entry.share):
            folder = f"{name}/{artifact}"
            if share == folder or share.startswith(f"{folder}/"):
                yield document.problem(
                    ("artifacts", artifact, "share", at),
                    "the artifact's own folder is always read",
                    "Take it out: only paths outside it are shared",
                )


def _unknown_artifacts(
    document: Document, file: ApplicationFile, path: FieldPath, named: Sequence[str]
) -> Iterator[Problem]:
    for at, artifact in enumerate(named):
        if artifact not in file.artifacts:
            yield document.problem(
                (*path, "artifacts", at),
                f"there is no artifact {artifact!r}",
                suggest(artifact, file.artifacts, "Add it"),
            )
