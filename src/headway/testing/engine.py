"""An engine in memory: what an image does is scripted by its digest, and time is what the clock says.

For simulations of whole deliveries: it costs a few tasks for each deployment, sleeps only by the clock it is
given, and holds to the same contract tests as the real engines. Not safe across threads.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from headway.app.ports import (
    CheckRequest,
    Clock,
    DesiredEnvironment,
    DesiredInstance,
    DesiredState,
    Reference,
)
from headway.domain.checks import CheckResult, HttpCheck, Verdict
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState, Observation
from headway.domain.errors import HeadwayError, Transient
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PENDING = ArtifactHealth(state=DeploymentState.PENDING)
HEALTHY = ArtifactHealth(state=DeploymentState.HEALTHY)


class Does(StrEnum):
    """What a scripted image does."""

    RUNS = "runs"
    CRASHES = "crashes"
    """Its container ends by itself: failed, the version's fault; after healthy: degraded."""
    NEVER_READY = "never ready"
    CANNOT_BE_PULLED = "cannot be pulled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What an image does, and what checks of it answer."""

    does: Does = Does.RUNS
    after: timedelta = timedelta(seconds=1)
    """RUNS: until ready; CRASHES: until the crash (ready from 1 s on); NEVER_READY: until given up."""
    check: Verdict = Verdict.PASSED
    check_takes: timedelta = timedelta(seconds=1)
    only_in: frozenset[InstanceName] | None = None
    """The instances where it does so; elsewhere it runs and passes. None: everywhere."""


READY_AFTER = timedelta(seconds=1)
GOOD = Behaviour()


@dataclass(slots=True)
class _Instance:
    environment: EnvironmentName
    wanted: DesiredInstance
    health: dict[str, ArtifactHealth] = field(default_factory=dict)
    task: "asyncio.Task[None] | None" = None
    told: Observation | None = None


