"""Whether what an application names is there: its lane and waves, its folders, what it needs."""

from collections.abc import Collection, Iterator, Mapping

from headway.adapters.files.application_file import ApplicationParts
from headway.adapters.files.estate_file import EstateParts
from headway.adapters.files.gates import check_roles, looser
from headway.domain.estate import Lane
from headway.domain.estate.problems import Problem
from headway.domain.suggestion import suggest

_LONGEST_NAMESPACE = 63
"""Kubernetes' limit; a namespace is named `<application>-<instance>`."""


def check_lane(parts: ApplicationParts, estate: EstateParts) -> Iterator[Problem]:
    """Tell of a lane, instances, waves and roles that are not in the estate, and of gates that loosen."""
    document, file = parts.document, parts.file
    lane = estate.lanes.get(file.lane)
    if lane is None:
        hint = suggest(file.lane, estate.lanes, "Ask the platform team for a lane")
        yield document.problem(("lane",), f"the estate has no lane {file.lane!r}", hint)
        return
    waves = {wave.name: wave for wave in lane.waves}
    instances = {name for wave in lane.waves for name in wave.instances}
    for at, instance in enumerate(file.leave_out):
        if instance not in instances:
            why = f"lane {lane.name!r} has no instance {instance!r}"
            yield document.problem(("leaveOut", at), why, suggest(instance, instances, "Take it out"))
    for index, check in enumerate(file.checks):
        for at, wave in enumerate(check.waves):
            if wave not in waves:
                why = f"lane {lane.name!r} has no wave {wave!r}"
                yield document.problem(
                    ("checks", index, "waves", at), why, suggest(wave, waves, "Take it out")
                )
    for name, gates in file.gates.items():
        if name not in waves:
            why = f"lane {lane.name!r} has no wave {name!r}"
            yield document.problem(("gates", name), why, suggest(name, waves, "Take it out"))
            continue
        yield from check_roles(document, ("gates", name), gates, estate.roles)
        yield from looser(document, ("gates", name), gates, waves[name].gates)
    yield from _check_namespaces(parts, lane)
    yield from _check_named_namespaces(parts, lane, estate)


def _check_named_namespaces(parts: ApplicationParts, lane: Lane, estate: EstateParts) -> Iterator[Problem]:
    """Tell of namespaces for instances that are not there, that podman would not use, or that two share."""
    document, application = parts.document, parts.application
    instances = instances_of(parts, lane)
    for name in application.namespaces:
        if name not in instances:
            why = f"the application has no instance {name!r} in lane {lane.name!r}"
            yield document.problem(("namespaces", name), why, suggest(name, instances, "Take it out"))
    taken: dict[tuple[str, str], str] = {}
    for wave in lane.waves:
        for name, environment in wave.instances.items():
            if name not in instances:
                continue
            described = estate.environments.get(environment)
            if name in application.namespaces and described is not None and described.engine == "podman":
                why = f"{environment} is podman's, where {name} runs in {application.name}-{name}"
                yield document.problem(("namespaces", name), why, "Take it out")
            key = (environment, application.namespace(name))
            if key in taken:
                why = f"{taken[key]} runs in {key[1]} of {environment} too, and one would replace the other"
                yield document.problem(("namespaces",), why, "Give each a namespace of its own")
            taken.setdefault(key, name)


def _check_namespaces(parts: ApplicationParts, lane: Lane) -> Iterator[Problem]:
    for instance in instances_of(parts, lane):
        namespace = parts.application.namespace(instance)
        if len(namespace) > _LONGEST_NAMESPACE:
            yield parts.document.problem(
                ("lane",),
                f"the namespace {namespace} would have {len(namespace)} letters, and "
                f"{_LONGEST_NAMESPACE} are the most that Kubernetes takes",
                "Shorten the application's name or the instance's, or leave the instance out",
            )


def check_folders(parts: ApplicationParts, folders: Collection[str]) -> Iterator[Problem]:
    """Tell of artifacts whose folder is not among the application's."""
    name = parts.application.name
    found = {path.split("/")[1] for path in folders if path.count("/") == 1}
    for artifact in parts.file.artifacts:
        if artifact not in found:
            others = found - set(parts.file.artifacts)
            yield parts.document.problem(
                ("artifacts", artifact),
                f"there is no folder {name}/{artifact}",
                suggest(artifact, others, f"Make {name}/{artifact} with a base and overlays"),
            )


