"""Takes one pod out: drained first, then asked to end, then removed; never the other way round.

The proxy sends it no new request once it is not among the endpoints. What is in flight ends by itself, at
most for the pod's grace period; connections that are not HTTP are cut after `tcp_drain`, because such clients
stay for ever and know how to come back. Only then SIGTERM, the grace period again, and removal.
"""

import asyncio
from collections.abc import Callable

from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.proxy import Proxy
from headway.adapters.podman.settings import AgentSettings
from headway.domain.errors import Transient

LOOK_EVERY_S = 0.05


class Retirement:
    """One pod on its way out."""

    def __init__(
        self,
        *,
        settings: AgentSettings,
        podman: Podman,
        proxy: Proxy,
        pod: LivePod,
        http_backends: Callable[[], frozenset[str]],
        changed: Callable[[], None],
        rethink: Callable[[], None],
    ) -> None:
        self.serves = True
        """Whether work of its own still runs; False once it is drained and about to be asked to end."""
        self.pod = pod
        self._settings = settings
        self._podman = podman
        self._proxy = proxy
        self._http_backends = http_backends
        self._changed = changed
        self._rethink = rethink
        self._task: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    def begin(self) -> None:
        """Go on with it in the background; call it after the proxy was told, and again if it stopped."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def look(self, pod: LivePod) -> None:
        """Tell it what podman lists now."""
        if not any(container.is_running for container in pod.containers):
            self._ended.set()

    def is_over_without_pod(self) -> bool:
        """Tell it that podman lists its pod no more, and hear whether it has cleared up after it."""
        self._ended.set()
        return self._task is not None and self._task.done()

    async def stop(self) -> None:
        """Leave it where it is: whoever comes next begins anew."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            if any(container.is_running for container in self.pod.containers):
                await self._drain()
                self.serves = False
                self._rethink()
                await self._podman.signal([c.id for c in self.pod.containers if c.is_running], "TERM")
                await self._await_end()
            self.serves = False
            await self._podman.remove_pods([self.pod.name])
            await self._podman.remove_volumes(of=self.pod.name)
        except Transient:
            await asyncio.sleep(1)  # podman is away: the next look begins it again
        self._changed()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            try:
                busy = await self._proxy.busy(self.pod.address)
            except Transient:
                return  # no proxy, no traffic
            passed = loop.time() - began
            streams = [backend for backend in busy if backend not in self._http_backends()]
            if streams and passed >= min(self._settings.tcp_drain.total_seconds(), self.pod.grace_s):
                await self._proxy.cut(self.pod.address, streams)
                busy = {backend: count for backend, count in busy.items() if backend not in streams}
            if not busy or passed >= self.pod.grace_s:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def _await_end(self) -> None:
        try:
            async with asyncio.timeout(self.pod.grace_s):
                await self._ended.wait()
        except TimeoutError:
            return
