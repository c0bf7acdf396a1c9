"""What was found, as people are told it: once for all instances that it is the same in, with its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from headway.app.standards.judging import Found
from headway.domain.estate import Estate
from headway.domain.names import ArtifactName
from headway.domain.standards import Unjudged, Violation
from headway.domain.standards.waiver import WaiverState


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an object is written."""

    file: str
    """As people find it."""
    line: int
    """From 1."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One finding for people and programs."""

    rule: str
    artifact: ArtifactName
    instances: tuple[str, ...]
    """Their names inside the application, in lane order."""
    everywhere: bool
    """Whether these are all that the application has."""
    kind: str
    name: str
    """The object's."""
    path: str
    """The place in the object; empty: the object as a whole."""
    message: str
    blocks: bool
    waiver: str
    """Who answers for it until when, and why; or that this has ended. Empty: nobody."""
    place: Place | None
    """None: it is generated, or not found in the artifact's own files."""

    @property
    def where(self) -> str:
        """Say which object, in which instances of which artifact."""
        inside = f", {self.path}" if self.path else ""
        places = "everywhere" if self.everywhere else f"in {', '.join(self.instances)}"
        return f"{self.artifact} {places}: {self.kind} {self.name}{inside}"


Find = Callable[[ArtifactName, str, str], Place | None]
"""Finds where an artifact's object, by kind and name, is written."""


def tell(found: Sequence[Found], find: Find, estate: Estate) -> tuple[Told, ...]:
    """Tell each finding once, what blocks first."""
    together: dict[tuple[object, ...], list[str]] = {}
    first: dict[tuple[object, ...], Found] = {}
    for one in found:
        key = (one.artifact, one.finding.rule, *_object(one), _message(one), one.blocks, _waiver(one))
        first.setdefault(key, one)
        instances = together.setdefault(key, [])
        if one.instance.instance not in instances:
            instances.append(one.instance.instance)
    told = [_told(first[key], tuple(instances), find, estate) for key, instances in together.items()]
    return tuple(sorted(told, key=lambda one: not one.blocks))


def _told(one: Found, instances: tuple[str, ...], find: Find, estate: Estate) -> Told:
    kind, name, path = _object(one)
    everywhere = len(instances) > 1 and len(instances) == len(estate.instances(one.artifact.application))
    return Told(
        rule=one.finding.rule,
        artifact=one.artifact,
        instances=instances,
        everywhere=everywhere,
        kind=kind,
        name=name,
        path=path,
        message=_message(one),
        blocks=one.blocks,
        waiver=_waiver(one),
        place=find(one.artifact, kind, name),
    )


def _object(one: Found) -> tuple[str, str, str]:
    path = one.finding.path if isinstance(one.finding, Violation) else ""
    return one.finding.object.kind, one.finding.object.name, path


def _message(one: Found) -> str:
    if isinstance(one.finding, Unjudged):
        return f"it could not be judged, which is no pass: {one.finding.why}. {one.finding.suggestion}"
    return one.finding.message


def _waiver(one: Found) -> str:
    waiver = one.waiver
    if waiver is None:
        return ""
    if one.state is WaiverState.ENDED:
        return f"the waiver of {waiver.owner} ended with {waiver.ends}: {waiver.reason}"
    soon = ", which is soon" if one.state is WaiverState.ENDING else ""
    return f"waived by {waiver.owner} until {waiver.ends}{soon}: {waiver.reason}"
