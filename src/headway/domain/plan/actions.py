"""What a plan asks for: the same situation gives the same actions, equal and hashable."""

from dataclasses import dataclass
from datetime import timedelta

from headway.domain.checks import Check
from headway.domain.facts import Change, Outcome, PromotionKind
from headway.domain.names import (
    ArtifactName,
    Cell,
    CommitId,
    EnvironmentName,
    InstanceName,
    PromotionId,
    Version,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """Find out what a version renders to in an instance."""

    cell: Cell
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class LookForImage:
    """Ask an environment's registry for an image."""

    artifact: ArtifactName
    environment: EnvironmentName
    reference: str
    platform: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookForReferences:
    """Ask the engine for what a configuration names."""

    cell: Cell
    commit: CommitId
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeStandards:
    """Find out what of the standards a version does not meet in an instance."""

    cell: Cell
    version: Version
    fingerprint: str
    """Of all that the verdict depends on now."""
    together: tuple[tuple[ArtifactName, Version], ...] | None = None
    """All that enters with it in a first lock; None: it stands beside what the lock holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Decide a promotion, and push it."""

    instance: InstanceName
    kind: PromotionKind
    changes: tuple[Change, ...]
    reason: str
    supersedes: tuple[Version, ...] = ()
    asked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Bring a decided promotion to its branch, or find that it is there."""

    instance: InstanceName
    promotion_id: PromotionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt:
    """Have the engine give up what it does for an older lock, in favour of this promotion's."""

    instance: InstanceName
    promotion_id: PromotionId
    is_last: bool
    """Time is up: it is recorded also if the engine was busy with nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """Run an attempt's checks."""

    instance: InstanceName
    promotion_id: PromotionId
    deployment_id: PromotionId
    attempt: int
    checks: tuple[Check, ...]
    holds_for: timedelta = timedelta(0)
    """How long an HTTP answer must stay right: as long as the change must stay healthy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclude:
    """Record how a promotion ended, and what follows from it at once."""

    instance: InstanceName
    promotion_id: PromotionId
    outcome: Outcome
    reason: str
    verified: tuple[tuple[ArtifactName, Version], ...] = ()
    quarantines: tuple[tuple[ArtifactName, Version], ...] = ()
    holds: tuple[str | None, ...] = ()
    """Artifacts, by name, to be held in the instance; None: the whole instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassNoChange:
    """Let an instance stand at a version that renders what runs."""

    instance: InstanceName
    artifact: ArtifactName
    before: Version
    version: Version
    checks: tuple[Check, ...] = ()
    """Checks to be run first: those of the version, where they differ from those that were run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold:
    """End a hold whose time has come."""

    instance: InstanceName
    hold_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteStops:
    """Write an instance's holds and quarantines to its branch."""

    instance: InstanceName
    fingerprint: str


Action = (
    Render
    | LookForImage
    | LookForReferences
    | JudgeStandards
    | Decide
    | Push
    | Interrupt
    | Verify
    | Conclude
    | PassNoChange
    | LiftHold
    | WriteStops
)
