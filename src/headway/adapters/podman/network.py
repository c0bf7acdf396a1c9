"""An environment's network: podman's bridge, and the route that makes Services' addresses local."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from headway.adapters.podman.address_space import INDICES, AddressSpace, space_of
from headway.adapters.podman.command import run
from headway.adapters.podman.live_pod import PREFIX
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.settings import AgentSettings
from headway.domain.errors import Transient
from headway.domain.names import EnvironmentName

ROUTE_WITHIN = timedelta(seconds=5)
_SET_BY_SOMEBODY = "3"
"""The kernel's NET_ADDR_SET (include/uapi/linux/netdevice.h): a bridge with it keeps its address."""


def network_name(engine: str, environment: EnvironmentName) -> str:
    """Name an environment's podman network."""
    return f"headway-{engine}-{environment}"


async def ensure_network(
    podman: Podman, settings: AgentSettings, environment: EnvironmentName
) -> AddressSpace:
    """Have the network and its route; idempotent, also against other engines doing the same.

    Raises:
        Transient: `network-failed`: no addresses are left, or podman or the kernel refuses.
    """
    name = network_name(settings.name, environment)
    space = await _find(podman, name) or await _create(podman, settings, environment, name)
    done = await run(["ip", "route", "replace", "local", space.services, "dev", "lo"], within=ROUTE_WITHIN)
    if done.status != 0:
        raise _failed(f"the route to {space.services} could not be made", done.complaint)
    return space


async def keep_bridge_address(space: AddressSpace) -> None:
    """Give the network's bridge the hardware address that it has, so that it keeps it; idempotent.

    Else it takes the lowest of its ports', another one whenever a pod comes or goes, and connections from
    the host stand still until the other pods ask for it again. Netavark makes the bridge with the first pod
    and removes it after the last, so this is asked after each pod's start.
    """
    shown = await run(["ip", "-json", "-4", "address", "show", "to", space.gateway], within=ROUTE_WITHIN)
    for bridge in json.loads(shown.output or b"[]"):
        name = str(bridge.get("ifname", ""))
        seen = Path("/sys/class/net", name)
        try:
            if not name or (seen / "addr_assign_type").read_text().strip() == _SET_BY_SOMEBODY:
                continue
            address = (seen / "address").read_text().strip()
        except OSError:  # it went with its last pod
            continue
        await run(["ip", "link", "set", "dev", name, "address", address], within=ROUTE_WITHIN)


async def remove_network(podman: Podman, name: str) -> None:
    """Remove the network and its route; idempotent."""
    space = await _find(podman, name)
    if space is not None:
        await run(["ip", "route", "del", "local", space.services, "dev", "lo"], within=ROUTE_WITHIN)
        await podman.call("network", "rm", "--force", name)


async def _find(podman: Podman, name: str) -> AddressSpace | None:
    for network in await _networks(podman, "--filter", f"name={name}"):
        if network["name"] == name:
            return space_of(str(network["subnets"][0]["subnet"]))
    return None


async def other_owner(podman: Podman, settings: AgentSettings) -> Path | None:
    """Give the other state folder whose engine of the same name made a network here; None: there is none.

    A folder that is gone owns nothing any more, and a network that names none is nobody else's.
    """
    for network in await _networks(podman, "--filter", f"label={PREFIX}engine={settings.name}"):
        named = (network.get("labels") or {}).get(f"{PREFIX}state")
        if named and _is_another(Path(named), settings.state):
            return Path(named)
    return None


def _is_another(one: Path, ours: Path) -> bool:
    return one.is_dir() and not (ours.is_dir() and one.samefile(ours))


async def _create(
    podman: Podman, settings: AgentSettings, environment: EnvironmentName, name: str
) -> AddressSpace:
    networks = await _networks(podman)
    taken = {str(subnet["subnet"]) for network in networks for subnet in network.get("subnets") or ()}
    refusal = "all addresses are taken"
    for index in range(INDICES):
        space = AddressSpace(index=index)
        if space.pods in taken:
            continue
        said = {"engine": settings.name, "environment": environment, "state": settings.state.absolute()}
        labels = [f"--label={PREFIX}{key}={value}" for key, value in said.items()]
        try:
            await podman.call("network", "create", "--disable-dns", f"--subnet={space.pods}", *labels, name)
        except Transient as refused:
            if found := await _find(podman, name):
                return found
            # Another engine may have taken this index, or another network of the machine lies there.
            refusal = refused.why
            continue
        return space
    raise _failed(f"the network {name} could not be made", refusal)


async def _networks(podman: Podman, *arguments: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(
        await podman.call("network", "ls", "--format", "json", *arguments) or b"[]"
    )
    return listed


def _failed(what: str, why: str) -> Transient:
    return Transient("network-failed", what, why=why[:300], next_step="it is tried again")
