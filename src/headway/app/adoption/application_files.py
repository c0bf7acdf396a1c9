"""The files that one application would need on `main`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from headway.app.adoption.survey import Found
from headway.app.adoption.text import ArtifactText, OverlayText, application_text, overlay_text
from headway.app.adoption.tree import shared_paths
from headway.domain.adoption.parts import Part, rest_of
from headway.domain.estate.sources import APPLICATION_FILE
from headway.domain.image_name import parse_image_name
from headway.domain.names import ArtifactName, InstanceName

_SEMVER = re.compile(r"v?(\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was found, and what it is called."""

    found: tuple[Found, ...]
    """In the lane's order."""
    parts: Mapping[InstanceName, tuple[Part, ...]]
    names: Mapping[ArtifactName, str]
    """By artifact with an image: the repository that `application.yaml` names."""

    def of(self, application: str) -> list[Found]:
        """Give the instances of an application."""
        return [one for one in self.found if one.instance.application == application]


def application_files(name: str, settled: Settled, lane: str, instances: Sequence[str]) -> dict[str, bytes]:
    """Give `application.yaml` and every overlay of an application, by path.

    Args:
        name: the application.
        settled: all that was found.
        lane: what its lane is called.
        instances: those of the lane.
    """
    own = settled.of(name)
    has = {one.instance.instance: one.namespace for one in own}
    files = {
        f"{name}/{APPLICATION_FILE}": application_text(
            _artifacts(name, settled),
            lane=lane,
            leaves_out=[one for one in instances if one not in has],
            namespaces={one: space for one, space in has.items() if space != f"{name}-{one}"},
        )
    }
    for one in own:
        for part in settled.parts[one.instance]:
            overlay = _overlay(one, part, settled)
            files[f"{overlay.place}/kustomization.yaml"] = overlay_text(overlay)
    return files


def _artifacts(name: str, settled: Settled) -> dict[str, ArtifactText]:
    own = settled.of(name)
    overlays = [one.application.path for one in own]
    others = [one.application.path for one in settled.found if one not in own]
    shares = shared_paths([path for one in own for path in one.reaches], overlays, others)
    parts = [part for one in own for part in settled.parts[one.instance]]
    return {
        artifact: ArtifactText(
            repository=settled.names.get(ArtifactName(name, artifact)),
            semver=_range(part.image for part in parts if part.name == artifact and part.image),
            shares=shares,
            runs_several=any(part.companions for part in parts if part.name == artifact),
        )
        for artifact in dict.fromkeys(part.name for part in parts)
    }


def _overlay(one: Found, part: Part, settled: Settled) -> OverlayText:
    application, instance = one.instance
    parts = settled.parts[one.instance]
    pins = {}
    for image in part.companions:
        parsed = parse_image_name(image)
        digests = one.application.running.get(image, frozenset())
        if parsed.digest is None and len(digests) == 1:
            pins[parsed.repository] = next(iter(digests))
    there = parse_image_name(part.image).repository if part.image else ""
    name = settled.names.get(ArtifactName(application, part.name), there)
    return OverlayText(
        place=f"{application}/{part.name}/overlays/{instance}",
        renders=one.application.path,
        application=str(one.application),
        pins=pins,
        renamed={there: name} if there != name else {},
        only=None if part == rest_of(application, parts) else sorted(part.members),
        without=sorted(key for other in parts if other != part for key in other.members),
    )


def _range(images: Iterable[str]) -> str | None:
    """Give the range of versions if every tag that runs is a semantic one; None: order is not in the tags."""
    found = [_SEMVER.fullmatch(parse_image_name(image).tag or "") for image in images]
    if not found or not all(found):
        return None
    lowest = min(tuple(int(part) for part in one[1].split(".")) for one in found if one)
    return f">={lowest[0]}.{lowest[1]}.{lowest[2]}"
