"""Answers the names of Services inside an environment: one dnsmasq on the environment's own address.

A name is there as soon as its Service is: ``service.namespace.svc.cluster.local``; pods search their own
namespace first, so ``service`` and ``service.namespace`` lead there too. Other names go to the machine's own
resolver. Virtual addresses never change while a Service lives, so a rollout touches no name.
"""

import signal
from collections.abc import Mapping
from pathlib import Path

from headway.adapters.podman.address_space import AddressSpace
from headway.adapters.podman.daemon import Daemon
from headway.adapters.podman.service import ServiceKey
from headway.adapters.podman.settings import AgentSettings

DOMAIN = "cluster.local"


def dns_config(namespace: str, space: AddressSpace) -> dict[str, object]:
    """Give a pod's dnsConfig, as Kubernetes writes it (ClusterFirst)."""
    return {
        "nameservers": [space.name_server],
        "searches": [f"{namespace}.svc.{DOMAIN}", f"svc.{DOMAIN}", DOMAIN],
        "options": [{"name": "ndots", "value": "5"}],
    }


class NameServer:
    """The dnsmasq of one environment."""

    def __init__(self, settings: AgentSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._hosts = folder / "hosts"
        self._known: str | None = None
        folder.mkdir(parents=True, exist_ok=True)

    async def serve(self, space: AddressSpace, addresses: Mapping[ServiceKey, str]) -> None:
        """Answer these names at the environment's own address, and no others; idempotent.

        Raises:
            Transient: dnsmasq cannot be started.
        """
        text = "".join(
            f"{address} {key.name}.{key.namespace}.svc.{DOMAIN}\n"
            for key, address in sorted(addresses.items())
        )
        changed = text != self._known
        if changed:
            neighbour = self._hosts.with_suffix(".new")
            neighbour.write_text(text)
            neighbour.replace(self._hosts)
        daemon = self._daemon(space)
        if not await daemon.ensure() and changed:
            daemon.signal(signal.SIGHUP)
        self._known = text

    def _daemon(self, space: AddressSpace) -> Daemon:
        pid_file = self._folder / "dnsmasq.pid"
        argv = [
            self._settings.dnsmasq,
            "--conf-file=/dev/null",
            "--no-hosts",
            f"--addn-hosts={self._hosts}",
            f"--listen-address={space.name_server}",
            "--bind-interfaces",
            f"--local=/{DOMAIN}/",
            "--user=root",
            "--cache-size=1000",
            f"--pid-file={pid_file}",
            f"--log-facility={self._folder / 'dnsmasq.log'}",
        ]
        return Daemon(argv=argv, pid_file=pid_file, mark=self._hosts)
