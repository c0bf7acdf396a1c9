"""An engine without containers: makes branches of in-memory repositories real, as scripted by image digest.

Cheap enough for whole estates; time passes only by the clock that it is given. What it reports obeys rule 4.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from headway.app.lock_text import read_lock
from headway.app.ports import CheckRequest, Clock, Manifests, Reference
from headway.domain.checks import CheckResult, HttpCheck, Verdict
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState, Observation
from headway.domain.diagnosis import Finding, Severity
from headway.domain.errors import Transient, UsageError
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.lock import LockEntry, LockFile
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId
from headway.testing.simulated_live import SimulatedLive

READY = ArtifactHealth(state=DeploymentState.HEALTHY)
STARTING = ArtifactHealth(state=DeploymentState.PROGRESSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How an artifact's new version fares: it is starting, then `health` after `after`, then `later`."""

    health: ArtifactHealth = READY
    after: timedelta = timedelta(0)
    later: ArtifactHealth | None = None
    later_after: timedelta = timedelta(0)


def crashes(after: timedelta = timedelta(0)) -> Behaviour:
    """Its container exits with 1."""
    bad = ArtifactHealth(
        state=DeploymentState.FAILED, cause=Cause.VERSION, words="its container ended with exit status 1"
    )
    if not after:
        return Behaviour(health=bad)
    return Behaviour(later=bad, later_after=after)


def never_ready() -> Behaviour:
    """It runs and never answers its probe."""
    return Behaviour(health=STARTING)


def cannot_be_pulled() -> Behaviour:
    """Its image does not come."""
    return Behaviour(
        health=ArtifactHealth(
            state=DeploymentState.PROGRESSING,
            cause=Cause.SURROUNDINGS,
            words="image pull: connection refused",
        )
    )


Scripts = Callable[[InstanceName, str, LockEntry], Behaviour]
Answers = Callable[[CheckRequest, LockFile], Verdict]


@dataclass(slots=True)
class _Running:
    lock: LockFile | None = None
    revision: CommitId | None = None
    health: dict[str, ArtifactHealth] = field(default_factory=dict)
    round: int = 0


