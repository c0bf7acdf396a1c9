"""The podman engine's one loop: reads branches, lists podman, brings environments to what is asked, tells.

It wakes for a hint (podman's events, a probe, a task's end, a new commit) and at least every `resync_every`.
Environments are passed one after the other, each behind its own fence: one's trouble is told and stops none.
While podman is away everything is told as unknown; what was read last from a branch stays in force.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

import httpx

from headway.adapters.podman.check_run import CheckRuns
from headway.adapters.podman.ending import Endings
from headway.adapters.podman.environment import EnvironmentRun, Told
from headway.adapters.podman.health import progressing
from headway.adapters.podman.held_instance import HeldInstance, HeldInstances
from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.pod_start import claim_volume
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.records import Records
from headway.adapters.podman.remainders import Remainders
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.view import View
from headway.adapters.podman.workload import WorkloadKey, document_name
from headway.app.observation_hub import ObservationHub
from headway.app.ports import CheckRequest, Clock, DesiredState, Reference
from headway.domain.checks import CheckResult
from headway.domain.deployment import Cause, Observation
from headway.domain.errors import HeadwayError, Transient, UsageError
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.names import EnvironmentName, InstanceName

Held = Mapping[InstanceName, HeldInstance]

EVENTS_COME_WITHIN_S = 0.1
"""How long events are gathered before podman is listed; what this agent does itself waits for none."""
EVENT_PAUSE_S = 1.0
"""How long to wait before podman's event stream is opened again after it broke."""


