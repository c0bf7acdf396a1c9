"""`estate.yaml` read and checked by itself: what needs no application to be known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headway.adapters.files.document import Document, load
from headway.adapters.files.estate_model import EnvironmentFile, EstateFile, WaveFile
from headway.adapters.files.gates import check_roles, gate_rules
from headway.adapters.files.validation import validate
from headway.app.standards.catalog import known_names
from headway.domain.estate import AdmitRule, Environment, Lane, ManifestsRepository, Wave
from headway.domain.estate.problems import EstateInvalid, Problem
from headway.domain.kubernetes_version import parse_kubernetes_version
from headway.domain.names import EnvironmentName, RepositoryName
from headway.domain.suggestion import suggest


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateParts:
    """All of an estate but its applications."""

    document: Document
    environments: Mapping[EnvironmentName, Environment]
    lanes: Mapping[str, Lane]
    roles: Mapping[str, tuple[str, ...]]
    repositories: Mapping[RepositoryName, ManifestsRepository]
    warnings: tuple[Problem, ...]
    standards: tuple[str, ...]


def read_estate_file(data: bytes, path: str) -> tuple[ManifestsRepository, ...]:
    """Give the manifests repositories that an `estate.yaml` lists: known before the rest can be read.

    Args:
        data: the file.
        path: its name for messages.

    Raises:
        EstateInvalid: the file is wrong, anywhere in it.
    """
    return tuple(read_estate_parts(data, path).repositories.values())


def read_estate_parts(data: bytes, path: str) -> EstateParts:
    """Read all that stands in `estate.yaml`.

    Raises:
        EstateInvalid: it is wrong; all mistakes are told.
    """
    document = load(data, path)
    file = validate(document, EstateFile)
    problems = [
        *_check_repositories(document, file),
        *_check_lanes(document, file),
        *_check_standards(document, file),
    ]
    if problems:
        raise EstateInvalid(tuple(problems))
    return EstateParts(
        document=document,
        environments={
            EnvironmentName(name): _environment(name, one) for name, one in file.environments.items()
        },
        lanes={
            name: Lane(name=name, waves=tuple(_wave(wave) for wave in waves))
            for name, waves in file.lanes.items()
        },
        roles={name: tuple(people) for name, people in file.roles.items()},
        repositories={
            RepositoryName(one.name): ManifestsRepository(name=RepositoryName(one.name), url=one.url)
            for one in file.manifests
        },
        warnings=tuple(_weigh_approvals(document, file)),
        standards=tuple(dict.fromkeys(file.standards.use)) if file.standards else (),
    )


def _environment(name: str, file: EnvironmentFile) -> Environment:
    engine = next(iter(file.engine.model_fields_set))
    return Environment(
        name=EnvironmentName(name),
        engine=engine,
        address=file.engine.argocd.url if file.engine.argocd else None,
        region=file.region,
        platform=file.platform,
        registries=dict(file.registries),
        kubernetes=parse_kubernetes_version(file.kubernetes) if file.kubernetes else None,
        production=file.production,
    )


def _wave(file: WaveFile) -> Wave:
    return Wave(
        name=file.wave,
        instances={name: EnvironmentName(environment) for name, environment in file.instances.items()},
        gates=gate_rules(file.gates),
        admit=AdmitRule(file.admit) if file.admit else None,
        waits_for_absent=file.wait,
        max_parallel=file.max_parallel,
        retries_a_day=file.after_rollback,
        deployment_timeout=file.deployment_timeout,
        verification_timeout=file.verification_timeout,
    )


def _check_standards(document: Document, file: EstateFile) -> Iterator[Problem]:
    if file.standards is None:
        return
    known = known_names()
    for index, name in enumerate(file.standards.use):
        if name not in known:
            why = f"no standard or group {name!r} comes with Headway"
            hint = suggest(name, known, "Leave it out")
            yield document.problem(("standards", "use", index), why, hint)


def _check_repositories(document: Document, file: EstateFile) -> Iterator[Problem]:
    for field in ("name", "url"):
        first: dict[str, int] = {}
        for index, one in enumerate(file.manifests):
            value = getattr(one, field)
            if value in first:
                line = document.line_of(("manifests", first[value]))
                why = f"a repository with this {field} is listed already, on line {line}"
                yield document.problem(("manifests", index, field), why, "List each repository once")
            first.setdefault(value, index)


def _check_lanes(document: Document, file: EstateFile) -> Iterator[Problem]:
    for lane, waves in file.lanes.items():
        seen_waves: dict[str, int] = {}
        seen_instances: dict[str, int] = {}
        for index, wave in enumerate(waves):
            path = ("lanes", lane, index)
            line = document.line_of((*path, "wave"))
            if wave.wave in seen_waves:
                why = f"lane {lane!r} has a wave {wave.wave!r} already, on line {seen_waves[wave.wave]}"
                yield document.problem((*path, "wave"), why, "Give each wave of a lane a name of its own")
            seen_waves.setdefault(wave.wave, line)
            for instance, environment in wave.instances.items():
                place = (*path, "instances", instance)
                if instance in seen_instances:
                    first = seen_instances[instance]
                    why = f"lane {lane!r} names instance {instance!r} twice, first on line {first}"
                    yield document.problem(place, why, "An instance stands in one wave: keep one of them")
                seen_instances.setdefault(instance, document.line_of(place))
                if environment not in file.environments:
                    why = f"there is no environment {environment!r}"
                    yield document.problem(place, why, suggest(environment, file.environments, "Add it"))
            roles = {name: tuple(people) for name, people in file.roles.items()}
            yield from check_roles(document, (*path, "gates"), wave.gates, roles)


def _weigh_approvals(document: Document, file: EstateFile) -> Iterator[Problem]:
    for lane, waves in file.lanes.items():
        for index, wave in enumerate(waves):
            approvals = wave.gates.approvals
            if approvals is None:
                continue
            people = {one for role in approvals.from_ for one in file.roles.get(role, [])}
            if len(people) < approvals.count:
                yield document.problem(
                    ("lanes", lane, index, "gates", "approvals"),
                    f"it asks for {approvals.count} people, and [{', '.join(approvals.from_)}] has "
                    f"{len(people)}: nothing can enter",
                    "Name more people under roles, or ask for fewer",
                )
