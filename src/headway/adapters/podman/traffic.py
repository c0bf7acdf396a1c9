"""From Services and ready pods to names, listeners and endpoints; Services' addresses are kept."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from headway.adapters.podman.address_space import SERVICES_PER_ENVIRONMENT, AddressSpace
from headway.adapters.podman.held_instance import HeldInstance
from headway.adapters.podman.json_file import read_json, write_json
from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.names import NameServer
from headway.adapters.podman.proxy import Proxy
from headway.adapters.podman.proxy_config import Endpoint, Listener
from headway.adapters.podman.service import Service, ServiceKey, ServicePort
from headway.adapters.podman.settings import AgentSettings
from headway.domain.errors import Transient
from headway.domain.names import InstanceName


class Traffic:
    """The traffic of one environment."""

    def __init__(self, settings: AgentSettings, folder: Path, proxy: Proxy) -> None:
        self._proxy = proxy
        self._names = NameServer(settings, folder)
        self._positions_path = folder / "services.json"
        self._positions: dict[str, int] = {
            key: int(position) for key, position in read_json(self._positions_path).items()
        }
        self._space: AddressSpace | None = None
        self._services: dict[ServiceKey, Service] = {}
        self._http: frozenset[str] = frozenset()

    def http_backends(self) -> frozenset[str]:
        """Give the backends whose requests end by themselves."""
        return self._http

    def address(self, namespace: str, service: str) -> tuple[str, Service] | None:
        """Find a Service's virtual address; None: there is no such Service."""
        key = ServiceKey(namespace=namespace, name=service)
        if self._space is None or key not in self._services:
            return None
        return self._space.service(self._positions[str(key)]), self._services[key]

    async def serve(
        self, space: AddressSpace, held: Mapping[InstanceName, HeldInstance], ready: Sequence[LivePod]
    ) -> dict[tuple[InstanceName, str], str]:
        """Serve all Services with these pods; give what is in the way, by instance and artifact."""
        self._space = space
        self._services = {s.key: s for one in held.values() for s in one.services}
        self._place(list(self._services))
        listeners: dict[str, tuple[Listener, Service]] = {}
        endpoints: dict[str, frozenset[Endpoint]] = {}
        for key, service in sorted(self._services.items()):
            for port in service.ports:
                listener = self._listener(space, key, port)
                listeners[listener.name] = (listener, service)
                endpoints[listener.name] = frozenset(_endpoints(service, port, ready))
        self._http = frozenset(name for name, (listener, _) in listeners.items() if listener.http)
        words: dict[tuple[InstanceName, str], str] = {}
        try:
            await self._names.serve(space, {key: self._address(space, key) for key in self._services})
            taken = await self._proxy.serve([listener for listener, _ in listeners.values()], endpoints)
        except Transient as away:
            for service in self._services.values():
                words[service.instance, service.artifact] = f"{away.what}: {away.why}"
            return words
        for name, why in taken.items():
            service = listeners[name][1]
            words[service.instance, service.artifact] = f"Service {service.key.name} is not published: {why}"
        return words

    def _address(self, space: AddressSpace, key: ServiceKey) -> str:
        return space.service(self._positions[str(key)])

    def _listener(self, space: AddressSpace, key: ServiceKey, port: ServicePort) -> Listener:
        return Listener(
            name=f"{key.namespace}.{key.name}.{port.port}",
            address=self._address(space, key),
            port=port.port,
            published=port.node_port,
            http=port.http,
        )

    def _place(self, keys: Sequence[ServiceKey]) -> None:
        new = [str(key) for key in sorted(keys) if str(key) not in self._positions]
        if not new:
            return
        present = {str(key) for key in keys}
        for key in new:
            if len(self._positions) >= SERVICES_PER_ENVIRONMENT:
                # Only when all are used up does a Service that is gone give its address to another.
                for gone in [known for known in self._positions if known not in present][:1]:
                    self._positions[key] = self._positions.pop(gone)
            used = set(self._positions.values())
            self._positions.setdefault(key, next(n for n in range(len(used) + 1) if n not in used))
        write_json(self._positions_path, dict(self._positions))


def _endpoints(service: Service, port: ServicePort, ready: Sequence[LivePod]) -> list[Endpoint]:
    found = []
    for pod in ready:
        if pod.key.kind == "Job" or not service.selects(pod.key.namespace, pod.labels):
            continue
        number = port.target if isinstance(port.target, int) else pod.ports.get(port.target)
        if number is not None:
            found.append(Endpoint(pod.address, number))
    return found
