"""Carries Services' traffic to ready pods: one haproxy for each environment, which outlives the agent.

Endpoints come and go through the runtime API: what joins is added before what leaves is drained, so there is
no instant without one. A reload happens only when Services or their ports change; it hands the listening
sockets over. Not safe to call concurrently: the engine's one loop calls it.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from headway.adapters.podman.daemon import Daemon
from headway.adapters.podman.proxy_config import SLOTS, Endpoint, Listener, listener_mark, render_config
from headway.adapters.podman.proxy_socket import ProxySocket, Slot
from headway.adapters.podman.settings import AgentSettings
from headway.domain.errors import Transient

RELOAD_WITHIN_S = 5.0


class Proxy:
    """The haproxy of one environment."""

    def __init__(self, settings: AgentSettings, folder: Path) -> None:
        self._config = folder / "haproxy.cfg"
        self._socket_path = folder / "haproxy.sock"
        self._mark = ""
        self._ours: set[int] = set()
        self.socket = ProxySocket(self._socket_path)
        folder.mkdir(parents=True, exist_ok=True)
        self._pid_file = folder / "haproxy.pid"
        argv = [
            settings.haproxy,
            "-W",
            "-D",
            "-C",
            str(folder),
            "-f",
            str(self._config),
            "-p",
            str(self._pid_file),
        ]
        self._daemon = Daemon(argv=argv, pid_file=self._pid_file, mark=self._config)

    async def serve(
        self, listeners: Sequence[Listener], endpoints: Mapping[str, frozenset[Endpoint]]
    ) -> dict[str, str]:
        """Serve exactly these listeners with exactly these endpoints.

        Returns:
            The published ports that are taken by others: words by the listener's name. The rest is served.

        Raises:
            Transient: haproxy cannot be started or does not answer.
        """
        slots = await self._slots()
        wanted, taken = self._free_of_others([_roomy(one, endpoints, slots) for one in listeners])
        mark = listener_mark(wanted)
        if self._daemon.pid() is None or mark != self._mark:
            await self._load(wanted, endpoints, slots, mark)
            slots = await self._slots()
        await self._fill(endpoints, slots)
        return taken

    async def serving(self) -> set[str]:
        """Give the addresses that it sends new requests to; empty when it does not run."""
        return {slot.endpoint.address for slot in await self._slots() if slot.serving}

    async def busy(self, address: str) -> dict[str, int]:
        """Count what still runs on a pod, by backend; backends with nothing are left out."""
        slots = await self.socket.slots()
        counts = await self.socket.sessions()
        found = {(s.backend, s.number) for s in slots if s.endpoint.address == address}
        return {backend: counts[backend, n] for backend, n in found if counts.get((backend, n))}

    async def cut(self, address: str, backends: Sequence[str]) -> None:
        """End what still runs on a pod's slots of these backends."""
        slots = [
            s for s in await self.socket.slots() if s.endpoint.address == address and s.backend in backends
        ]
        if slots:
            await self.socket.ask([f"shutdown sessions server {s.backend}/s{s.number}" for s in slots])

    async def stop(self) -> None:
        """End it."""
        await self._daemon.stop()

    async def _slots(self) -> list[Slot]:
        if self._daemon.pid() is None:
            return []
        with contextlib.suppress(Transient):
            if not self._mark:
                self._mark = await self.socket.mark()
            return await self.socket.slots()
        return []

    async def _load(
        self,
        listeners: Sequence[Listener],
        endpoints: Mapping[str, frozenset[Endpoint]],
        slots: Sequence[Slot],
        mark: str,
    ) -> None:
        ready: dict[str, dict[int, Endpoint]] = {}
        for listener in listeners:
            kept = {
                slot.number: slot.endpoint
                for slot in slots
                if slot.backend == listener.name and slot.serving and slot.number <= listener.slots
            }
            ready[listener.name] = kept or dict(enumerate(sorted(endpoints.get(listener.name, ())), start=1))
        self._config.write_text(render_config(listeners, ready, self._socket_path.name, mark, drain_s=30))
        if not await self._daemon.ensure():
            self._daemon.signal(signal.SIGUSR2)
        await self._await_mark(mark)
        self._mark = mark
        self._ours = {one.published for one in listeners if one.published is not None}

    async def _await_mark(self, mark: str) -> None:
        """Return when the worker with this configuration serves."""
        deadline = asyncio.get_running_loop().time() + RELOAD_WITHIN_S
        while asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(Transient):
                if await self.socket.mark() == mark:
                    return
            await asyncio.sleep(0.01)
        raise Transient(
            "proxy-failed",
            "haproxy did not take its new configuration",
            why=f"it still serves the earlier one after {RELOAD_WITHIN_S:g} s",
            next_step=f"it is tried again; see haproxy -c -f {self._config}",
        )

    async def _fill(self, endpoints: Mapping[str, frozenset[Endpoint]], slots: Sequence[Slot]) -> None:
        counts = await self.socket.sessions() if any(slot.draining for slot in slots) else {}
        joins: list[str] = []
        leaves: list[str] = []
        for backend in {slot.backend for slot in slots}:
            wanted = endpoints.get(backend, frozenset())
            mine = [slot for slot in slots if slot.backend == backend]
            present = {slot.endpoint for slot in mine if slot.serving}
            free = [
                s.number
                for s in mine
                if not s.serving and (not s.draining or not counts.get((backend, s.number)))
            ]
            for endpoint in sorted(wanted - present):
                if not free:
                    break
                place = f"{backend}/s{free.pop(0)}"
                joins.append(f"set server {place} addr {endpoint.address} port {endpoint.port}")
                joins.append(f"set server {place} state ready")
            leaves += [
                f"set server {backend}/s{slot.number} state drain"
                for slot in mine
                if slot.serving and slot.endpoint not in wanted
            ]
        # What joins is served before what leaves is drained.
        for commands in (joins, leaves):
            for start in range(0, len(commands), 20):
                await self.socket.ask(commands[start : start + 20])

    def _free_of_others(self, listeners: Sequence[Listener]) -> tuple[list[Listener], dict[str, str]]:
        served: list[Listener] = []
        taken: dict[str, str] = {}
        if not self._ours and self._daemon.pid() is not None:
            self._ours = _published(self._config)
        seen: dict[int, str] = {}
        for listener in sorted(listeners, key=lambda one: one.name):
            port = listener.published
            if port is not None and port in seen:
                taken[listener.name] = f"port {port} is published by {seen[port]} already"
            elif port is not None and port not in self._ours and not _is_free(port):
                taken[listener.name] = f"port {port} of 127.0.0.1 is taken by another program"
            elif port is not None:
                seen[port] = listener.name
            served.append(replace(listener, published=None) if listener.name in taken else listener)
        return served, taken


def _roomy(
    listener: Listener, endpoints: Mapping[str, frozenset[Endpoint]], slots: Sequence[Slot]
) -> Listener:
    """Give a backend enough slots: three times its endpoints, in steps, and never fewer again."""
    present = sum(1 for slot in slots if slot.backend == listener.name)
    room = max(SLOTS, present)
    while room < 3 * len(endpoints.get(listener.name, ())):
        room *= 2
    return replace(listener, slots=room)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _published(config: Path) -> set[int]:
    with contextlib.suppress(OSError):
        lines = config.read_text().splitlines()
        return {int(line.rsplit(":", 1)[1]) for line in lines if line.strip().startswith("bind 127.0.0.1:")}
    return set()
