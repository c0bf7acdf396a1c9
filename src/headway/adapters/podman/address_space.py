"""Which addresses an environment has on this machine: pods, virtual addresses of Services, its name server.

Every environment of every engine takes one index from 0 to 63, claimed by creating its podman network (podman
refuses a taken subnet). Pods live in 10.201.(4·index).0/22, Services in 10.202.index.0/24, where .1 is
the name server and .2 to .254 are Services in the order in which they were first seen.
"""

import ipaddress
from dataclasses import dataclass

INDICES = 64
PODS_PER_ENVIRONMENT = 1000
SERVICES_PER_ENVIRONMENT = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSpace:
    """The addresses of one environment."""

    index: int

    @property
    def pods(self) -> str:
        """The subnet of its pods."""
        return f"10.201.{4 * self.index}.0/22"

    @property
    def gateway(self) -> str:
        """The bridge's own address: the first of the pods' subnet."""
        return f"10.201.{4 * self.index}.1"

    @property
    def services(self) -> str:
        """The range that one route makes local."""
        return f"10.202.{self.index}.0/24"

    @property
    def name_server(self) -> str:
        """Where its dnsmasq listens."""
        return f"10.202.{self.index}.1"

    def service(self, position: int) -> str:
        """Give the virtual address of the Service that was seen as the `position`-th, from 0."""
        return f"10.202.{self.index}.{position % SERVICES_PER_ENVIRONMENT + 2}"

    def pod(self, position: int) -> str:
        """Give a pod's address; positions beyond the last begin anew, so that one is not soon used again."""
        first = int(ipaddress.ip_network(self.pods).network_address)
        return str(ipaddress.ip_address(first + 2 + position % PODS_PER_ENVIRONMENT))


def space_of(pods: str) -> AddressSpace | None:
    """Read the index back from a network's subnet; None: it is not one of ours."""
    octets = pods.split("/", maxsplit=1)[0].split(".")
    if octets[:2] != ["10", "201"] or not pods.endswith("/22"):
        return None
    return AddressSpace(index=int(octets[2]) // 4)
