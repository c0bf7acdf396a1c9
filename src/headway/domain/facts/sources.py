"""Facts about the outside systems themselves: deployment clocks stand while one is known to be away."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from headway.domain.names import ArtifactName, CommitId, EnvironmentName, InstanceName


class Source(StrEnum):
    """The kinds of outside systems that a deployment waits for."""

    REGISTRY = "registry"
    GIT = "git"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAway:
    """An outside system does not answer."""

    TYPE: ClassVar = "source-away"
    SCHEMA: ClassVar = 1
    source: Source
    name: str
    """The registry's address, the repository's name, the environment."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBack:
    """It answers again."""

    TYPE: ClassVar = "source-back"
    SCHEMA: ClassVar = 1
    source: Source
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceFound:
    """Whether an image can be pulled for an environment; recorded when the answer changes."""

    TYPE: ClassVar = "presence-found"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    environment: EnvironmentName
    reference: str
    presence: str
    """``present``, ``absent`` or ``unknown``."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencesFound:
    """What a configuration names and an instance lacks; recorded when the answer changes."""

    TYPE: ClassVar = "references-found"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    instance: InstanceName
    commit: CommitId
    missing: tuple[str, ...]
