"""The pods of one environment as the engine handles them: started, watched, started again, taken out.

Level-triggered: `look` takes what podman lists now and starts what is missing of watches and judgements.
Everything that takes time is a task of its own; each calls `changed` when it is done (or `rethink`, when
podman's list is the same as before). Only the engine's one
loop calls these methods.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from headway.adapters.podman.address_space import PODS_PER_ENVIRONMENT, AddressSpace
from headway.adapters.podman.container_watch import ContainerWatch
from headway.adapters.podman.ending import Ending, Endings
from headway.adapters.podman.live_pod import LiveContainer, LivePod, Restarts
from headway.adapters.podman.pod_retire import Retirement
from headway.adapters.podman.pod_start import new_pod, start_pod
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.probe_spec import ContainerProbes
from headway.adapters.podman.proxy import Proxy
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.workload import Workload, WorkloadKey
from headway.domain.deployment import Cause
from headway.domain.errors import Transient

FORGIVEN_AFTER_S = 600.0
"""A container that ran so long begins with short pauses again, as in Kubernetes."""

START_PAUSES_S = (0.2, 0.5, 1.0, 2.0)
"""Podman may still be stopping the pod around what ended; a pod that will not start again is made anew."""


Place = tuple[WorkloadKey, str, int]
"""Where a pod belongs: its workload, its template's digest and its ordinal."""


@dataclass(slots=True)
class Pause:
    """How often something was tried in vain, and when it may be tried again (loop time)."""

    tries: int = 0
    until: float = 0.0

    def lengthen(self, now: float, cap_s: float) -> float:
        """Double the pause from 1 s; give its length."""
        length = float(min(cap_s, 2**self.tries))
        self.tries, self.until = min(self.tries + 1, 16), now + length
        return length


