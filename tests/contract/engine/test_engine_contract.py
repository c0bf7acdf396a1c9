"""What every engine does: the specification of the port `Engine`, held to by each of them."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from tests.fixtures.argocd_engine import running_argocd
from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import INSTANCE, STAGING, deployment, running_engine, service

from headway.app.lock_text import write_lock
from headway.app.ports import CheckRequest, Engine, NewCommit, Reference
from headway.domain.checks import HttpCheck, Verdict
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState, Observation
from headway.domain.diagnosis import Severity
from headway.domain.errors import Transient, UsageError
from headway.domain.live import ContainerState, LiveInstance, LivePod, LogLine, LogRequest, ResourceHealth
from headway.domain.lock import LockEntry, LockFile
from headway.domain.names import CommitId, Digest, EnvironmentName, InstanceName, PromotionId
from headway.testing.manifests import InMemoryManifests, RemoteInMemory
from headway.testing.simulated_engine import Behaviour, SimulatedEngine, crashes

BEHAVES: Mapping[str, tuple[Behaviour, Mapping[str, str]]] = {
    "good": (Behaviour(), {}),
    "better": (Behaviour(), {"BODY": "better"}),
    "crashes": (crashes(), {"CRASH_AFTER_S": "0"}),
    "answers-500": (Behaviour(), {"STATUS": "500"}),
}
"""What an image does: in the script, and in the probe program's variables."""


class Desired(Protocol):
    """What an engine is asked for, however it reads it."""

    def deploy(
        self,
        environment: EnvironmentName,
        instance: InstanceName,
        artifacts: Mapping[str, Sequence[Mapping[str, object]]],
    ) -> PromotionId:
        """Ask for exactly these artifacts in an instance; a new promotion each time."""

    def revision(self, environment: EnvironmentName) -> CommitId | None:
        """Give where the branch stands."""


class DesiredOnBranches:
    """Desired state as lock files on the branches of a remote in memory."""

    def __init__(self) -> None:
        self.remote = RemoteInMemory()
        self._number = 0

    def deploy(
        self,
        environment: EnvironmentName,
        instance: InstanceName,
        artifacts: Mapping[str, Sequence[Mapping[str, object]]],
    ) -> PromotionId:
        self._number += 1
        promotion = PromotionId(f"{self._number:016x}")
        entries = {name: _entry(documents) for name, documents in artifacts.items()}
        lock = LockFile(promotion=promotion, namespace="oneconnect-staging", entries=entries)
        edits = {f"{instance}/lock.yaml": write_lock(lock)}
        author, at = "Headway <headway@example>", datetime(2026, 1, 1, tzinfo=UTC)
        new = NewCommit(edits=edits, message=f"Ask {self._number}", author=author, at=at)
        self.remote.commit(f"environments/{environment}", new)
        return promotion

    def revision(self, environment: EnvironmentName) -> CommitId | None:
        return self.remote.branches.get(f"environments/{environment}")


def _entry(documents: Sequence[Mapping[str, object]]) -> LockEntry:
    reference = re.search(r"[^\"' ]+@(sha256:[0-9a-f]{64})", json.dumps(documents))
    assert reference is not None
    return LockEntry(digest=Digest(reference[1]), commit=CommitId("a" * 40), reference=reference[0])


