"""Applications: what a team deploys together and sees as one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from headway.domain.checks import Check
from headway.domain.estate.lane import GateRules
from headway.domain.names import ArtifactName, InstanceName, RepositoryName
from headway.domain.standards.parity import DeclaredDifference

_ADDRESS = re.compile(r"(https?|ssh|git|file)://.|[^\s/@:-][^\s/@:]*@[^\s/@:]+:.")
"""A URL that the git program reads by itself, or ``user@host:path``; other forms could start programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSource:
    """Where an artifact's image is published, and which of its tags count."""

    repository: str
    """``host:port/path``, as development pulls it and as manifests name it."""
    source: str | None = None
    """The Git repository that builds it. A path is for people; an address also gives the order of commits."""
    semver: str | None = None
    """A range such as ``>=1.0``; None: every tag counts, as `ordered_by` orders them."""

    @property
    def ordered_by(self) -> str | None:
        """Give the address whose commits order the images; None: semver does, or else first sight."""
        is_address = self.source is not None and _ADDRESS.match(self.source) is not None
        return self.source if is_address and self.semver is None else None


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
    one_image_at_a_time: bool = False
    """Whether a version may change only one of the images that its pods run."""


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
    namespaces: Mapping[str, str] = field(default_factory=dict)
    """By instance: the namespace that it runs in, where that is not ``<application>-<instance>``."""
    parity: tuple[DeclaredDifference, ...] = ()
    """In what its instances may differ; beyond that they render the same."""
    owner: str | None = None
    """Who answers for it, a team or a person, as pages show and filter by; None: nobody said."""

    def instance(self, name: str) -> InstanceName:
        """Name one of its instances."""
        return InstanceName(self.name, name)

    def namespace(self, instance: str) -> str:
        """Give the namespace that an instance runs in."""
        return self.namespaces.get(instance, f"{self.name}-{instance}")