class PodSet:
    """What is known and under way for one environment's pods."""

    def __init__(
        self,
        *,
        settings: AgentSettings,
        podman: Podman,
        proxy: Proxy,
        endings: Endings,
        client: httpx.AsyncClient,
        http_backends: Callable[[], frozenset[str]],
        next_position: Callable[[], int],
        changed: Callable[[], None],
        rethink: Callable[[], None],
    ) -> None:
        self.troubles: dict[WorkloadKey, str] = {}
        """What stands in the way of starting a workload's pods: the surroundings' fault."""
        self.crashes: dict[WorkloadKey, tuple[str, Ending]] = {}
        """The last end of a workload's container, with its template."""
        self.endings: dict[str, Ending] = {}
        """What each ended container's last end told."""
        self.retirements: dict[str, Retirement] = {}
        self._settings = settings
        self._podman = podman
        self._proxy = proxy
        self._judge = endings
        self._client = client
        self._http_backends = http_backends
        self._next_position = next_position
        self._addresses: set[str] = set()
        """Those of the pods that podman lists."""
        self.restarts: dict[str, Restarts] = {}
        """What this agent started again, by the container's id."""
        self._changed = changed
        self._rethink = rethink
        self._watches: dict[tuple[str, int], ContainerWatch] = {}
        self._given_up: dict[tuple[str, int], str] = {}
        """Runs of containers that their own probe ended, with what it saw; until their end is judged."""
        self._judged: dict[str, int] = {}
        self._starting: dict[Place, LivePod] = {}
        self._over: set[Place] = set()
        """Starts that are over, and that no listing shows yet."""
        self._pauses: dict[object, Pause] = {}
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._adopted: frozenset[str] | None = None
        self._ready_since: dict[str, float] = {}
        self._started: set[str] = set()
        self._known: set[str] = set()

    async def adopt(self, pods: Mapping[str, LivePod]) -> None:
        """Begin where the last agent left: what the proxy serves is ready until a probe says otherwise."""
        if self._adopted is None:
            serving = await self._proxy.serving()
            self._adopted = frozenset(name for name, pod in pods.items() if pod.address in serving)

    async def look(
        self, pods: Mapping[str, LivePod], probes: Mapping[str, tuple[ContainerProbes, ...]]
    ) -> None:
        """Take in what podman lists; `probes` are those of each template, by its digest."""
        self._addresses = {pod.address for pod in pods.values()}
        running = {(c.id, c.started_at) for pod in pods.values() for c in pod.containers if c.is_running}
        for gone in self._watches.keys() - running:
            watch = self._watches.pop(gone)
            await watch.stop()
            if watch.killed:
                self._given_up[gone] = watch.last_words
        for name in self.retirements.keys() - pods.keys():
            if self.retirements[name].is_over_without_pod():
                del self.retirements[name]
        for pod in pods.values():
            if pod.name in self.retirements:
                self.retirements[pod.name].look(pod)
            for container in pod.containers:
                self._look_at(pod, container, probes.get(pod.template, ()))
        present = {container for container, _ in running}
        present |= {c.id for pod in pods.values() for c in pod.containers}
        self._known &= present
        self._given_up = {run: words for run, words in self._given_up.items() if run[0] in present}
        for gone_id in self.endings.keys() - present:
            del self.endings[gone_id]
        self.restarts = {one: what for one, what in self.restarts.items() if one in present}
        self._started &= pods.keys() | self.starting_names()
        self._ready_since = {name: at for name, at in self._ready_since.items() if name in pods}

    def is_ready(self, pod: LivePod, min_ready_s: float) -> bool:
        """Say whether it may take traffic and counts as ready."""
        watches = [self._watches.get((c.id, c.started_at)) for c in pod.mains]
        ready = pod.is_running and all(watch is not None and watch.ready for watch in watches)
        now = asyncio.get_running_loop().time()
        if not ready:
            self._ready_since.pop(pod.name, None)
            return False
        since = self._ready_since.setdefault(pod.name, now)
        if now - since < min_ready_s:
            asyncio.get_running_loop().call_later(since + min_ready_s - now, self._changed)
            return False
        return True

    def is_confirmed(self, pod: LivePod) -> bool:
        """Say whether this agent has asked its probes already."""
        watches = [self._watches.get((c.id, c.started_at)) for c in pod.mains]
        return all(watch is not None and watch.confirmed for watch in watches)

    def watched_s(self, pod: LivePod) -> float:
        """Give how long all of its containers have been watched by now, in seconds."""
        watches = [self._watches.get((c.id, c.started_at)) for c in pod.mains]
        now = asyncio.get_running_loop().time()
        return min((now - watch.began if watch is not None else 0.0 for watch in watches), default=0.0)

    def probe_words(self, pod: LivePod) -> str:
        """Say what its probes saw last; empty: nothing wrong."""
        watches = [self._watches.get((c.id, c.started_at)) for c in pod.mains]
        return "; ".join(watch.last_words for watch in watches if watch and watch.last_words)

    def take_lost(self, pod: LivePod) -> str:
        """Give, once, what was seen when it lost its readiness, even if it has it back; empty: it kept it."""
        words = ""
        for container in pod.mains:
            watch = self._watches.get((container.id, container.started_at))
            if watch is not None and watch.lost:
                words, watch.lost = watch.lost, ""
        return words

    def starts_over(self) -> frozenset[Place]:
        """Give the starts that are over: a listing that begins now shows what came of them."""
        return frozenset(self._over)

    def forget_starts(self, places: frozenset[Place]) -> None:
        """Go by what podman lists for these; until then each counts as under way, or it would begin again."""
        self._over -= places
        for place in places:
            self._starting.pop(place, None)

    def starting_names(self) -> set[str]:
        """Give the names of pods that are on their way."""
        return {pod.name for pod in self._starting.values()}

    def is_starting(self, key: WorkloadKey, template: str, ordinal: int) -> bool:
        """Say whether such a pod is on its way."""
        return (key, template, ordinal) in self._starting

    def is_broken(self, pod: LivePod) -> bool:
        """Say whether it can only be made anew: started half, or parts of it were removed."""
        if self._is_starting(pod.name):
            return False
        there = {c.name for c in pod.mains if c.is_running or c.has_ended}
        return not there.issuperset(pod.wanted)

    def create(self, workload: Workload, ordinal: int, space: AddressSpace, job: str = "") -> None:
        """Start a pod, unless it is on its way or was tried in vain just now."""
        template = workload.template
        assert template is not None  # noqa: S101 - callers check
        place = (workload.key, template.digest, ordinal)
        pause = self._pauses.get(place)
        now = asyncio.get_running_loop().time()
        if place in self._starting or (pause is not None and pause.until > now):
            return
        address = self._free_address(space)
        self._starting[place] = pod = new_pod(
            self._settings, workload.key, template, ordinal, address, job=job
        )
        self._spawn(("start", pod.name), self._start(workload, pod, space))

    def _free_address(self, space: AddressSpace) -> str:
        """Give the address that no pod had for longest: the host still knows where it found the others."""
        taken = {pod.address for pod in self._starting.values()} | self._addresses
        for _ in range(PODS_PER_ENVIRONMENT):
            address = space.pod(self._next_position())
            if address not in taken:
                break
        return address

    def retire(self, pod: LivePod) -> None:
        """Put a pod on its way out; `begin_retirements` does it."""
        if pod.name not in self.retirements and not self._is_starting(pod.name):
            self.retirements[pod.name] = Retirement(
                settings=self._settings,
                podman=self._podman,
                proxy=self._proxy,
                pod=pod,
                http_backends=self._http_backends,
                changed=self._changed,
                rethink=self._rethink,
            )

    def begin_retirements(self) -> None:
        """Go on with what is on its way out; the proxy sends it nothing any more."""
        for retirement in self.retirements.values():
            retirement.begin()

    def forgive(self, key: WorkloadKey) -> None:
        """Forget a workload's past: a new promotion is judged by itself, and tried at once."""
        self.crashes.pop(key, None)
        self.troubles.pop(key, None)
        for place in [p for p in self._pauses if isinstance(p, tuple) and p[0] == key]:
            del self._pauses[place]

    async def stop(self) -> None:
        """Leave everything as it runs."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for watch in self._watches.values():
            await watch.stop()
        for retirement in self.retirements.values():
            await retirement.stop()

    def _is_starting(self, name: str) -> bool:
        return any(pod.name == name for pod in self._starting.values())

    def _look_at(self, pod: LivePod, container: LiveContainer, probes: tuple[ContainerProbes, ...]) -> None:
        run = (container.id, container.started_at)
        is_starting = self._is_starting(pod.name)
        if (is_starting or pod.name in self._started) and container.id not in self._known:
            # This agent started it, or does just now: its end tells something, however soon it comes.
            self._judge.saw_running(container.id)
        if not is_starting:
            self._known.add(container.id)
        if container.is_running:
            self._judge.saw_running(container.id)
            if run not in self._watches and not container.init and pod.name not in self.retirements:
                self._watches[run] = self._watch(pod, container, probes)
        elif container.has_ended and self._judged.get(container.id) != container.started_at:
            if pod.name in self.retirements or container.init:
                return
            self._judged[container.id] = container.started_at
            self._spawn(("judge", container.id), self._ended(pod, container))

    def _watch(
        self, pod: LivePod, container: LiveContainer, probes: tuple[ContainerProbes, ...]
    ) -> ContainerWatch:
        own = next((p for p in probes if p.container == container.name), None)
        return ContainerWatch(
            container=container.id,
            address=pod.address,
            ports=pod.ports,
            probes=own or ContainerProbes(container=container.name),
            podman=self._podman,
            client=self._client,
            changed=self._rethink,
            ready=pod.name in (self._adopted or ()),
        )

    async def _start(self, workload: Workload, pod: LivePod, space: AddressSpace) -> None:
        place = (workload.key, pod.template, pod.ordinal)
        assert workload.template is not None  # noqa: S101 - checked by create
        try:
            await start_pod(self._podman, self._settings, space, pod, workload.template)
            self._started.add(pod.name)
            self.troubles.pop(workload.key, None)
        except Transient as refused:
            await self._not_started(workload, pod, refused)
        finally:
            self._over.add(place)
            self._changed()

    async def _not_started(self, workload: Workload, pod: LivePod, refused: Transient) -> None:
        place = (workload.key, pod.template, pod.ordinal)
        pause = self._pauses.setdefault(place, Pause())
        length = pause.lengthen(asyncio.get_running_loop().time(), 30)
        asyncio.get_running_loop().call_later(length + 0.01, self._changed)
        self.troubles[workload.key] = f"{refused.what}: {refused.why}"
        try:
            listed = (await self._podman.pods()).get(pod.name)
            for container in listed.containers if listed else ():
                if container.init and container.has_ended and container.exit_code != 0:
                    self._judge.saw_running(container.id)
                    self.crashes[workload.key] = (pod.template, await self._judge.judge(container))
                    self.troubles.pop(workload.key, None)
            await self._podman.remove_pods([pod.name])
            await self._podman.remove_volumes(of=pod.name)
        except Transient:
            return  # what is left of it is broken and goes at a later look

    async def _ended(self, pod: LivePod, container: LiveContainer) -> None:
        given_up = self._given_up.pop((container.id, container.started_at), None)
        if given_up is not None:
            words = f"{container.name} was killed by its own probe: {given_up}"
            ending = Ending(cause=Cause.VERSION, words=words, exit_code=container.exit_code)
        else:
            ending = await self._judge.judge(container)
        self.endings[container.id] = ending
        if pod.key.kind == "Job":
            self._changed()
            return
        self.crashes[pod.key] = (pod.template, ending)
        self._changed()
        await self._restart(pod, container, ending)

    async def _restart(self, pod: LivePod, container: LiveContainer, ending: Ending) -> None:
        loop = asyncio.get_running_loop()
        pause = self._pauses.setdefault((pod.key, pod.name, container.name), Pause())
        if pause.until and loop.time() - pause.until > FORGIVEN_AFTER_S:
            pause.tries = 0
        if ending.cause is Cause.VERSION or pause.tries:
            await asyncio.sleep(pause.lengthen(loop.time(), self._settings.restart_cap.total_seconds()))
        else:
            pause.tries = 1
        for try_again_s in START_PAUSES_S:
            if pod.name in self.retirements:
                return
            at = datetime.now(UTC)
            try:
                await self._podman.start(container.id)
            except Transient as refused:
                if not await self._is_there(container.id):
                    return
                self.troubles[pod.key] = f"{refused.what}: {refused.why}"
                self._changed()
                await asyncio.sleep(try_again_s)
                continue
            self._judge.saw_running(container.id)
            before = self.restarts.get(container.id)
            self.restarts[container.id] = Restarts(count=1 + (before.count if before else 0), at=at)
            self.troubles.pop(pod.key, None)
            self._changed()
            return
        self.retire(pod)
        self._changed()

    async def _is_there(self, container: str) -> bool:
        try:
            return await self._podman.exists("container", container)
        except Transient:
            return True

    def _spawn(self, name: object, work: Coroutine[Any, Any, None]) -> None:
        before = self._tasks.pop(name, None)
        if before is not None:
            before.cancel()
        task = asyncio.create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._done(name, done))

    def _done(self, name: object, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if not task.cancelled() and task.exception() is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"podman engine: {name} failed", "exception": task.exception()}
            )
