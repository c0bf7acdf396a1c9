"""What was found, as people are told it: once for all instances that it is the same in, with its place."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from headway.app.standards.judging import Found
from headway.domain.errors import HeadwayError
from headway.domain.estate import Estate
from headway.domain.names import ArtifactName, InstanceName
from headway.domain.standards.words import message_of, object_words, path_of, waiver_words


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
    stood_before: bool = False
    """Whether it stood before the change that is looked at, and so does not block it."""

    @property
    def where(self) -> str:
        """Say which object, in which instances of which artifact."""
        places = "everywhere" if self.everywhere else f"in {', '.join(self.instances)}"
        return f"{self.artifact} {places}: {object_words(self.kind, self.name, self.path)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Why overlays do not render, once for all that one mistake stops."""

    code: str
    what: str
    why: str
    next_step: str
    where: str
    """Which artifacts in which instances; empty: it is about none."""
    place: Place | None
    """None: the words name no line."""


Find = Callable[[ArtifactName, str, str], Place | None]
"""Finds where an artifact's object, by kind and name, is written."""


def tell(found: Sequence[Found], find: Find, estate: Estate) -> tuple[Told, ...]:
    """Tell each finding once, what blocks first."""
    together: dict[tuple[object, ...], list[str]] = {}
    first: dict[tuple[object, ...], Found] = {}
    for one in found:
        key = (
            one.artifact,
            one.finding.rule,
            *_object(one),
            message_of(one.finding),
            one.blocks,
            one.stood_before,
            waiver_words(one.waiver, one.state),
        )
        first.setdefault(key, one)
        instances = together.setdefault(key, [])
        if one.instance.instance not in instances:
            instances.append(one.instance.instance)
    told = [_told(first[key], tuple(instances), find, estate) for key, instances in together.items()]
    return tuple(sorted(told, key=lambda one: not one.blocks))


def tell_mistakes(
    mistakes: Mapping[tuple[ArtifactName, InstanceName], HeadwayError], estate: Estate
) -> tuple[Mistake, ...]:
    """Tell each mistake once: one in a base stops every overlay, in words that differ by the overlay."""
    alike: dict[tuple[str, str, str], tuple[HeadwayError, dict[ArtifactName, list[str]]]] = {}
    for (artifact, instance), error in mistakes.items():
        overlay = f"{artifact.application}/{artifact.artifact}/overlays/{instance.instance}"
        what, why = (words.replace(overlay, _EACH) for words in (error.what, error.why))
        _, places = alike.setdefault((error.code, what, why), (error, {}))
        places.setdefault(artifact, []).append(instance.instance)
    told = [
        tell_mistake(
            error,
            "; ".join(f"{one} {_in(instances, one, estate)}" for one, instances in places.items()),
        )
        for error, places in alike.values()
    ]
    return tuple(sorted(told, key=lambda one: (one.what, one.where)))


_EACH = "overlays/…"
_LINE = re.compile(r"(?P<file>[^\s:'\"]+):(?P<line>[0-9]+)\b")


def tell_mistake(error: HeadwayError, where: str = "") -> Mistake:
    """Tell one mistake, with the place that its words name."""
    named = _LINE.search(error.what) or _LINE.search(error.why)
    return Mistake(
        code=error.code,
        what=error.what,
        why=error.why,
        next_step=error.next_step,
        where=where,
        place=Place(file=named["file"], line=int(named["line"])) if named else None,
    )


def is_everywhere(instances: Sequence[str], artifact: ArtifactName, estate: Estate) -> bool:
    """Say whether these are all instances of an artifact's application, and several."""
    return len(instances) > 1 and len(instances) == len(estate.instances(artifact.application))


def _in(instances: Sequence[str], artifact: ArtifactName, estate: Estate) -> str:
    return "everywhere" if is_everywhere(instances, artifact, estate) else f"in {', '.join(instances)}"


def _told(one: Found, instances: tuple[str, ...], find: Find, estate: Estate) -> Told:
    kind, name, path = _object(one)
    return Told(
        rule=one.finding.rule,
        artifact=one.artifact,
        instances=instances,
        everywhere=is_everywhere(instances, one.artifact, estate),
        kind=kind,
        name=name,
        path=path,
        message=message_of(one.finding),
        blocks=one.blocks,
        waiver=waiver_words(one.waiver, one.state),
        place=find(one.artifact, kind, name),
        stood_before=one.stood_before,
    )


def _object(one: Found) -> tuple[str, str, str]:
    return one.finding.object.kind, one.finding.object.name, path_of(one.finding)
