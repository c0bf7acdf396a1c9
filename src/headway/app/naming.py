"""What people type, turned into what the situation knows; what is unclear is refused with what is there."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from headway.domain.errors import UsageError
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.promotion_id import full
from headway.domain.situation import Situation
from headway.domain.situation.shelf import Shelf

_MOST_SHOWN = 12
_LIKE = 0.6
"""From where on a name may be meant, as difflib has it."""


def find_artifact(situation: Situation, text: str) -> ArtifactName:
    """Find an artifact by ``application/artifact``, or by its own name where only one has it.

    Raises:
        UsageError: `artifact-unknown`, `artifact-ambiguous`.
    """
    estate = situation.estate
    known = [
        artifact.name
        for application in (estate.applications.values() if estate else ())
        for artifact in application.artifacts.values()
    ]
    found = [name for name in known if text in (str(name), name.artifact)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            "artifact-ambiguous",
            f"{text!r} names several artifacts",
            why=f"it could be {' or '.join(map(str, found))}",
            next_step="name the application too",
        )
    raise _unknown("artifact", text, {str(name): name.artifact for name in known})


def find_instance(situation: Situation, text: str, application: str | None = None) -> InstanceName:
    """Find an instance by ``application/instance``, or by its own name inside an application.

    Raises:
        UsageError: `instance-unknown`, `instance-ambiguous`.
    """
    estate = situation.estate
    known = [
        name
        for one in (estate.applications if estate else ())
        for name in estate_instances(situation, one)
        if "/" in text or application in (None, one)
    ]
    found = [name for name in known if text in (str(name), name.instance)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            "instance-ambiguous",
            f"{text!r} names several instances",
            why=f"it could be {' or '.join(map(str, found))}",
            next_step="name the application too",
        )
    raise _unknown("instance", text, {str(name): name.instance for name in known})


def estate_instances(situation: Situation, application: str) -> tuple[InstanceName, ...]:
    """Give an application's instances in lane order; none when it left the estate."""
    estate = situation.estate
    return estate.instances(application) if estate and application in estate.applications else ()


def find_version(situation: Situation, artifact: ArtifactName, text: str) -> Version:
    """Find a version by tag, label, digest, configuration commit or whole; beginnings will do where clear.

    An image that went nowhere, since a newer one came before its turn, is found too: with the newest
    configuration, as a person would promote it.

    Raises:
        UsageError: `version-unknown`, `version-ambiguous`.
    """
    known = known_versions(situation, artifact)
    shelf = situation.shelf(artifact)
    exact = [version for version in known if text in (full(version), str(version), shelf.label(version))]
    found = exact or [version for version in known if _begins(shelf.label(version), version, text)]
    found = found or _passed_over(shelf, text)
    if len(found) == 1:
        return found[0]
    if found:
        # Several pairs share the half that was named: the newest of them is meant.
        newest = [one for one in found if not any(shelf.is_newer(other, one) for other in found)]
        if len(newest) == 1:
            return newest[0]
        raise UsageError(
            "version-ambiguous",
            f"{text!r} names several versions of {artifact}",
            why=f"it could be {' or '.join(shelf.label(one) for one in found[:5])}",
            next_step="name one whole, as `headway versions` shows it",
        )
    raise _unknown("version", text, {shelf.label(version): shelf.label(version) for version in known})


def _passed_over(shelf: Shelf, text: str) -> list[Version]:
    """Give the images of that name that made no version."""
    if not shelf.newest_configurations:
        return []
    pairs = [Version(digest, shelf.newest_configurations[0]) for digest in shelf.images]
    return [one for one in pairs if _begins(shelf.label(one), one, text)]


def _begins(label: str, version: Version, text: str) -> bool:
    digest = version.digest or ""
    return (
        label.split("+", maxsplit=1)[0] == text
        or (len(text) >= 6 and digest.removeprefix("sha256:").startswith(text.removeprefix("sha256:")))
        or (len(text) >= 6 and version.commit.startswith(text))
    )


def known_versions(situation: Situation, artifact: ArtifactName) -> list[Version]:
    """Give every version that was ever made of an artifact, newest first, and the pair that is newest now."""
    shelf = situation.shelf(artifact)
    seen: dict[Version, None] = {}
    if shelf.newest_configurations:
        newest = shelf.newest_configurations[0]
        if shelf.newest_images:
            seen[Version(shelf.newest_images[0], newest)] = None
        elif not shelf.images:
            seen[Version(None, newest)] = None
    for instance in estate_instances(situation, artifact.application):
        state = situation.cell(Cell(artifact, instance))
        seen.update(dict.fromkeys([*state.stays, *state.verified, *state.outcomes]))
    seen.update(dict.fromkeys(situation.quarantines.get(artifact, {})))
    versions = list(seen)
    ordered: list[Version] = []
    for version in versions:
        place = next((at for at, other in enumerate(ordered) if shelf.is_newer(version, other)), len(ordered))
        ordered.insert(place, version)
    return ordered


def _unknown(what: str, text: str, known: Mapping[str, str]) -> UsageError:
    """Say what there is, the closest first; `known` gives the short form of each whole name."""

    def likeness(name: str) -> float:
        written = name if "/" in text else known[name]
        return SequenceMatcher(None, text, written).ratio()

    # Equally close ones stay in the estate's order.
    ordered = sorted(known, key=likeness, reverse=True)
    shown = ", ".join(ordered[:_MOST_SHOWN]) + (" …" if len(ordered) > _MOST_SHOWN else "")
    best = [name for name in ordered if likeness(name) == likeness(ordered[0])]
    is_clear = len(best) == 1 and likeness(best[0]) >= _LIKE
    return UsageError(
        f"{what}-unknown",
        f"there is no {what} {text!r}",
        why=f"known are {shown or 'none yet'}",
        next_step=f"did you mean {best[0]!r}?" if is_clear else "choose one of them, or see `headway status`",
    )