@dataclass
class World:
    """An engine, what it is asked for, and how to make images for it."""

    engine: Engine
    desired: Desired
    image: Callable[[str], str]
    cut_off: Callable[[], Awaitable[None]]
    """Takes the engine away, or what opens it."""
    seen: list[Observation] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    namespace: str = f"{INSTANCE.application}-{INSTANCE.instance}"

    async def deploy(self, instance: InstanceName = INSTANCE, **artifacts: str) -> PromotionId:
        """Ask for artifacts with these images; each has a Service of its name."""
        documents = {
            name: [deployment(self.image(image), name, probe=False), service(name)]
            for name, image in artifacts.items()
        }
        promotion = self.desired.deploy(STAGING, instance, documents)
        revision = self.desired.revision(STAGING)
        assert revision is not None
        await self.engine.ask(STAGING, revision)
        return promotion

    async def until(
        self, promotion: PromotionId, accept: Callable[[Mapping[str, ArtifactHealth]], bool]
    ) -> Observation:
        """Wait until the newest observation of a promotion is accepted."""

        def found() -> Observation | None:
            newest = next((o for o in reversed(self.seen) if o.promotion_id == promotion), None)
            return newest if newest and accept(newest.artifacts) else None

        try:
            async with asyncio.timeout(60), self.changed:
                await self.changed.wait_for(lambda: found() is not None)
        except TimeoutError:
            last = [dict(one.artifacts) for one in self.seen if one.promotion_id == promotion][-5:]
            raise AssertionError(f"not told in time; last: {last}") from None
        observation = found()
        assert observation is not None
        return observation

    async def until_live(self, accept: Callable[[LiveInstance], bool]) -> LiveInstance:
        """Look again and again until what runs is accepted."""
        live = LiveInstance()
        try:
            async with asyncio.timeout(120):
                while not accept(live):
                    live = await self.engine.live(STAGING, INSTANCE)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"not seen in time; last: {live}") from None
        return live

    async def until_lines(self, request: LogRequest) -> Sequence[LogLine]:
        """Ask for a log again and again until there is one."""
        lines: Sequence[LogLine] = ()
        async with asyncio.timeout(120):
            while not lines:
                try:
                    lines = (await self.engine.log(request)).lines
                except Transient as none:
                    if none.code != "log-unreadable":
                        raise
                await asyncio.sleep(0.05)
        return lines

    def log_of(self, of: LivePod, **more: Any) -> LogRequest:
        """Ask for the log of a pod's one container."""
        (container,) = of.containers
        asked: dict[str, Any] = {"environment": STAGING, "instance": INSTANCE, "pod": of.name}
        return LogRequest(**{**asked, "container": container.name, **more})

    async def listen(self) -> None:
        async for observation in self.engine.observations():
            async with self.changed:
                self.seen.append(observation)
                self.changed.notify_all()

    def check(self, attempt: str, **http: Any) -> CheckRequest:
        return CheckRequest(
            environment=STAGING,
            instance=INSTANCE,
            namespace=self.namespace,
            attempt_id=attempt,
            check="answers",
            run=HttpCheck(**{"service": "app1", **http}),
            timeout=timedelta(seconds=5),
        )


class FastClock:
    """A clock on which nothing is waited for."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, instant: datetime) -> None:
        self._now = max(self._now, instant)
        await asyncio.sleep(0)


@pytest.fixture(params=["memory", "podman", pytest.param("argocd", marks=pytest.mark.cluster)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Give the same world with each engine."""
    if request.param == "memory":
        made = _memory_world()
        async with _listening(made):
            yield made
        return
    if request.param == "argocd":
        cluster_images: ImagePublisher = request.getfixturevalue("cluster_images")
        async with running_argocd(request.getfixturevalue("cluster"), tmp_path) as argocd:
            made = World(
                argocd.engine,
                argocd.desired,
                lambda name: cluster_images.publish(environment=BEHAVES[name][1]).reference,
                argocd.lose_token,
                namespace=argocd.namespace,
            )
            async with _listening(made):
                yield made
        return
    images: ImagePublisher = request.getfixturevalue("images")
    async with running_engine(tmp_path / "agent") as running:
        made = World(
            running.client,
            running.desired,
            lambda name: images.publish(environment=BEHAVES[name][1]).reference,
            running.stop,
        )
        async with _listening(made):
            yield made


@contextlib.asynccontextmanager
async def _listening(made: World) -> AsyncIterator[None]:
    listening = asyncio.create_task(made.listen())
    yield
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


def _memory_world() -> World:
    desired = DesiredOnBranches()
    digests = {name: Digest(f"sha256:{name.encode().hex():0>64}") for name in BEHAVES}
    scripts = {digests[name]: behaviour for name, (behaviour, _) in BEHAVES.items()}
    engine = SimulatedEngine(
        FastClock(),
        lambda: [InMemoryManifests(desired.remote)],
        lambda _instance, _artifact, entry: scripts[entry.digest or Digest("")],
    )

    def answers(request: CheckRequest, lock: LockFile) -> Verdict:
        if not isinstance(request.run, HttpCheck) or request.run.service not in lock.entries:
            return Verdict.ERRORED
        bad = lock.entries[request.run.service].digest == digests["answers-500"]
        return Verdict.FAILED if bad else Verdict.PASSED

    engine.answers = answers
    engine.absent = {"database", "limits"}

    async def cut_off() -> None:
        engine.go_away()

    return World(engine, desired, lambda name: f"registry/app@{digests[name]}", cut_off)


