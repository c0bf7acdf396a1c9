"""Brings one environment towards its branch: one pass looks, decides, serves, acts and tells.

The path of a change: desired objects → workloads and services (`held_instance`) → the next step of each
(`rollout`, `job_step`) → pods started, probed (`pod_set`) → endpoints in the proxy → old pods drained and
ended (`pod_retire`) → health told. A pass never waits for a pod; what takes time is a task that asks for
another pass when it is done. Passes of one environment never overlap.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import httpx

from headway.adapters.podman.address_space import AddressSpace
from headway.adapters.podman.ending import Endings
from headway.adapters.podman.health import HEALTHY, combine, failed, progressing, waiting, with_notes
from headway.adapters.podman.held_instance import HeldInstance
from headway.adapters.podman.job_step import next_job_step, note_failure
from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.looking import LastPass
from headway.adapters.podman.network import ensure_network
from headway.adapters.podman.pod_set import PodSet
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.proxy import Proxy
from headway.adapters.podman.records import JobRun, Records, RunState
from headway.adapters.podman.rollout import RolloutStep, SeenPod, next_step
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.stopwatch import Stopwatches
from headway.adapters.podman.traffic import Traffic
from headway.adapters.podman.workload import Workload, WorkloadKey
from headway.app.ports import Clock
from headway.domain.deployment import ArtifactHealth, Cause
from headway.domain.names import EnvironmentName, InstanceName

Told = dict[InstanceName, dict[str, ArtifactHealth]]


class EnvironmentRun:
    """One environment on this machine."""

    def __init__(
        self,
        *,
        settings: AgentSettings,
        environment: EnvironmentName,
        podman: Podman,
        endings: Endings,
        records: Records,
        client: httpx.AsyncClient,
        clock: Clock,
        changed: Callable[[], None],
        rethink: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._environment = environment
        self._podman = podman
        self._records = records
        self._clock = clock
        folder = settings.state / "environments" / environment
        self._proxy = Proxy(settings, folder)
        self.traffic = Traffic(settings, folder, self._proxy)
        self.pods = PodSet(
            settings=settings,
            podman=podman,
            proxy=self._proxy,
            endings=endings,
            client=client,
            http_backends=self.traffic.http_backends,
            next_position=lambda: records.next_position(environment),
            changed=changed,
            rethink=rethink,
        )
        self.space: AddressSpace | None = None
        self._begun = Stopwatches()
        """By instance and artifact, since a promotion of it was taken up."""
        self._jobs = Stopwatches()
        self._changed = changed
        self.last_pass: LastPass | None = None
        """None: there was none yet, or what it found is not known to hold any more."""

    async def converge(self, held: Mapping[InstanceName, HeldInstance], pods: Mapping[str, LivePod]) -> Told:
        """Do one pass and say how every artifact stands.

        Raises:
            Transient: the network cannot be made: nothing was done.
        """
        if self.space is None:
            self.space = await ensure_network(self._podman, self._settings, self._environment)
        await self.pods.adopt(pods)
        workloads = {w.key: w for one in held.values() for w in one.workloads}
        self._take_up(held)
        probes = {w.template.digest: w.template.probes for w in workloads.values() if w.template}
        await self.pods.look(pods, probes)
        by_key: dict[WorkloadKey, list[LivePod]] = {}
        for pod in pods.values():
            by_key.setdefault(pod.key, []).append(pod)
        parts = {key: self._step(w, by_key.get(key, []), self.space) for key, w in workloads.items()}
        self._remove_unnamed(held, workloads, by_key)
        self._records.save()
        ready = [
            p for p in pods.values() if p.name not in self.pods.retirements and self._is_ready(p, workloads)
        ]
        traffic_words = await self.traffic.serve(self.space, held, ready)
        self.pods.begin_retirements()
        self.last_pass = LastPass(
            parts=parts,
            ready=frozenset(pod.name for pod in ready),
            leaving=frozenset(self.pods.retirements),
            traffic_words=traffic_words,
        )
        told = {name: self._tell(one, parts, traffic_words) for name, one in held.items()}
        self._records.save()
        return told

    async def ensure_network(self) -> None:
        """Look after the network and its route again; before the first pass there is none to look after."""
        if self.space is None:
            return
        self.space = await ensure_network(self._podman, self._settings, self._environment)

    async def stop(self) -> None:
        """Leave everything as it runs."""
        await self.pods.stop()

    def _take_up(self, held: Mapping[InstanceName, HeldInstance]) -> None:
        """Note new promotions before anything is done for them; each is judged by itself."""
        for name, one in held.items():
            for artifact in one.desired.artifacts:
                record = self._records.artifact(self._environment, name, artifact)
                rendering = one.desired.renderings.get(artifact, "")
                if record.begin(one.desired.promotion_id, rendering):
                    for workload in one.workloads:
                        if workload.key.artifact == artifact:
                            self.pods.forgive(workload.key)
                    self._begun.start((name, artifact))

    def _step(self, workload: Workload, pods: Sequence[LivePod], space: AddressSpace) -> ArtifactHealth:
        if workload.template is None:
            return progressing(workload.words, Cause.SURROUNDINGS)
        if workload.key.kind == "Job":
            return self._job_step(workload, pods, space)
        for pod in pods:
            if self.pods.is_broken(pod):
                self.pods.retire(pod)
        seen = [self._seen(pod, workload) for pod in pods]
        step = next_step(workload.template.digest, workload.replicas, seen, recreate=workload.recreate)
        for ordinal in step.create:
            self.pods.create(workload, ordinal, space)
        for pod in pods:
            if pod.name in step.retire:
                self.pods.retire(pod)
        return self._health(workload, seen, step)

    def _seen(self, pod: LivePod, workload: Workload) -> SeenPod:
        retirement = self.pods.retirements.get(pod.name)
        return SeenPod(
            pod=pod,
            ready=self.pods.is_ready(pod, workload.min_ready_s),
            retiring=retirement is not None,
            serves=retirement is not None and retirement.serves and pod.is_running,
        )

    def _health(  # noqa: PLR0911 - one return for each thing that can be said
        self, workload: Workload, seen: Sequence[SeenPod], step: RolloutStep
    ) -> ArtifactHealth:
        key, template = workload.key, workload.template
        assert template is not None  # noqa: S101 - checked by _step
        mine = [one for one in seen if one.pod.template == template.digest and not one.retiring]
        lost = next(filter(None, [self.pods.take_lost(one.pod) for one in mine]), "")
        if step.complete:
            if not all(self.pods.is_confirmed(one.pod) for one in mine):
                return progressing("")
            if lost:
                # It flapped faster than passes follow one another: it is told all the same.
                asyncio.get_running_loop().call_soon(self._changed)
                return progressing(f"{key.kind} {key.name} lost its readiness: {lost}", Cause.VERSION)
            self.pods.crashes.pop(key, None)
            return HEALTHY
        crashed, ending = self.pods.crashes.get(key, ("", None))
        if ending is not None and crashed == template.digest:
            if ending.cause is Cause.VERSION:
                return failed(ending.words)
            more = self.pods.troubles.get(key, "it is started again")
            return progressing(f"{ending.words}; {more}", Cause.SURROUNDINGS)
        if key in self.pods.troubles:
            return progressing(self.pods.troubles[key], Cause.SURROUNDINGS)
        late = self._late(workload, mine)
        if late is not None:
            return failed(late)
        started = {one.pod.ordinal for one in mine}
        if len(started) < workload.replicas:
            # A machine that is too busy to start it says nothing of the version.
            return waiting(f"{key.kind} {key.name}: {len(started)} of {workload.replicas} pods are started")
        ready = sum(1 for one in mine if one.ready)
        if ready == workload.replicas:
            return progressing("")
        probes = next((words for one in mine if (words := self.pods.probe_words(one.pod))), "")
        words = f"{key.kind} {key.name}: {ready} of {workload.replicas} pods are ready"
        failing = bool(probes) and len(mine) == workload.replicas
        cause = Cause.VERSION if failing else Cause.NONE
        told = f"{words}; {probes}" if probes else words
        return progressing(f"{told} (it may take {workload.progress_deadline_s:g} s)", cause)

    def _late(self, workload: Workload, mine: Sequence[SeenPod]) -> str | None:
        """Say which pod was watched for the whole deadline and did not become ready; None: none was."""
        taken_up = self._begun.seconds_if_started((workload.key.instance, workload.key.artifact))
        for one in mine:
            if one.ready or not one.pod.is_running:
                continue
            # Not since its start: that a machine was too busy to list it says nothing of the version.
            watched = self.pods.watched_s(one.pod)
            left = workload.progress_deadline_s - min(watched, watched if taken_up is None else taken_up)
            if left <= 0:
                probes = self.pods.probe_words(one.pod) or "its readiness probe did not pass"
                return (
                    f"{workload.key.kind} {workload.key.name} was not ready "
                    f"within {workload.progress_deadline_s:g} s: {probes}"
                )
            asyncio.get_running_loop().call_later(left + 0.01, self._changed)
        return None

    def _job_step(self, workload: Workload, pods: Sequence[LivePod], space: AddressSpace) -> ArtifactHealth:
        key = workload.key
        record = self._records.artifact(self._environment, key.instance, key.artifact)
        run_key = f"{key.namespace}.{key.name}.{record.rendering[:12]}.{record.rendered_in}"
        stored = f"{self._environment} {key.instance} {run_key}"
        run = self._records.runs.get(stored)
        if run is None:
            run = self._records.runs[stored] = JobRun(began_at=self._clock.now().timestamp())
        for pod in pods:
            if pod.job != run_key:
                self.pods.retire(pod)
        attempts = [p for p in pods if p.job == run_key and p.name not in self.pods.retirements]
        assert workload.template is not None  # noqa: S101 - checked by _step
        if self.pods.is_starting(key, workload.template.digest, run.attempts):
            return progressing(f"job {key.name} is begun")
        step = next_job_step(workload, run, attempts, self.pods.endings, self._jobs.seconds(stored))
        for pod in attempts:
            if pod.name in step.retire:
                self.pods.retire(pod)
                run.attempts += 1
        self._records.save()
        if step.create and run.state is RunState.STARTED:
            if key in self.pods.crashes:  # an init container ended the attempt before its start was over
                note_failure(workload, run, self.pods.crashes.pop(key)[1])
                return self._job_step(workload, pods, space)
            self.pods.create(workload, run.attempts, space, run_key)
            if key in self.pods.troubles:
                return progressing(self.pods.troubles[key], Cause.SURROUNDINGS)
        return step.health

    def _remove_unnamed(
        self,
        held: Mapping[InstanceName, HeldInstance],
        workloads: Mapping[WorkloadKey, Workload],
        by_key: Mapping[WorkloadKey, Sequence[LivePod]],
    ) -> None:
        """Retire what a lock that was read names no more; what no lock is read for is left as it runs."""
        for key, pods in by_key.items():
            one = held.get(key.instance)
            if key in workloads or one is None or one.frozen:
                continue
            for pod in pods:
                self.pods.retire(pod)

    def _is_ready(self, pod: LivePod, workloads: Mapping[WorkloadKey, Workload]) -> bool:
        workload = workloads.get(pod.key)
        return self.pods.is_ready(pod, workload.min_ready_s if workload else 0.0)

    def _tell(
        self,
        one: HeldInstance,
        parts: Mapping[WorkloadKey, ArtifactHealth],
        traffic_words: Mapping[tuple[InstanceName, str], str],
    ) -> dict[str, ArtifactHealth]:
        told = {}
        for artifact in one.desired.artifacts:
            mine = [
                part for key, part in parts.items() if (key.instance, key.artifact) == (one.name, artifact)
            ]
            words = traffic_words.get((one.name, artifact))
            if words is not None:
                mine.append(progressing(words, Cause.SURROUNDINGS))
            gaps = one.gaps.get(artifact, ())
            mine += [
                progressing(f"{g.kind} {g.name}: {g.words}", Cause.SURROUNDINGS) for g in gaps if g.blocks
            ]
            record = self._records.artifact(self._environment, one.name, artifact)
            settled = record.settle(combine(mine))
            notes = [f"not enforced: {g.kind} {g.name} {g.field} ({g.words})" for g in gaps if not g.blocks]
            told[artifact] = with_notes(settled, [*([one.frozen] if one.frozen else []), *notes])
        return told
