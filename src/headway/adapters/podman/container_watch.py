"""Asks one container's probes while it runs, and says whether it is ready.

Readiness is asked often (from 50 ms, doubling up to its period) until it first succeeds, so that a pod
joins when it can; afterwards the manifest's period and thresholds hold. A
container without a readiness probe counts as ready once it has run for 300 ms: what crashes at once was
never ready.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta

import httpx

from headway.adapters.podman.podman import Podman
from headway.adapters.podman.probe_spec import ContainerProbes, ProbeSpec

RUNS_FOR_S = 0.3
FIRST_PAUSE_S = 0.05


class ContainerWatch:
    """One run of one container; cancelled when that run is over."""

    def __init__(
        self,
        *,
        container: str,
        address: str,
        ports: Mapping[str, int],
        probes: ContainerProbes,
        podman: Podman,
        client: httpx.AsyncClient,
        changed: Callable[[], None],
        ready: bool,
    ) -> None:
        self.began = asyncio.get_running_loop().time()
        """When its probes were begun (loop time)."""
        self.ready = ready
        """Whether it takes traffic; adopted as it was when the agent began."""
        self.confirmed = False
        """Whether this agent asked it already."""
        self.last_words = ""
        """What the last probe that failed saw."""
        self.lost = ""
        """What was seen when it was ready and was not any more; kept until somebody tells it."""
        self.killed = False
        """Its liveness or startup probe gave up on it."""
        self._container = container
        self._address = address
        self._ports = ports
        self._probes = probes
        self._podman = podman
        self._client = client
        self._changed = changed
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ask no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        if self._probes.startup is not None and not self.ready:
            await self._until_alive(self._probes.startup)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._readiness())
            if self._probes.liveness is not None:
                group.create_task(self._liveness(self._probes.liveness))

    async def _readiness(self) -> None:
        probe = self._probes.readiness
        if probe is None:
            await asyncio.sleep(RUNS_FOR_S)
            self._set(ready=True)
            return
        pause = FIRST_PAUSE_S
        passes = failures = 0
        if not self.ready:
            await asyncio.sleep(probe.initial_delay_s)
        while True:
            if await self._ask(probe):
                passes, failures = passes + 1, 0
                if passes >= probe.success_threshold or self.ready:
                    self._set(ready=True)
            else:
                passes, failures = 0, failures + 1
                if failures >= probe.failure_threshold or not self.confirmed:
                    self._set(ready=self.ready and failures < probe.failure_threshold)
            if self.confirmed and (self.ready or pause >= probe.period_s):
                pause = probe.period_s
            await asyncio.sleep(min(pause, probe.period_s))
            pause = min(pause * 2, probe.period_s)

    async def _until_alive(self, probe: ProbeSpec) -> None:
        await asyncio.sleep(probe.initial_delay_s)
        failures, pause = 0, FIRST_PAUSE_S
        began = last_counted = asyncio.get_running_loop().time()
        while not await self._ask(probe):
            # Asked more often than its period, it must still not give up earlier than Kubernetes would.
            now = asyncio.get_running_loop().time()
            if now - last_counted >= probe.period_s or now == began:
                failures, last_counted = failures + 1, now
            if failures >= probe.failure_threshold:
                await self._give_up()
            await asyncio.sleep(min(pause, probe.period_s))
            pause = min(pause * 2, probe.period_s)

    async def _liveness(self, probe: ProbeSpec) -> None:
        await asyncio.sleep(probe.initial_delay_s)
        failures = 0
        while True:
            failures = 0 if await self._ask(probe) else failures + 1
            if failures >= probe.failure_threshold:
                await self._give_up()
                failures = 0
            await asyncio.sleep(probe.period_s)

    async def _give_up(self) -> None:
        self.killed = True
        self._set(ready=False)
        await self._podman.signal([self._container], "KILL")

    def _set(self, *, ready: bool) -> None:
        before = (self.ready, self.confirmed)
        if self.ready and self.confirmed and not ready:
            self.lost = self.last_words or "it was not ready any more"
        self.ready, self.confirmed = ready, True
        if before != (self.ready, self.confirmed):
            self._changed()

    async def _ask(self, probe: ProbeSpec) -> bool:
        if probe.command:
            passed = await self._podman.execute(
                self._container, probe.command, timedelta(seconds=probe.timeout_s)
            )
            self.last_words = "" if passed else f"{probe.command[0]} did not end with 0"
            return passed
        port = self._ports.get(str(probe.port)) or int(probe.port or 0)
        try:
            if probe.tcp:
                await self._connect(port, probe.timeout_s)
                self.last_words = ""
                return True
            answer = await self._client.get(
                f"{probe.scheme}://{self._address}:{port}{probe.path}",
                headers=dict(probe.headers),
                timeout=probe.timeout_s,
            )
        except (httpx.HTTPError, OSError, TimeoutError, ValueError) as away:
            self.last_words = f"port {port} does not answer ({type(away).__name__})"
            return False
        passed = 200 <= answer.status_code < 400
        self.last_words = "" if passed else f"GET {probe.path} on port {port} answered {answer.status_code}"
        return passed

    async def _connect(self, port: int, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(self._address, port)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