class InMemoryEngine:
    """The port `Engine` without containers."""

    def __init__(
        self, clock: Clock, desired: DesiredState, behaviours: Mapping[str, Behaviour] | None = None
    ) -> None:
        self.behaviours: dict[str, Behaviour] = dict(behaviours or {})
        """By the image's digest; what is not named runs well."""
        self.references: set[tuple[EnvironmentName, str, Reference]] = set()
        """Which references exist, by environment and namespace."""
        self.away = False
        """While set, every call raises `engine-away` and streams break."""
        self.image_store_away = False
        """While set, images that do not run yet cannot be pulled."""
        self._clock = clock
        self._desired = desired
        self._instances: dict[tuple[EnvironmentName, InstanceName], _Instance] = {}
        self._listeners: set[asyncio.Queue[Observation]] = set()
        self._checks: dict[str, asyncio.Task[CheckResult]] = {}
        self._good: set[tuple[EnvironmentName, InstanceName, str, str]] = set()

    async def ask(self, environment: EnvironmentName, commit: CommitId) -> None:  # noqa: ARG002 - a hint
        """Read the branch and begin what changed.

        Raises:
            Transient: `engine-away`.
        """
        self._refuse_if_away()
        try:
            read = await self._desired.read(environment, fetch=True)
        except HeadwayError:
            return  # what was read last stays in force
        self._take(environment, read)

    async def observations(self) -> AsyncIterator[Observation]:
        """Stream what is seen.

        Raises:
            Transient: `engine-away`.
        """
        self._refuse_if_away()
        queue: asyncio.Queue[Observation] = asyncio.Queue()
        for one in self._instances.values():
            if one.told is not None:
                queue.put_nowait(one.told)
        self._listeners.add(queue)
        try:
            while True:
                observation = await queue.get()
                self._refuse_if_away()
                yield observation
        finally:
            self._listeners.discard(queue)

    async def interrupt(self, instance: InstanceName) -> None:
        """Read the branches that hold the instance at once.

        Raises:
            Transient: `engine-away`.
        """
        for environment, name in list(self._instances):
            if name == instance:
                await self.ask(environment, CommitId(""))

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """Answer as the images of the instance are scripted; asked again, the same attempt is joined.

        Raises:
            Transient: `engine-away`.
        """
        self._refuse_if_away()
        task = self._checks.get(request.attempt_id)
        if task is None:
            task = self._checks[request.attempt_id] = asyncio.create_task(self._check(request))
        return await asyncio.shield(task)

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> Sequence[Reference]:
        """Give those that are not among `references`.

        Raises:
            Transient: `engine-away`.
        """
        self._refuse_if_away()
        return [one for one in references if (environment, namespace, one) not in self.references]

    async def lose(self, environment: EnvironmentName, instance: InstanceName, artifact: str) -> None:
        """Have an artifact that was healthy crash now; it comes back after a second."""
        one = self._instances[environment, instance]
        words = "main ended with exit status 1"
        one.health[artifact] = ArtifactHealth(
            state=DeploymentState.DEGRADED, cause=Cause.VERSION, words=words
        )
        self._tell(one)
        await self._clock.sleep_until(self._clock.now() + READY_AFTER)
        one.health[artifact] = HEALTHY
        self._tell(one)

    async def stop(self) -> None:
        """End every task."""
        tasks = [one.task for one in self._instances.values() if one.task is not None]
        for task in [*tasks, *self._checks.values()]:
            task.cancel()
        await asyncio.gather(*tasks, *self._checks.values(), return_exceptions=True)

    def _take(self, environment: EnvironmentName, read: DesiredEnvironment) -> None:
        for name, wanted in read.instances.items():
            one = self._instances.get((environment, name))
            if one is not None and one.wanted.promotion_id == wanted.promotion_id:
                continue
            if one is None:
                one = self._instances[environment, name] = _Instance(environment, wanted)
            if one.task is not None:
                one.task.cancel()
            one.wanted = wanted
            one.health = dict.fromkeys(wanted.artifacts, PENDING)
            self._tell(one)
            one.task = asyncio.create_task(self._roll_out(one, wanted.promotion_id))

    async def _roll_out(self, one: _Instance, promotion_id: PromotionId) -> None:
        await asyncio.gather(*(self._roll_one(one, artifact) for artifact in one.wanted.artifacts))
        assert one.wanted.promotion_id == promotion_id  # noqa: S101 - a newer one cancels this task

    async def _roll_one(self, one: _Instance, artifact: str) -> None:
        digests = sorted(_digests(one.wanted.artifacts[artifact]))
        behaviour = self._worst(one.wanted.instance, digests)
        mark = (one.environment, one.wanted.instance, artifact, str(one.wanted.renderings.get(artifact)))
        if mark in self._good and behaviour.does is Does.RUNS:
            self._set(one, artifact, HEALTHY)
            return
        self._good -= {known for known in self._good if known[:3] == mark[:3]}
        self._set(one, artifact, ArtifactHealth(state=DeploymentState.PROGRESSING))
        while behaviour.does is Does.CANNOT_BE_PULLED or (self.image_store_away and digests):
            self._set(one, artifact, _surroundings("podman pull failed: the registry is away"))
            await self._sleep(timedelta(seconds=5))
            behaviour = self._worst(one.wanted.instance, digests)
        if behaviour.does is Does.NEVER_READY:
            await self._sleep(behaviour.after)
            self._set(one, artifact, _failed(f"was not ready within {behaviour.after.total_seconds():g} s"))
        elif behaviour.does is Does.CRASHES:
            await self._crash(one, artifact, behaviour)
        else:
            await self._sleep(behaviour.after)
            self._good.add(mark)
            self._set(one, artifact, HEALTHY)

    async def _crash(self, one: _Instance, artifact: str, behaviour: Behaviour) -> None:
        words = "main ended with exit status 1"
        if behaviour.after <= READY_AFTER:
            await self._sleep(behaviour.after)
            self._set(one, artifact, _failed(words))
            return
        await self._sleep(READY_AFTER)
        while True:
            self._set(one, artifact, HEALTHY)
            await self._sleep(behaviour.after - READY_AFTER)
            degraded = ArtifactHealth(state=DeploymentState.DEGRADED, cause=Cause.VERSION, words=words)
            self._set(one, artifact, degraded)
            await self._sleep(READY_AFTER)

    async def _check(self, request: CheckRequest) -> CheckResult:
        one = self._instances.get((request.environment, request.instance))
        documents = [d for docs in one.wanted.artifacts.values() for d in docs] if one else []
        behaviour = self._worst(request.instance, sorted(_digests(documents)))
        await self._sleep(min(behaviour.check_takes, request.timeout))
        if one is None:
            verdict, words = Verdict.ERRORED, "nothing runs there"
        else:
            verdict, words = behaviour.check, f"scripted: {behaviour.check}"
        if isinstance(request.run, HttpCheck) and one is not None:
            services = {_name(d) for d in documents if d.get("kind") == "Service"}
            if request.run.service not in services:
                verdict, words = Verdict.ERRORED, f"there is no Service {request.run.service}"
        return CheckResult(check=request.check, verdict=verdict, words=words)

    def _worst(self, instance: InstanceName, digests: Iterable[str]) -> Behaviour:
        """Give the first behaviour of these images that is not good."""
        found = [self.behaviours.get(digest, GOOD) for digest in digests]
        here = [GOOD if b.only_in is not None and instance not in b.only_in else b for b in found]
        return next(
            (b for b in here if b.does is not Does.RUNS or b.check is not Verdict.PASSED), (here or [GOOD])[0]
        )

    async def _sleep(self, how_long: timedelta) -> None:
        await self._clock.sleep_until(self._clock.now() + how_long)

    def _set(self, one: _Instance, artifact: str, health: ArtifactHealth) -> None:
        one.health[artifact] = health
        self._tell(one)

    def _tell(self, one: _Instance) -> None:
        observation = Observation(
            instance=one.wanted.instance,
            promotion_id=one.wanted.promotion_id,
            revision=one.wanted.revision,
            artifacts=dict(one.health),
            seen_at=self._clock.now(),
        )
        if one.told and replace(one.told, seen_at=_LONG_AGO) == replace(observation, seen_at=_LONG_AGO):
            return
        one.told = observation
        for queue in self._listeners:
            queue.put_nowait(observation)

    def _refuse_if_away(self) -> None:
        if self.away:
            raise Transient("engine-away", "the engine is away", why="the test says so", next_step="wait")


def _digests(documents: Sequence[Mapping[str, Any]]) -> set[str]:
    found: set[str] = set()
    todo: list[object] = list(documents)
    while todo:
        value = todo.pop()
        if isinstance(value, Mapping):
            image = value.get("image")
            if isinstance(image, str) and "@" in image:
                found.add(image.rpartition("@")[2])
            todo.extend(value.values())
        elif isinstance(value, list | tuple):
            todo.extend(value)
    return found


def _name(document: Mapping[str, Any]) -> str:
    return str((document.get("metadata") or {}).get("name", ""))


def _failed(words: str) -> ArtifactHealth:
    return ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words=words)


def _surroundings(words: str) -> ArtifactHealth:
    return ArtifactHealth(state=DeploymentState.PROGRESSING, cause=Cause.SURROUNDINGS, words=words)
