"""Applications: what a team deploys together and sees as one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from headway.domain.checks import Check
from headway.domain.estate.lane import GateRules
from headway.domain.names import ArtifactName, InstanceName, RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSource:
    """Where an artifact's image is published, and which of its tags count."""

    repository: str
    """``host:port/path``, as development pulls it and as manifests name it."""
    source: str | None = None
    """The Git repository that builds it, for people and for the order of commits."""
    semver: str | None = None
    """A range such as ``>=1.0``; None: every tag counts, in the order in which they were first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One folder of manifests with the one image that they run."""

    name: ArtifactName
    image: ImageSource | None
    """None: plain configuration."""
    shares: tuple[str, ...] = ()
    """Paths outside its folder that its overlays may read, from the repository's root."""
    image_paths: tuple[str, ...] = ()
    """Where custom resources name images: ``Kind:path.to[].image``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A folder of artifacts and how they are delivered."""

    name: str
    repository: RepositoryName
    """The manifests repository that holds its folder."""
    lane: str
    artifacts: Mapping[str, Artifact]
    """By the artifact's name inside the application."""
    leaves_out: tuple[str, ...] = ()
    """Instances of the lane that this application does not have."""
    needs: tuple[str, ...] = ()
    """Applications that must be healthy in the same environment before the first lock."""
    checks: tuple[Check, ...] = ()
    tightened: Mapping[str, GateRules] = field(default_factory=dict)
    """By wave: rules of the team on top of the lane's; the stricter of both holds."""

    def instance(self, name: str) -> InstanceName:
        """Name one of its instances."""
        return InstanceName(self.name, name)