class PodmanEngine:
    """One engine in its agent process; `run` works, the other methods may be called meanwhile."""

    def __init__(self, settings: AgentSettings, desired: DesiredState, clock: Clock) -> None:
        self._settings = settings
        self._desired = desired
        self._clock = clock
        self._podman = Podman(settings)
        self._podman.prepare()
        self._records = Records(settings.state / "records.json")
        self._endings = Endings(self._podman)
        # As a kubelet's probes: no certificate is verified, no connection is kept.
        self._client = httpx.AsyncClient(
            trust_env=False,
            verify=False,  # noqa: S501 - see above
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._wake = asyncio.Event()
        self._stale = True
        self._soon: asyncio.TimerHandle | None = None
        self._background: asyncio.Task[None] | None = None
        self._asked = {name: asyncio.Event() for name in settings.environments}
        self._held = {
            name: HeldInstances(settings.state / "environments" / name / "desired.json", name)
            for name in settings.environments
        }
        self._runs = {
            name: EnvironmentRun(
                settings=settings,
                environment=name,
                podman=self._podman,
                endings=self._endings,
                records=self._records,
                client=self._client,
                clock=clock,
                changed=self._relist,
                rethink=self._wake.set,
            )
            for name in settings.environments
        }
        self._remainders = Remainders(
            self._podman, lambda: {pod for run in self._runs.values() for pod in run.pods.starting_names()}
        )
        self._hub = ObservationHub()
        self._checks = CheckRuns(settings, self._podman, self._client)
        self._view = View(settings, self._podman)

    async def run(self) -> None:
        """Work until cancelled; containers, proxies and name servers stay running then."""
        try:
            async with asyncio.TaskGroup() as group:
                for environment in self._settings.environments:
                    group.create_task(self._read(environment))
                group.create_task(self._listen())
                group.create_task(self._converge())
        finally:
            self._hub.close()
            if self._background is not None:
                self._background.cancel()
                await asyncio.gather(self._background, return_exceptions=True)
            await self._checks.stop()
            for run in self._runs.values():
                await run.stop()
            await self._client.aclose()

    def ask(self, environment: EnvironmentName) -> None:
        """Have the branch read at once."""
        self._run_of(environment)
        self._asked[environment].set()

    def observations(self) -> AsyncIterator[Observation]:
        """Stream what is seen: each instance's present state first, then every change."""
        return self._hub.subscribe()

    def interrupt(self, instance: InstanceName) -> None:
        """Have every branch that holds the instance read at once: the newest lock replaces what runs."""
        for environment, held in self._held.items():
            if instance in held.by_name:
                self._asked[environment].set()

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """Run a check to its end."""
        run = self._run_of(request.environment)
        return await self._checks.run(request, run.traffic, run.space)

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> list[Reference]:
        """Give those references that do not exist; service accounts always do here.

        Raises:
            Transient: podman does not answer.
        """
        self._run_of(environment)
        missing = []
        held = [one for one in self._held[environment].by_name.values() if one.desired.namespace == namespace]
        documents = [d for one in held for docs in one.desired.artifacts.values() for d in docs]
        known = {(str(d.get("kind")), document_name(d)) for d in documents}
        for reference in references:
            if reference.kind == "Secret":
                there = await self._podman.exists("secret", f"{namespace}.{reference.name}")
            elif reference.kind == "PersistentVolumeClaim":
                volume = _claim(self._settings.name, environment, namespace, reference.name)
                there = (reference.kind, reference.name) in known or await self._podman.exists(
                    "volume", volume
                )
            else:
                there = reference.kind == "ServiceAccount" or (reference.kind, reference.name) in known
            if not there:
                missing.append(reference)
        return missing

    async def live(self, environment: EnvironmentName, instance: InstanceName) -> LiveInstance:
        """Give what runs of an instance now.

        Raises:
            Transient: podman does not answer.
        """
        run = self._run_of(environment)
        held = self._held[environment].by_name.get(instance)
        return await self._view.live(run, environment, instance, held)

    async def log(self, request: LogRequest) -> LogTail:
        """Give the last lines of a container.

        Raises:
            Transient: podman does not answer.
            UsageError: `container-unknown`.
        """
        return await self._view.log(self._run_of(request.environment), request)

    def _relist(self) -> None:
        """Have podman listed again before the next pass."""
        self._stale = True
        self._wake.set()

    def _relist_soon(self) -> None:
        """Have podman listed once for all events that come together."""
        loop = asyncio.get_running_loop()
        if self._soon is None or self._soon.when() <= loop.time():
            self._soon = loop.call_later(EVENTS_COME_WITHIN_S, self._relist)

    def _run_of(self, environment: EnvironmentName) -> EnvironmentRun:
        if environment not in self._runs:
            raise UsageError(
                "environment-unknown",
                f"{environment} is no environment of the engine {self._settings.name}",
                why=f"it has {', '.join(self._runs) or 'none'}",
                next_step="ask the engine that the estate names",
            )
        return self._runs[environment]

    async def _read(self, environment: EnvironmentName) -> None:
        """Read one branch again and again: when asked, and every `read_every`."""
        while True:
            self._asked[environment].clear()
            with contextlib.suppress(HeadwayError):  # away or broken: what was read last stays in force
                if self._held[environment].take(await self._desired.read(environment, fetch=True)):
                    self._wake.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.read_every.total_seconds()):
                    await self._asked[environment].wait()

    async def _listen(self) -> None:
        """Take podman's events as hints."""
        while True:
            with contextlib.suppress(Transient, OSError, ValueError):
                async for event in self._podman.events():
                    status = str(event.get("Status", ""))
                    if status.startswith(("exec", "health")):
                        continue
                    self._endings.note(str(event.get("ID", "")), status)
                    if status in {"start", "died", "remove"}:
                        self._relist_soon()
            await asyncio.sleep(EVENT_PAUSE_S)

    async def _converge(self) -> None:
        """Pass over all environments whenever something may have changed."""
        away_words = ""
        loop = asyncio.get_running_loop()
        pods: dict[str, LivePod] = {}
        resync_at = 0.0
        while True:
            self._wake.clear()
            try:
                if self._stale or away_words or loop.time() >= resync_at:
                    self._stale = False
                    over = {name: run.pods.starts_over() for name, run in self._runs.items()}
                    pods = await self._podman.pods()
                    for name, run in self._runs.items():
                        run.pods.forget_starts(over[name])
                    self._endings.forget({c.id for pod in pods.values() for c in pod.containers})
                if loop.time() >= resync_at:
                    resync_at = loop.time() + self._settings.resync_every.total_seconds()
                    self._background = asyncio.create_task(self._resync(pods))
                away_words = ""
            except Transient as away:
                away_words, pods = f"{away.what}: {away.why}", {}
            for environment in self._settings.environments:
                # A branch may be read while a pass waits: what is told must name the lock that was acted on.
                held = dict(self._held[environment].by_name)
                self._publish(environment, held, await self._pass(environment, held, pods, away_words))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(
                    1.0 if away_words else self._settings.resync_every.total_seconds()
                ):
                    await self._wake.wait()

    async def _pass(
        self, environment: EnvironmentName, held: Held, pods: dict[str, LivePod], away_words: str
    ) -> Told:
        run = self._runs[environment]
        words = away_words
        if not words:
            mine = {name: pod for name, pod in pods.items() if pod.key.environment == environment}
            if not held and not mine:
                return {}
            try:
                return await run.converge(held, mine)
            except Transient as away:
                words = f"{away.what}: {away.why}"
            except Exception as broken:
                words = f"the engine stumbled: {type(broken).__name__}: {broken}"
                asyncio.get_running_loop().call_exception_handler(
                    {"message": f"podman engine: a pass of {environment} failed", "exception": broken}
                )
        return self._unknown(environment, held, words)

    def _unknown(self, environment: EnvironmentName, held: Held, words: str) -> Told:
        """Tell that nothing is known now: neither healthy nor anybody's fault."""
        self._runs[environment].last_pass = None
        told: Told = {}
        for name, one in held.items():
            told[name] = {}
            for artifact in one.desired.artifacts:
                record = replace(self._records.artifact(environment, name, artifact))
                record.begin(one.desired.promotion_id, record.rendering)
                told[name][artifact] = record.settle(progressing(words, Cause.SURROUNDINGS))
        return told

    async def _resync(self, pods: dict[str, LivePod]) -> None:
        """Look after what makes no events: networks, routes, and what was begun and is no pod."""
        for environment, run in self._runs.items():
            if self._held[environment].by_name:
                with contextlib.suppress(Transient):  # the pass says so
                    await run.ensure_network()
        with contextlib.suppress(Transient):
            await self._remainders.remove(pods)

    def _publish(self, environment: EnvironmentName, held: Held, told: Told) -> None:
        for name, artifacts in told.items():
            desired = held[name].desired
            self._hub.publish(
                environment,
                Observation(
                    instance=name,
                    promotion_id=desired.promotion_id,
                    revision=desired.revision,
                    artifacts=artifacts,
                    seen_at=self._clock.now(),
                ),
            )


def _claim(engine: str, environment: EnvironmentName, namespace: str, claim: str) -> str:
    key = WorkloadKey(
        environment=environment,
        instance=InstanceName("", ""),
        artifact="",
        namespace=namespace,
        kind="",
        name="",
    )
    return claim_volume(engine, key, claim)
