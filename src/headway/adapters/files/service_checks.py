"""Whether the Services that an application's checks ask are among what its artifacts render to."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from headway.adapters.files.application_file import ApplicationParts
from headway.domain.errors import UsageError
from headway.domain.estate import Wave
from headway.domain.estate.problems import Problem
from headway.domain.suggestion import suggest

Services = Mapping[str, frozenset[int]]
"""The Services of an instance by name, with their ports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """A check that could not ask its Service."""

    instances: tuple[str, ...]
    error: UsageError


def check_services(
    parts: ApplicationParts, waves: Collection[Wave], rendered: Mapping[str, Services]
) -> Iterator[Unasked]:
    """Tell of checks over HTTP whose Service, or its port, nothing renders where they are run.

    Args:
        parts: the application, with its file.
        waves: those of its lane.
        rendered: by instance; one whose artifacts did not all render is not in it, and is not judged.
    """
    for index, check in enumerate(parts.file.checks):
        if check.http is None:
            continue
        asked, port, path = check.http.service, check.http.port, ("checks", index, "http")
        in_waves = [wave for wave in waves if not check.waves or wave.name in check.waves]
        instances = [name for wave in in_waves for name in wave.instances if name in rendered]
        lacking = tuple(name for name in instances if asked not in rendered[name])
        known = {service for name in lacking for service in rendered[name]}
        if lacking:
            why = f"no artifact of {parts.application.name} renders a Service {asked!r} there"
            hint = suggest(asked, known, "Add a Service to its manifests, or take the check out")
            yield _unasked(check.name, parts.document.problem((*path, "service"), why, hint), lacking)
        if port is None:
            continue
        there = [name for name in instances if name not in lacking]
        closed = tuple(name for name in there if port not in rendered[name][asked])
        if closed:
            ports = sorted({str(one) for name in closed for one in rendered[name][asked]})
            why = f"the Service {asked} has no port {port} there"
            hint = f"It has {', '.join(ports)}" if ports else "Add the port to the Service"
            yield _unasked(check.name, parts.document.problem((*path, "port"), why, hint), closed)


def _unasked(check: str, problem: Problem, instances: tuple[str, ...]) -> Unasked:
    error = UsageError(
        "check-service-missing",
        f"{problem.place}: the check {check} has nothing to ask",
        why=f"{problem.why}, and its promotions would be withdrawn after the time-out",
        next_step=problem.suggestion,
    )
    return Unasked(instances=instances, error=error)
