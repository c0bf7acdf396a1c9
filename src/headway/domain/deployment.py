"""What an engine says of a promotion that it makes real."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headway.domain.names import CommitId, InstanceName, PromotionId


class DeploymentState(StrEnum):
    """How far an engine has made a lock real, for one artifact."""

    PENDING = "pending"
    """The engine has not begun with this lock."""
    PROGRESSING = "progressing"
    """It is at work; nothing is known to be wrong, or what is wrong may still mend."""
    HEALTHY = "healthy"
    """All that the lock asks for runs and is ready; nothing older still serves."""
    DEGRADED = "degraded"
    """It was healthy for this lock and is not any more."""
    FAILED = "failed"
    """It will not become healthy: see the cause for whose fault that is."""


class Cause(StrEnum):
    """Whose fault trouble is: only `VERSION` may ever condemn a version (rule 4)."""

    NONE = "none"
    """Nothing is wrong, or nothing is known."""
    VERSION = "version"
    """Its own container ran and crashed, its job failed, or it ran and never became ready."""
    SURROUNDINGS = "surroundings"
    """Pull, scheduling, quota, storage, admission, network, references, the engine or the host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactHealth:
    """One artifact's part of an observation."""

    state: DeploymentState
    cause: Cause = Cause.NONE
    words: str = ""
    """What a person reads: the engine's own reason, one line, no secrets; empty when all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What an engine sees of one instance now. It is no fact yet."""

    instance: InstanceName
    promotion_id: PromotionId | None
    """The promotion of the lock file that the engine acts on; None: it has read none."""
    revision: CommitId | None
    artifacts: dict[str, ArtifactHealth]
    """By the artifact's name inside the application; those of the lock that is acted on, no others."""
    seen_at: datetime
