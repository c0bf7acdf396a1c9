"""Facts about holds and quarantines; they bind from the fact, and are written to Git until they are there."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from headway.domain.names import ArtifactName, InstanceName, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """Promotions of an artifact, or of everything, into an instance stop."""

    TYPE: ClassVar = "hold-placed"
    SCHEMA: ClassVar = 1
    hold_id: str
    instance: InstanceName
    artifact: str | None
    """By its name inside the application; None: everything in the instance."""
    owner: str
    """A person, or the rule that placed it: ``rebuild``, ``headway``."""
    until: datetime | None = None
    """None: until somebody resumes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted:
    """A hold ended: by a person, or because its time came."""

    TYPE: ClassVar = "hold-lifted"
    SCHEMA: ClassVar = 1
    hold_id: str
    instance: InstanceName


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinePlaced:
    """A version was found bad: no gate lets it in anywhere."""

    TYPE: ClassVar = "quarantine-placed"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    version: Version
    instance: InstanceName | None = None
    """Where it was found out; None: a person said so of no instance in particular."""
    whole_digest: bool = False
    """A person meant every version with this digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLifted:
    """A version may go out again."""

    TYPE: ClassVar = "quarantine-lifted"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    version: Version
