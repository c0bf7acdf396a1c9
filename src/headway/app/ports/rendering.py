"""Overlays turned into manifests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from headway.domain.names import CommitId


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """Render one artifact's overlay for one instance."""

    commit: CommitId
    inputs: tuple[str, ...]
    """The paths that the overlay may read: the artifact's folder first, then what it declares to share."""
    overlay: str
    """The overlay's path in the repository, inside one of the inputs."""
    namespace: str
    image: tuple[str, str] | None
    """The image name that manifests carry, and the reference by digest that takes its place."""
    image_paths: tuple[str, ...] = ()
    """More places of images in custom resources, as ``Kind:path.to[].image``."""
    locked: tuple[str, ...] = ()
    """Other references by digest that may stand in the output as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An object that manifests name but do not hold."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What Kustomize made of a request."""

    files: Mapping[str, bytes]
    """One file for each object: ``deployment-app1.yaml``."""
    references: tuple[Reference, ...]
    """Secrets, ConfigMaps, volume claims and service accounts that are named and not rendered, sorted."""
    images: tuple[str, ...] = ()
    """Every reference of an image in it but the request's own, once, sorted."""


class Renderer(Protocol):
    """Turns overlays into manifests with the real Kustomize, in a folder where nothing else exists."""

    async def render(self, request: RenderRequest) -> Rendered:
        """Render; the same request gives the same bytes.

        Raises:
            UsageError: the manifests are at fault: `overlay-missing`, `kustomize-failed` (with its words),
                `image-not-locked`, `secret-with-values`, `remote-base`, `path-outside`,
                `manifests-too-large`, `plugin-refused`, `object-twice`, `yaml-malformed`,
                `image-path-malformed`.
            Transient: the renderer itself could not be run.
        """
        ...
