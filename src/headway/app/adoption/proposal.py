"""What `main` would need: an estate, a file for each application, overlays for each artifact."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from headway.app.adoption.application_files import Settled, application_files
from headway.app.adoption.survey import Found
from headway.app.adoption.text import LANE, estate_text
from headway.domain.adoption.parts import Part, main_repositories, parts_of, together
from headway.domain.adoption.registries import registries_of
from headway.domain.adoption.waves import parse_waves, waves_of
from headway.domain.errors import UsageError
from headway.domain.estate import Estate, Lane
from headway.domain.estate.sources import ESTATE_FILE
from headway.domain.image_name import parse_image_name
from headway.domain.names import ArtifactName, EnvironmentName


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is said of the estate as a whole."""

    engines: Mapping[EnvironmentName, str]
    person: str
    repository: str
    url: str
    lane: str | None
    """The waves as a person gave them; None: by the names."""
    estate: Estate | None = None
    """The estate that stands in another repository; None: this one gets it."""


def parts_in(found: Found, *, whole: Collection[str]) -> tuple[Part, ...]:
    """Give the artifacts of an instance; applications in `whole` are kept as one."""
    application = found.instance.application
    if application not in whole:
        return parts_of(application, found.objects)
    repositories = main_repositories(found.objects)
    named = [one for one in repositories if one.rsplit("/", 1)[-1] == application]
    followed = next(iter((*named, *repositories)), None)
    return (together(application, found.objects, followed),)


def propose(found: Sequence[Found], around: Around, *, whole: Collection[str] = ()) -> dict[str, bytes]:
    """Give every file that `main` would need, by path.

    Raises:
        UsageError: `adopt-order-unknown`; `adopt-instance-twice`: one name stands for two environments;
            `adopt-not-in-estate`: the estate in another repository has no such instance.
    """
    places = _environments(found)
    if around.estate is not None:
        lane = next(iter(around.estate.lanes.values()))
        return _applications(found, whole, lane.name, _order_of(lane, places))
    waves = parse_waves(around.lane, places) if around.lane else waves_of(places)
    order = [name for wave in waves for name in wave]
    settled = _settle(found, order, whole)
    used = {one.application.environment for one in found}
    estate = estate_text(
        engines={name: address for name, address in around.engines.items() if name in used},
        waves=[{name: places[name] for name in wave} for wave in waves],
        registries={name: _registries(settled, name) for name in used},
        person=around.person,
        repository=around.repository,
        url=around.url,
    )
    return {ESTATE_FILE: estate, **_applications(found, whole, LANE, order)}


def _applications(
    found: Sequence[Found], whole: Collection[str], lane: str, order: Sequence[str]
) -> dict[str, bytes]:
    settled = _settle(found, order, whole)
    return {
        path: data
        for name in dict.fromkeys(one.instance.application for one in found)
        for path, data in application_files(name, settled, lane, order).items()
    }


def _order_of(lane: Lane, places: Mapping[str, EnvironmentName]) -> list[str]:
    """Give the instances of a lane that is there, if all places are in it."""
    there = {name: environment for wave in lane.waves for name, environment in wave.instances.items()}
    for name, environment in places.items():
        if there.get(name) != environment:
            raise UsageError(
                "adopt-not-in-estate",
                f"the estate's lane {lane.name} has no instance {name} in {environment}",
                why=f"it has {', '.join(f'{one} in {where}' for one, where in there.items())}",
                next_step=f"add `{name}: {environment}` to one of its waves in estate.yaml, or name it alike",
            )
    return list(there)


def _environments(found: Sequence[Found]) -> dict[str, EnvironmentName]:
    places: dict[str, EnvironmentName] = {}
    for one in found:
        name, environment = one.instance.instance, one.application.environment
        if places.setdefault(name, environment) != environment:
            raise UsageError(
                "adopt-instance-twice",
                f"the instance {name} would be in {places[name]} and in {environment}",
                why=f"{one.application} of {environment} has the same name as another in {places[name]}, and "
                "in a lane a name stands for one place",
                next_step="give one of the folders another name",
            )
    return places


def _settle(found: Sequence[Found], order: Sequence[str], whole: Collection[str]) -> Settled:
    """Settle what each image is called: as the first instance of the lane has it."""
    found = sorted(found, key=lambda one: order.index(one.instance.instance))
    parts = {one.instance: parts_in(one, whole=whole) for one in found}
    names: dict[ArtifactName, str] = {}
    for one in found:
        for part in parts[one.instance]:
            if part.image is not None:
                artifact = ArtifactName(one.instance.application, part.name)
                names.setdefault(artifact, parse_image_name(part.image).repository)
    return Settled(found=tuple(found), parts=parts, names=names)


def _registries(settled: Settled, environment: EnvironmentName) -> Mapping[str, str]:
    names = []
    for one in settled.found:
        for part in settled.parts[one.instance] if one.application.environment == environment else ():
            artifact = ArtifactName(one.instance.application, part.name)
            if part.image is not None:
                names.append((settled.names[artifact], parse_image_name(part.image).repository))
    return registries_of(names)