def states(**wanted: DeploymentState) -> Callable[[Mapping[str, ArtifactHealth]], bool]:
    """Accept exactly these artifacts in exactly these states."""
    return lambda told: {name: health.state for name, health in told.items()} == wanted


async def test_what_is_asked_for_becomes_healthy_for_that_promotion(world: World) -> None:
    promotion = await world.deploy(app1="good", app2="better")
    seen = await world.until(promotion, states(app1=DeploymentState.HEALTHY, app2=DeploymentState.HEALTHY))
    assert seen.instance == INSTANCE
    assert seen.revision == world.desired.revision(STAGING)
    assert {health.words for health in seen.artifacts.values()} == {""}


async def test_the_same_version_asked_for_a_second_time_is_healthy_for_its_new_promotion(
    world: World,
) -> None:
    for image in ("good", "better", "good"):
        promotion = await world.deploy(app1=image)
        await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    again = await world.deploy(app1="good")
    assert again != promotion
    await world.until(again, states(app1=DeploymentState.HEALTHY))


async def test_a_crash_is_the_versions_fault_and_its_sibling_stays_healthy(world: World) -> None:
    await world.until(await world.deploy(app1="good", app2="good"), lambda told: len(told) == 2)
    promotion = await world.deploy(app1="crashes", app2="good")
    seen = await world.until(promotion, states(app1=DeploymentState.FAILED, app2=DeploymentState.HEALTHY))
    assert seen.artifacts["app1"].cause is Cause.VERSION
    assert "exit status 1" in seen.artifacts["app1"].words
    taken_back = await world.deploy(app1="good", app2="good")
    await world.until(taken_back, states(app1=DeploymentState.HEALTHY, app2=DeploymentState.HEALTHY))


async def test_a_new_stream_begins_with_the_present_state(world: World) -> None:
    promotion = await world.deploy(app1="good")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    async with asyncio.timeout(60):
        async for observation in world.engine.observations():
            assert (observation.promotion_id, observation.artifacts["app1"].state) == (
                promotion,
                DeploymentState.HEALTHY,
            )
            break


async def test_an_interrupted_rollout_gives_way_to_the_newest_lock(world: World) -> None:
    await world.deploy(app1="crashes")
    promotion = await world.deploy(app1="good")
    await world.engine.interrupt(INSTANCE)
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))


async def test_a_check_passes_fails_or_cannot_be_run(world: World) -> None:
    promotion = await world.deploy(app1="good")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    passed, joined = await asyncio.gather(
        world.engine.run_check(world.check("one")), world.engine.run_check(world.check("one"))
    )
    assert passed == joined
    assert (passed.check, passed.verdict) == ("answers", Verdict.PASSED)
    errored = await world.engine.run_check(world.check("two", service="nobody"))
    assert errored.verdict is Verdict.ERRORED
    assert "nobody" in errored.words
    promotion = await world.deploy(app1="answers-500")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY))
    failed = await world.engine.run_check(world.check("three"))
    assert failed.verdict is Verdict.FAILED


async def test_references_that_do_not_exist_are_named(world: World) -> None:
    wanted = [Reference(kind="Secret", name="database"), Reference(kind="ConfigMap", name="limits")]
    missing = await world.engine.missing_references(STAGING, world.namespace, wanted)
    assert list(missing) == wanted


async def test_an_engine_in_order_lacks_nothing_before_and_after_it_was_asked_for_something(
    world: World,
) -> None:
    assert list(await world.engine.diagnose(STAGING, [INSTANCE])) == []
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    assert list(await world.engine.diagnose(STAGING, [INSTANCE])) == []


async def test_an_engine_that_cannot_be_asked_is_a_finding_and_no_error(world: World) -> None:
    await world.cut_off()
    (found,) = await world.engine.diagnose(STAGING, [INSTANCE])
    assert (found.severity, found.instance) == (Severity.WRONG, None)
    assert found.what
    assert found.why
    assert found.next_step


