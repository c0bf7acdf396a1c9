"""Slots: each cluster on a machine has one, and with it its network, its link and its cgroups.

A slot is held by an abstract Unix socket's name, which the kernel gives free when harness and cluster have
both ended, however they ended. What a killed cluster left (its cgroup folders; its link only if it was killed
while it was made) is known by the slot's number and removed by whoever starts next.
"""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.cluster.failure import ClusterError
from tools.setup.program import need_program

SLOTS = 64
CGROUPS = Path("/sys/fs/cgroup")
EMPTIED_WITHIN_S = 30.0
"""A cgroup can be removed once the kernel has buried its last process: milliseconds, seconds under load."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A number that no other cluster on this machine has, and what follows from it."""

    number: int
    holder: socket.socket
    """Holds the slot for as long as anyone has it open."""

    @property
    def name(self) -> str:
        """Name the link on the host's side and the cgroups."""
        return f"hw-cluster{self.number}"

    @property
    def host_address(self) -> str:
        """Give the host's address in the cluster's network."""
        return f"10.213.{self.number}.1"

    @property
    def node_address(self) -> str:
        """Give the node's address, where API server, Argo CDs, registry and node ports listen."""
        return f"10.213.{self.number}.2"


def take_slot() -> Slot:
    """Take a free slot and remove what killed clusters left behind.

    A slot whose remains cannot be removed yet is passed over: that is no fault of whoever starts now.

    Raises:
        ClusterError: all slots are taken.
    """
    unclean = set(_unclean())
    for number in range(SLOTS):
        if number not in unclean and (slot := _try(number)):
            return slot
    raise ClusterError(
        f"all {SLOTS} slots for clusters are taken",
        why="so many clusters run on this machine",
        next_step="end one: `ps` shows them as `tools.cluster`",
    )


def clear(slot: Slot) -> None:
    """Remove the slot's link and cgroups, once its cluster's processes are gone; harmless when all are.

    Raises:
        ClusterError: a cgroup still has processes.
    """
    if (Path("/sys/class/net") / slot.name).exists():
        # gone by itself with the other end's namespace, perhaps just now
        subprocess.run(
            [need_program("ip"), "link", "del", slot.name], capture_output=True, check=False, timeout=120
        )
    ends = time.monotonic() + EMPTIED_WITHIN_S
    for group in _cgroups(slot.name):
        while not _remove(group):
            if time.monotonic() > ends:
                raise ClusterError(
                    f"the cgroup {group} could not be removed",
                    why="processes of an ended cluster are still in it",
                    next_step=f"see which with `cat {group}/cgroup.procs`",
                )
            time.sleep(0.01)


def _try(number: int) -> Slot | None:
    holder = socket.socket(socket.AF_UNIX)
    try:
        holder.bind(f"\0headway-cluster-{number}")
    except OSError:
        holder.close()
        return None
    return Slot(number=number, holder=holder)


def _unclean() -> Iterator[int]:
    """Clear slots of clusters that were killed, and give those that could not be cleared."""
    for number in _left_behind():
        if slot := _try(number):
            try:
                clear(slot)
            except ClusterError:
                yield number
            finally:
                slot.holder.close()


def _left_behind() -> list[int]:
    names = [group.name for group in _cgroups("hw-cluster*")]
    names += [link.name for link in Path("/sys/class/net").glob("hw-cluster*")]
    return sorted({int(name.removeprefix("hw-cluster")) for name in names})


def _cgroups(name: str) -> Iterator[Path]:
    yield from CGROUPS.glob(name)  # one hierarchy
    yield from CGROUPS.glob(f"*/{name}")  # one for each controller


def _remove(group: Path) -> bool:
    for folder, _, _ in os.walk(group, topdown=False):
        with contextlib.suppress(OSError):  # busy, or gone by itself: looked at below
            Path(folder).rmdir()
    return not group.exists()