def weigh_folders(parts: ApplicationParts, folders: Collection[str], lane: Lane) -> Iterator[Problem]:
    """Tell of overlays that are not there yet, and of folders with overlays that no artifact names."""
    name = parts.application.name
    instances = instances_of(parts, lane)
    if not instances:
        yield parts.document.problem(
            ("leaveOut",), "every instance of the lane is left out, so nothing is deployed", "Keep one"
        )
    for artifact in parts.file.artifacts:
        for instance in instances:
            overlay = f"{name}/{artifact}/overlays/{instance}"
            if overlay not in folders:
                yield parts.document.problem(
                    ("artifacts", artifact),
                    f"there is no overlay {overlay}: {instance} waits for a commit that has one",
                    f"Write {overlay}/kustomization.yaml, or put {instance} under leaveOut",
                )
    with_overlays = {path.split("/")[1] for path in folders if path.count("/") > 1}
    for folder in sorted(with_overlays - set(parts.file.artifacts)):
        yield parts.document.problem(
            ("artifacts",),
            f"the folder {name}/{folder} has overlays, and no artifact is named so: it is not deployed",
            f"Add {folder}: {{}} with its image, or take the folder away",
        )


def check_needs(
    applications: Mapping[str, ApplicationParts], known: Collection[str] | None
) -> Iterator[Problem]:
    """Tell of needs that name nothing `known` (None: not all was given to be read), and of circles."""
    for parts in applications.values():
        for at, need in enumerate(parts.file.needs):
            if known is not None and need not in known:
                hint = suggest(need, set(known) - {parts.application.name}, "Take it out")
                yield parts.document.problem(("needs", at), f"there is no application {need!r}", hint)
    for circle in _circles({name: one.application.needs for name, one in applications.items()}):
        shown = " → ".join((*circle, circle[0]))
        yield applications[circle[0]].document.problem(
            ("needs",), f"{shown} need each other, so none could ever start", "Take one of these needs out"
        )


def weigh_needs(applications: Mapping[str, ApplicationParts], lanes: Mapping[str, Lane]) -> Iterator[Problem]:
    """Tell of needs that have no instance in an environment where the one that needs them has."""
    for parts in applications.values():
        for at, need in enumerate(parts.file.needs):
            if need not in applications:
                continue
            other = applications[need]
            there = _environments(other, lanes[other.file.lane])
            for environment in sorted(_environments(parts, lanes[parts.file.lane]) - there):
                yield parts.document.problem(
                    ("needs", at),
                    f"{need} has no instance in {environment}, so the first lock there would wait for ever",
                    f"Give {need} an instance there, or take the need out",
                )


def instances_of(parts: ApplicationParts, lane: Lane) -> tuple[str, ...]:
    """Give the instances that an application has in a lane, in its order."""
    return tuple(name for wave in lane.waves for name in wave.instances if name not in parts.file.leave_out)


def _environments(parts: ApplicationParts, lane: Lane) -> set[str]:
    return {
        environment
        for wave in lane.waves
        for name, environment in wave.instances.items()
        if name not in parts.file.leave_out
    }


def _circles(needs: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Give each circle once, from its first name in the alphabet; one's need of itself is told elsewhere."""
    seen: set[frozenset[str]] = set()
    done: set[str] = set()
    for start in sorted(needs):
        path: list[str] = []
        stack = [iter([start])]
        while stack:
            name = next(stack[-1], None)
            if name is None:
                stack.pop()
                if path:
                    done.add(path.pop())
                continue
            if name in path:
                circle = path[path.index(name) :]
                if len(circle) > 1 and frozenset(circle) not in seen:
                    seen.add(frozenset(circle))
                    first = circle.index(min(circle))
                    yield (*circle[first:], *circle[:first])
                continue
            if name in done or name not in needs:
                continue
            path.append(name)
            stack.append(iter(needs[name]))
