"""What makes environment branches real, and what it reads."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from headway.app.ports.rendering import Reference
from headway.domain.checks import CheckResult, HttpCheck, JobCheck
from headway.domain.deployment import Observation
from headway.domain.diagnosis import Finding
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId, TreeId


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredInstance:
    """What an environment's branch asks of one instance."""

    instance: InstanceName
    namespace: str
    promotion_id: PromotionId
    revision: CommitId
    artifacts: Mapping[str, tuple[Mapping[str, object], ...]]
    """The rendered objects of each artifact in the lock file, parsed, in the order of their file names."""
    renderings: Mapping[str, TreeId]
    """The Git tree of each artifact's manifests: equal ids are equal manifests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredEnvironment:
    """A whole environment's branch at one commit."""

    environment: EnvironmentName
    revision: CommitId | None
    """None: the branch does not exist; then there are no instances."""
    instances: Mapping[InstanceName, DesiredInstance]
    unreadable: Mapping[InstanceName, str]
    """Instances whose files could not be read, and why: they are left as they run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedAt:
    """What an instance's folder held at a revision."""

    promotion_id: PromotionId
    renderings: Mapping[str, TreeId]
    """The Git tree of each artifact's manifests there."""


class DesiredState(Protocol):
    """What engines read: environment branches, nothing else."""

    async def read(self, environment: EnvironmentName, *, fetch: bool) -> DesiredEnvironment:
        """Read the branch's newest commit, after a fetch if asked.

        Raises:
            Transient: `git-remote-away`; what was read last stays in force.
        """
        ...

    async def locked_at(self, instance: InstanceName, revision: CommitId) -> LockedAt | None:
        """Say what an instance's folder held at a revision, which is fetched where it is not known.

        None: no manifests repository has the revision, or the instance has no readable lock there.

        Raises:
            Transient: `git-remote-away`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """One check to be run where the instance's network is."""

    environment: EnvironmentName
    instance: InstanceName
    namespace: str
    attempt_id: str
    """Names the attempt: asked again with the same id, a running check is joined, never doubled."""
    check: str
    run: HttpCheck | JobCheck
    timeout: timedelta
    holds_for: timedelta = timedelta(0)
    """How long an HTTP answer must stay right once it was; an image that flaps does not pass."""


class LiveView(Protocol):
    """Looks at what runs, when somebody asks. Nothing is changed, and nothing of it is kept."""

    async def live(self, environment: EnvironmentName, instance: InstanceName) -> LiveInstance:
        """Give an instance's objects and pods as they are this moment, artifact by artifact.

        Raises:
            Transient: `engine-away`, `engine-denied`: unknown, which is not nothing.
        """
        ...

    async def log(self, request: LogRequest) -> LogTail:
        """Give the last lines of one container of the instance, tamed (`domain/log_text.py`).

        Raises:
            Transient: `engine-away`, `engine-denied`.
            UsageError: `container-unknown`: the instance has no such pod now, or the pod no such container.
        """
        ...


class Engine(LiveView, Protocol):
    """Makes environment branches real and says what it sees. The contract tests are the specification."""

    async def ask(self, environment: EnvironmentName, commit: CommitId) -> None:
        """Hint that the branch moved; harmless when repeated, late or lost."""
        ...

    def observations(self) -> AsyncIterator[Observation]:
        """Stream what is seen: each instance's present state first, then every change.

        Raises:
            Transient: `engine-away`: the stream broke; ask for a new one.
        """
        ...

    async def interrupt(self, instance: InstanceName) -> bool:
        """Give up what runs for an older lock than the branch's tip, so that the newest is begun at once.

        Gives whether there was something to give up; asked again it does nothing more.

        Raises:
            Transient: `engine-away`.
        """
        ...

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """Run a check to its end; errored (never failed) when it could not be run.

        Raises:
            Transient: `engine-away`.
        """
        ...

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> Sequence[Reference]:
        """Give those references that do not exist in the namespace.

        Raises:
            Transient: `engine-away`: unknown, which is not missing.
        """
        ...

    async def diagnose(
        self, environment: EnvironmentName, instances: Sequence[InstanceName]
    ) -> Sequence[Finding]:
        """Say what the engine lacks to make these instances real; empty: it lacks nothing that it knows of.

        That the engine is away, or refuses, is a finding too and never raised. It changes nothing.
        """
        ...
