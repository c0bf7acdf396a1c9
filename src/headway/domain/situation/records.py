"""The records that a situation is made of, one for each noun."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from immutables import Map

from headway.domain.checks import CheckResult, Verdict
from headway.domain.deployment import ArtifactHealth
from headway.domain.facts import Change, Outcome, PromotionKind
from headway.domain.names import ArtifactName, Cell, CommitId, InstanceName, PromotionId, TreeId, Version
from headway.domain.standards.judgement import Judgement
from headway.domain.standards.problem import PolicyProblem

READY_KEPT = 500
"""How many versions with evidence a wave offers the next: enough for weeks behind a freeze."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """How long a version has been verified and healthy in an instance."""

    total: timedelta = timedelta(0)
    since: datetime | None = None
    """When the running stretch began; None: it stands."""
    stood_since: datetime | None = None
    """Since when it stands still; None: it runs, or never began."""

    def at(self, now: datetime) -> timedelta:
        """Give the soak so far; before its running stretch began it has what it had, never less."""
        return self.total + (max(timedelta(0), now - self.since) if self.since else timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A version as an instance's branch held it."""

    manifests: TreeId
    reference: str | None
    neutral: TreeId | None = None
    """The same with the image made neutral, where that was known as it landed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asked for in a cell."""

    version: Version
    by: str
    reason: str
    now: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CellState:
    """One artifact in one instance."""

    standing: Version | None = None
    """The version it stands at: the lock's, or a newer one that renders the same."""
    locked: Version | None = None
    """The version in the lock file."""
    verified: Map[Version, datetime] = field(default_factory=Map)
    """Evidence in force, and since when."""
    ready: tuple[Version, ...] = ()
    """The versions with evidence, oldest first, the last few hundred: what the next wave chooses from."""
    outcomes: Map[Version, Outcome] = field(default_factory=Map)
    """How the last promotion of each version ended here."""
    soak: Map[Version, Soak] = field(default_factory=Map)
    stays: tuple[Version, ...] = ()
    """What the lock held, oldest first: where a rollback looks."""
    deployed: Map[Version, Deployed] = field(default_factory=Map)
    """How each version that the lock held was deployed."""
    asked: Asked | None = None
    taken_at: datetime | None = None
    """When it last took something: the slot goes to the artifact that has waited longest since."""
    remedies: tuple[datetime, ...] = ()
    """When it was rolled back without a person, for `after-rollback: retry`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """A promotion between its decision and its verdict."""

    promotion_id: PromotionId
    kind: PromotionKind
    changes: tuple[Change, ...]
    folder: TreeId
    previous: PromotionId | None
    decided_at: datetime
    reason: str
    actor: str
    asked_by: str | None
    unmet: tuple[str, ...] = ()
    """Standards that what goes back does not meet."""
    landed_at: datetime | None = None
    commit: CommitId | None = None
    interrupted_at: datetime | None = None
    """When the engine was asked to give up an older lock for this one; None: it was not."""
    begins_at: datetime | None = None
    """When the engine was free for it, or it was watched anew, if that was later than when it landed."""
    attempts: int = 0
    verifying: PromotionId | None = None
    """The lock that a running attempt verifies; None: no attempt runs."""
    verdict: Verdict | None = None
    """The last attempt's, if it was on the present lock."""
    results: tuple[CheckResult, ...] = ()
    healthy_at: datetime | None = None
    """When its artifacts were first seen healthy on the present lock."""
    attempted_at: datetime | None = None
    """When the last attempt ended."""

    @property
    def is_remedy(self) -> bool:
        """Say whether it takes something back."""
        return self.kind in (PromotionKind.ROLLBACK, PromotionKind.WITHDRAWAL)

    @property
    def artifacts(self) -> tuple[ArtifactName, ...]:
        """Give the artifacts that it changes."""
        return tuple(change.artifact for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Stops promotions into an instance."""

    hold_id: str
    instance: InstanceName
    artifact: str | None
    owner: str
    reason: str
    placed_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """A version found bad."""

    version: Version
    instance: InstanceName | None
    whole_digest: bool
    reason: str
    placed_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A person took a version back in an instance: its wave and later ones do not take it."""

    instance: InstanceName
    version: Version
    whole_digest: bool
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Other hands changed the instance's folder."""

    commit: CommitId | None
    author: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A promotion that was decided, did not reach its branch, and may be decided again."""

    times: int
    at: datetime
    """When it was lost last."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceState:
    """One instance: its lock, what is under way in it, and what stops it."""

    lock: Mapping[str, Version] | None = None
    """By the artifact's name; None: it has never had a lock."""
    deployment: PromotionId | None = None
    """The promotion that the landed lock stands at."""
    folder: TreeId | None = None
    """The tree of lock file and manifests that Headway last saw landed."""
    commit: CommitId | None = None
    underway: tuple[Underway, ...] = ()
    holds: Map[str, Hold] = field(default_factory=Map)
    stops_written: str = ""
    """The fingerprint of the stops that the branch holds."""
    health: Mapping[str, ArtifactHealth] = field(default_factory=dict)
    """The engine's view of the present lock; an artifact that is not in it is not known yet."""
    health_at: datetime | None = None
    touched: Touched | None = None
    lost: Map[frozenset[tuple[ArtifactName, Version | None]], Lost] = field(default_factory=Map)
    """By what would have changed to what; forgotten when anything lands here."""
    never_verified: frozenset[str] = frozenset()
    """Entries of the lock without any verification here yet: each later one covers them too."""


def is_standing(state: InstanceState, change: Change) -> bool:
    """Say whether the lock is still as a change made it."""
    return (state.lock or {}).get(change.artifact.artifact) == change.after


class Turn(StrEnum):
    """Which pair the first wave makes next, after a pair failed."""

    NEWEST_TWO = "newest-two"
    DIGEST_FIRST = "digest-first"
    """The newest digest with the last good commit."""
    COMMIT_SECOND = "commit-second"
    """The newest commit with the last good digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveState:
    """One artifact at one wave."""

    admitted: Version | None = None
    turn: Turn = Turn.NEWEST_TWO
    failed_in: InstanceName | None = None
    """Where the last pair failed: its last good halves are the ones to go back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's yes."""

    entries: frozenset[tuple[ArtifactName, Version]]
    differences: Mapping[str, str]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """The clock that time is reckoned by."""

    boot: str
    """Which coming up of which machine it is the clock of."""
    zero: datetime
    """What it shows less what passed since then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEstate:
    """An estate that loosens something and was not accepted yet."""

    fingerprint: str
    loosens: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsInForce:
    """What versions and what runs are judged by, environments' versions of Kubernetes aside."""

    commit: CommitId | None
    headway: str
    fingerprint: str
    """Empty: not known."""
    chosen: tuple[str, ...]
    rules: tuple[str, ...]
    problems: tuple[PolicyProblem, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is judged by them; what is not known is not nothing."""
        return bool(self.fingerprint) and not (self.rules or self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging a version in a cell gave, waivers aside."""

    fingerprint: str
    judgement: Judgement
    rests_on: tuple[tuple[Cell, TreeId], ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningFound:
    """What runs in a cell and does not meet today's standards, waivers aside."""

    version: Version
    judgement: Judgement