def pods_of(live: LiveInstance, artifact: str = "app1") -> list[LivePod]:
    """Give the pods of an artifact."""
    return [pod for one in live.resources if one.artifact == artifact for pod in one.pods]


async def test_what_runs_is_told_object_by_object_and_pod_by_pod(world: World) -> None:
    promotion = await world.deploy(app1="good", app2="better")
    await world.until(promotion, states(app1=DeploymentState.HEALTHY, app2=DeploymentState.HEALTHY))
    live = await world.engine.live(STAGING, INSTANCE)
    told = {(one.artifact, one.kind, one.name): one for one in live.resources}
    places = {(name, kind, name) for name in ("app1", "app2") for kind in ("Deployment", "Service")}
    assert told.keys() == places
    assert {one.health for one in live.resources} == {ResourceHealth.HEALTHY}
    assert all(one.is_wanted for one in live.resources)
    (pod,) = pods_of(live)
    (container,) = pod.containers
    assert (pod.is_ready, pod.is_leaving, pod.words) == (True, False, "")
    assert pod.created_at is not None
    assert (container.state, container.is_ready, container.is_init) == (ContainerState.RUNNING, True, False)
    assert (container.restarts, container.last_exit) == (0, None)
    assert container.is_locked is True
    assert container.digest is not None
    assert container.digest in container.image
    assert container.since is not None


async def test_a_crash_is_told_with_its_exit_and_the_log_of_the_run_that_crashed(world: World) -> None:
    await world.deploy(app1="crashes")

    def has_crashed(live: LiveInstance) -> bool:
        containers = [one for pod in pods_of(live) for one in pod.containers]
        return any(one.last_exit is not None and one.restarts for one in containers)

    live = await world.until_live(has_crashed)
    (pod,) = pods_of(live)
    (container,) = pod.containers
    assert container.last_exit is not None
    assert container.last_exit.exit_code == 1
    assert container.is_ready is False
    assert pod.is_ready is False
    # Kubernetes removes runs of before while it starts the next: then it is said that there is none.
    before = await world.until_lines(world.log_of(pod, is_previous=True))
    assert any("begins" in line.text for line in before), before


async def test_the_last_lines_of_a_log_are_given_with_their_instants(world: World) -> None:
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    (pod,) = pods_of(await world.engine.live(STAGING, INSTANCE))
    tail = await world.engine.log(world.log_of(pod))
    assert any("begins" in line.text for line in tail.lines)
    assert all(line.at is not None for line in tail.lines)
    assert not tail.is_cut
    before = await world.engine.log(world.log_of(pod, is_previous=True))
    assert before.lines == ()
    short = await world.engine.log(world.log_of(pod, most_bytes=5))
    assert (short.lines, short.is_cut) == ((), True)


async def test_a_log_is_given_of_the_instances_own_containers_only(world: World) -> None:
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    (pod,) = pods_of(await world.engine.live(STAGING, INSTANCE))
    for other in (
        world.log_of(pod, instance=InstanceName("oneconnect", "other")),
        world.log_of(pod, pod=f"{pod.name}x"),
        world.log_of(pod, pod="../../etc"),
        world.log_of(pod, container="nobody"),
        world.log_of(pod, container=""),
    ):
        with pytest.raises(UsageError) as refused:
            await world.engine.log(other)
        assert refused.value.code == "container-unknown"


async def test_of_an_instance_that_was_never_asked_for_nothing_is_shown(world: World) -> None:
    live = await world.engine.live(STAGING, InstanceName("oneconnect", "other"))
    assert live.resources == ()


async def test_what_runs_is_unknown_while_the_engine_cannot_be_asked(world: World) -> None:
    await world.until(await world.deploy(app1="good"), states(app1=DeploymentState.HEALTHY))
    (pod,) = pods_of(await world.engine.live(STAGING, INSTANCE))
    await world.cut_off()
    with pytest.raises(Transient):
        await world.engine.live(STAGING, INSTANCE)
    with pytest.raises(Transient):
        await world.engine.log(world.log_of(pod))
