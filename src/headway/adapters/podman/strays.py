"""Ends processes of ours that nobody looks after any more.

Podman calls that an earlier agent of this engine left under way when it was killed: what they do would come
after this agent looked around, such as a Job's second run, or a pod of a version that was taken back. They
are known by a mark in their environment, which podman hands on to nothing that is to live on.

And haproxy and dnsmasq whose state folder is gone, and with it the files that say which processes they are:
they would keep addresses that the next network gets.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from headway.adapters.podman.settings import AgentSettings

MARK = "HEADWAY_AGENT"
_DAEMONS = ("haproxy", "dnsmasq")
_GONE_WITHIN_S = 5.0
"""For the kernel, to end what was killed."""
_LOOK_EVERY_S = 0.02


def call_environment(settings: AgentSettings) -> dict[str, str]:
    """Give what this engine's podman calls have in their environment beside this process's own."""
    return {"CONTAINERS_CONF": str(settings.containers_conf), MARK: str(settings.state.absolute())}


async def end_strays(settings: AgentSettings) -> None:
    """Kill podman calls of this engine and wait until they are gone; idempotent.

    Only for who holds the state folder (`only_agent`) and has called podman for nothing yet.
    """
    await _end(lambda: _strays(settings))


async def end_daemons(state: Path) -> None:
    """Kill haproxy and dnsmasq of a state folder, be it gone or not, and wait for it; idempotent."""
    await _end(lambda: _daemons(state))


async def _end(find: Callable[[], list[int]]) -> None:
    deadline = asyncio.get_running_loop().time() + _GONE_WITHIN_S
    while found := find():
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if asyncio.get_running_loop().time() > deadline:
            return  # stuck in the kernel: it does nothing more, should it ever come back
        await asyncio.sleep(_LOOK_EVERY_S)


def _strays(settings: AgentSettings) -> list[int]:
    mark = os.fsencode(f"{MARK}={settings.state.absolute()}")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended, or is another user's
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def _daemons(state: Path) -> list[int]:
    folder = os.fsencode(state / "environments") + b"/"
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended, or is another user's
            program, *arguments = (process / "cmdline").read_bytes().split(b"\0")
            if Path(os.fsdecode(program)).name in _DAEMONS and any(folder in one for one in arguments):
                found.append(int(process.name))
    return found
