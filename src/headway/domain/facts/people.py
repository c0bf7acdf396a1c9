"""Facts about what people asked for and allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from headway.domain.names import ArtifactName, InstanceName, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven:
    """A person lets these versions into a wave, as they differ there now. The actor of the fact gave it."""

    TYPE: ClassVar = "approval-given"
    SCHEMA: ClassVar = 1
    application: str
    wave: str
    entries: tuple[tuple[ArtifactName, Version], ...]
    """One entry, or a first lock's whole set."""
    differences: Mapping[str, str]
    """By instance: the fingerprint of what would change there. Another difference is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionAsked:
    """A person asks for a version; it goes as soon as the gates let it."""

    TYPE: ClassVar = "promotion-asked"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    instance: InstanceName
    version: Version
    now: bool = False
    """Cut in before the version that the wave has admitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionUnasked:
    """What a person asked for is dropped: it was refused, or taken back."""

    TYPE: ClassVar = "promotion-unasked"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    instance: InstanceName