class SimulatedEngine:
    """The port `Engine` over repositories in memory."""

    def __init__(
        self,
        clock: Clock,
        repositories: Callable[[], Iterable[Manifests]],
        scripts: Scripts,
        *,
        only: frozenset[str] | None = None,
    ) -> None:
        """Serve the environments that `only` names; None: all of them."""
        self._clock = clock
        self._repositories = repositories
        self._scripts = scripts
        self._only = only
        self._left: set[str] = set()
        self._running: dict[InstanceName, _Running] = {}
        self._queues: list[asyncio.Queue[Observation | None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: Answers = lambda _request, _lock: Verdict.PASSED
        self.absent: set[str] = set()
        """Names of Secrets and the like that are missing."""
        self.stuck: set[InstanceName] = set()
        """Instances that begin with no other lock until they are interrupted."""
        self.has_something_to_give_up = True
        """False: what is stuck stays so, interrupted or not."""
        self.findings: list[Finding] = []
        """What it says that it lacks."""
        self.shown = SimulatedLive()
        """What it shows of what runs."""
        self.is_away = False
        self.deployed: list[tuple[InstanceName, PromotionId]] = []
        """Every lock that was begun, in order."""

    def go_away(self) -> None:
        """Break all streams and answer nothing until `come_back`."""
        self.is_away = True
        for queue in self._queues:
            queue.put_nowait(None)

    async def come_back(self) -> None:
        """Answer again, and make real what was missed."""
        self.is_away = False
        await self._converge(None)

    async def ask(self, environment: EnvironmentName, commit: CommitId) -> None:  # noqa: ARG002 - a hint only
        """See `Engine.ask`."""
        if not self.is_away:
            await self._converge(environment)

    async def _converge(self, environment: EnvironmentName | None) -> None:
        for manifests in self._repositories():
            refs = await manifests.fetch()
            for name, tip in refs.environments.items():
                if self._serves(name) and (environment is None or name == environment):
                    await self._read(manifests, tip)

    def leave(self, environment: str) -> None:
        """Leave an environment to another engine."""
        self._left.add(environment)

    def _serves(self, environment: str) -> bool:
        return environment not in self._left and (self._only is None or environment in self._only)

    async def _read(self, manifests: Manifests, tip: CommitId) -> None:
        for application in await manifests.list_folder(tip, ""):
            if not application.endswith("/"):
                continue
            for folder in await manifests.list_folder(tip, application.rstrip("/")):
                path = f"{application}{folder}lock.yaml"
                text = (await manifests.read_files(tip, [path]))[path]
                name = InstanceName(application.rstrip("/"), folder.rstrip("/"))
                try:
                    lock = read_lock(text, path) if text is not None else None
                except UsageError:
                    # What runs stays: one file that cannot be read stops no other instance.
                    continue
                if lock is not None:
                    self._begin(name, lock, tip)

    def _begin(self, name: InstanceName, lock: LockFile, revision: CommitId) -> None:
        running = self._running.setdefault(name, _Running())
        before = running.lock
        if before is not None and before.promotion == lock.promotion:
            return
        if name in self.stuck and before is not None:
            self._say_waiting(name, lock, revision)
            return
        self.deployed.append((name, lock.promotion))
        running.lock, running.revision = lock, revision
        running.round += 1
        kept = {
            artifact: running.health.get(artifact, STARTING)
            for artifact, entry in lock.entries.items()
            if before is not None and before.entries.get(artifact) == entry
        }
        running.health = {artifact: kept.get(artifact, STARTING) for artifact in lock.entries}
        for artifact, entry in lock.entries.items():
            if artifact not in kept or kept[artifact] is STARTING:
                self._spawn(self._play(name, running, running.round, artifact, entry))
        self._report(name)

    def _say_waiting(self, name: InstanceName, lock: LockFile, revision: CommitId) -> None:
        """Say that a lock was read and is not begun with."""
        waits = ArtifactHealth(state=DeploymentState.PENDING, words="busy with an older lock")
        observation = Observation(
            instance=name,
            promotion_id=lock.promotion,
            revision=revision,
            artifacts=dict.fromkeys(lock.entries, waits),
            seen_at=self._clock.now(),
        )
        for queue in self._queues:
            queue.put_nowait(observation)

    async def _play(
        self, name: InstanceName, running: _Running, number: int, artifact: str, entry: LockEntry
    ) -> None:
        script = self._scripts(name, artifact, entry)
        if script.after:
            await self._clock.sleep_until(self._clock.now() + script.after)
        if self._is_past(running, number, artifact, entry):
            return
        self.set_health(name, artifact, script.health)
        if script.later is not None:
            await self._clock.sleep_until(self._clock.now() + script.later_after)
            if not self._is_past(running, number, artifact, entry):
                self.set_health(name, artifact, script.later)

    def _is_past(self, running: _Running, number: int, artifact: str, entry: LockEntry) -> bool:
        lock = running.lock
        return running.round < number or lock is None or lock.entries.get(artifact) != entry

    def set_health(self, name: InstanceName, artifact: str, health: ArtifactHealth) -> None:
        """Let an artifact fare differently from here on."""
        running = self._running[name]
        running.health = {**running.health, artifact: health}
        self._report(name)

    def health_of(self, name: InstanceName) -> dict[str, ArtifactHealth]:
        """Give how an instance's artifacts fare; empty: it runs nothing."""
        running = self._running.get(name)
        return dict(running.health) if running else {}

    def lock_of(self, name: InstanceName) -> LockFile | None:
        """Give the lock that an instance runs."""
        running = self._running.get(name)
        return running.lock if running else None

    def _report(self, name: InstanceName) -> None:
        if not self.is_away:
            for queue in self._queues:
                queue.put_nowait(self._observation(name))

    def _observation(self, name: InstanceName) -> Observation:
        running = self._running[name]
        return Observation(
            instance=name,
            promotion_id=running.lock.promotion if running.lock else None,
            revision=running.revision,
            artifacts=dict(running.health),
            seen_at=self._clock.now(),
        )

    async def observations(self) -> AsyncIterator[Observation]:
        """See `Engine.observations`."""
        self._answer()
        queue: asyncio.Queue[Observation | None] = asyncio.Queue()
        self._queues.append(queue)
        try:
            for name in list(self._running):
                yield self._observation(name)
            while True:
                observation = await queue.get()
                if observation is None:
                    self._answer()
                else:
                    yield observation
        finally:
            self._queues.remove(queue)

    async def interrupt(self, instance: InstanceName) -> bool:
        """See `Engine.interrupt`; only one that is told to be stuck has something to give up."""
        self._answer()
        if instance not in self.stuck or not self.has_something_to_give_up:
            return False
        self.stuck.discard(instance)
        await self._converge(None)
        return True

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """See `Engine.run_check`."""
        self._answer()
        lock = self.lock_of(request.instance)
        verdict = self.answers(request, lock) if lock is not None else Verdict.ERRORED
        asked = request.run.service if isinstance(request.run, HttpCheck) else request.run.image
        return CheckResult(check=request.check, verdict=verdict, words=f"{asked}: scripted as {verdict}")

    async def live(self, environment: EnvironmentName, instance: InstanceName) -> LiveInstance:
        """See `LiveView.live`."""
        del environment
        self._answer()
        health, now = self.health_of(instance), self._clock.now()
        return await self.shown.show(instance, self.lock_of(instance), health, now)

    async def log(self, request: LogRequest) -> LogTail:
        """See `LiveView.log`."""
        shown = await self.live(request.environment, request.instance)
        return await self.shown.log(request, shown, self._clock.now())

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> Sequence[Reference]:
        """See `Engine.missing_references`; what is absent is so everywhere."""
        del environment, namespace
        self._answer()
        return [one for one in references if one.name in self.absent]

    async def diagnose(
        self, environment: EnvironmentName, instances: Sequence[InstanceName]
    ) -> Sequence[Finding]:
        """See `Engine.diagnose`: what was scripted of the instances, and that it is away."""
        if self.is_away:
            return [
                Finding(
                    severity=Severity.WRONG,
                    what=f"the engine of {environment} does not answer",
                    why="it is away",
                    next_step="let it come back",
                )
            ]
        return [one for one in self.findings if one.instance is None or one.instance in instances]

    def _answer(self) -> None:
        if self.is_away:
            raise Transient(
                "engine-away", "the engine does not answer", why="it is away", next_step="it is asked again"
            )

    def _spawn(self, work) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
