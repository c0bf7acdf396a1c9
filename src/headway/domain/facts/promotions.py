"""Facts on a promotion's way: decided, landed, deployed, verified, ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from headway.domain.checks import CheckResult, Verdict
from headway.domain.deployment import ArtifactHealth
from headway.domain.names import ArtifactName, CommitId, InstanceName, PromotionId, TreeId, Version


class PromotionKind(StrEnum):
    """Why a promotion is made."""

    PROMOTION = "promotion"
    """One artifact goes to another version, by the plan or because a person asked."""
    FIRST_LOCK = "first-lock"
    """An instance's first lock: all artifacts that have a version."""
    ROLLBACK = "rollback"
    """A last good version again, because the version failed or a person took it back."""
    WITHDRAWAL = "withdrawal"
    """The earlier version again without blame, because we could not tell."""


class Outcome(StrEnum):
    """How a promotion ended."""

    VERIFIED = "verified"
    FAILED = "failed"
    """The version was seen to be bad."""
    WITHDRAWN = "withdrawn"
    """We could not tell in time."""
    LEFT = "left"
    """It failed or could not be judged, and nothing is put in its place: a first lock, or a rollback."""
    REPLACED = "replaced"
    """Another commit changed the same artifact before there was a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One artifact's step in a promotion."""

    artifact: ArtifactName
    before: Version | None
    """None: it was not in the lock file."""
    after: Version | None
    """None: it is taken out."""
    manifests: TreeId | None = None
    """The tree of `after` as it is deployed, image and all: a rollback puts it back without rendering."""
    reference: str | None = None
    """The image of `after` as it is deployed there, by digest; None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionDecided:
    """A promotion is going to be pushed; its commit is ours from here on."""

    TYPE: ClassVar = "promotion-decided"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    kind: PromotionKind
    changes: tuple[Change, ...]
    folder: TreeId
    """The tree of lock file and manifests that the branch holds once it landed: how it is recognised."""
    previous: PromotionId | None
    supersedes: tuple[Version, ...] = ()
    """Versions that were ready for this wave and are passed over."""
    asked_by: str | None = None
    """The person who asked; None: the plan alone."""
    unmet: tuple[str, ...] = ()
    """Of what goes back: the standards that it does not meet, which stop no rollback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionLanded:
    """The promotion's commit was seen on the remote branch."""

    TYPE: ClassVar = "promotion-landed"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    commit: CommitId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionLost:
    """The promotion did not reach the branch and will not: the plan decides anew."""

    TYPE: ClassVar = "promotion-lost"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSeen:
    """The engine's view of an instance's artifacts changed, for the lock named by `promotion_id`."""

    TYPE: ClassVar = "deployment-seen"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    artifacts: Mapping[str, ArtifactHealth]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentInterrupted:
    """The engine was asked to give up what it does for an older lock, so that it begins with this one."""

    TYPE: ClassVar = "deployment-interrupted"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    gave_up: bool
    """False: it was busy with nothing older; waiting on is all that is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationStarted:
    """An attempt to verify a promotion began, on the deployment `deployment_id`."""

    TYPE: ClassVar = "verification-started"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    deployment_id: PromotionId
    """The lock that ran when the attempt began: another one voids it."""
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationEnded:
    """An attempt came to a verdict."""

    TYPE: ClassVar = "verification-ended"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    deployment_id: PromotionId
    attempt: int
    verdict: Verdict
    results: tuple[CheckResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionEnded:
    """The verdict on a promotion. VERIFIED is evidence for each version in `verified`."""

    TYPE: ClassVar = "promotion-ended"
    SCHEMA: ClassVar = 1
    promotion_id: PromotionId
    instance: InstanceName
    outcome: Outcome
    verified: tuple[tuple[ArtifactName, Version], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChangePassed:
    """A version renders what runs already: the instance stands at it without a commit."""

    TYPE: ClassVar = "no-change-passed"
    SCHEMA: ClassVar = 1
    instance: InstanceName
    artifact: ArtifactName
    before: Version
    version: Version
