"""The lock file: the exact version of every artifact of one instance."""

from collections.abc import Mapping
from dataclasses import dataclass

from headway.domain.names import CommitId, Digest, PromotionId


@dataclass(frozen=True, slots=True, kw_only=True)
class LockEntry:
    """What one artifact is locked to."""

    digest: Digest | None
    """None: an artifact without an image."""
    commit: CommitId
    """The configuration commit that was rendered."""
    reference: str | None
    """The image as it is deployed here, by digest; None exactly when there is no digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFile:
    """One instance's lock."""

    promotion: PromotionId
    """The promotion that wrote it last."""
    namespace: str
    entries: Mapping[str, LockEntry]
    """By the artifact's name inside the application."""
