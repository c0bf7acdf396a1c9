"""Compares what an estate's checks ask with what its overlays render to."""

from collections.abc import Iterator, Mapping

from headway.adapters.files.application_file import read_application_parts
from headway.adapters.files.service_checks import Services, check_services
from headway.app.standards.telling import Mistake, tell_mistake
from headway.bootstrap.checkouts import Checkouts
from headway.bootstrap.desk_rendering import Renderings
from headway.domain.estate import Application, Estate
from headway.domain.estate.sources import APPLICATION_FILE


def services_missing(
    checkouts: Checkouts, estate: Estate, rendered: Renderings
) -> tuple[tuple[Mistake, bool], ...]:
    """Tell of checks whose Service nothing renders; and whether that is sure.

    It is not where custom resources are rendered: what runs them may make Services of its own.
    """
    return tuple(
        found
        for application in estate.applications.values()
        for found in _of_application(checkouts, estate, application, rendered)
    )


def _of_application(
    checkouts: Checkouts, estate: Estate, application: Application, rendered: Renderings
) -> Iterator[tuple[Mistake, bool]]:
    checkout = checkouts.get(application.repository)
    path = f"{application.name}/{APPLICATION_FILE}"
    data = checkout.sources.files.get(path) if checkout is not None else None
    if checkout is None or data is None:
        return
    parts = read_application_parts(
        data, checkout.sources.show(path), application.name, application.repository
    )
    services: dict[str, Services] = {}
    custom: set[str] = set()
    for instance in estate.instances(application.name):
        if any(where == instance for _, where in rendered.mistakes):
            continue
        objects = [one for made in rendered.made if made.instance == instance for one in made.objects]
        services[instance.instance] = _services(objects)
        custom |= {instance.instance} if any(map(_is_custom, objects)) else set()
    for found in check_services(parts, estate.waves(application.name), services):
        where = f"{application.name} in {', '.join(found.instances)}"
        yield tell_mistake(found.error, where), custom.isdisjoint(found.instances)


def _services(objects: list[Mapping[str, object]]) -> Services:
    found: dict[str, frozenset[int]] = {}
    for one in objects:
        about, spec = one.get("metadata"), one.get("spec")
        if one.get("kind") != "Service" or not isinstance(about, Mapping):
            continue
        listed = spec.get("ports") if isinstance(spec, Mapping) else None
        ports = [port.get("port") for port in listed or () if isinstance(port, Mapping)]
        found[str(about.get("name"))] = frozenset(port for port in ports if isinstance(port, int))
    return found


def _is_custom(found: Mapping[str, object]) -> bool:
    """Say whether an object is of a kind that Kubernetes does not have by itself."""
    group = str(found.get("apiVersion", "")).rpartition("/")[0]
    return "." in group and not group.endswith(".k8s.io")
