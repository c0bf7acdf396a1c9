"""Ends the podman calls that an earlier agent of this engine left under way when it was killed.

What they do would come after this agent looked around: a Job's second run, a pod of a version that was taken
back. They are known by a mark in their environment, which podman hands on to nothing that is to live on.
"""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from headway.adapters.podman.settings import AgentSettings

MARK = "HEADWAY_AGENT"
_GONE_WITHIN_S = 5.0
"""For the kernel, to end what was killed."""
_LOOK_EVERY_S = 0.02


def call_environment(settings: AgentSettings) -> dict[str, str]:
    """Give what this engine's podman calls have in their environment beside this process's own."""
    return {"CONTAINERS_CONF": str(settings.containers_conf), MARK: str(settings.state.absolute())}


async def end_strays(settings: AgentSettings) -> None:
    """Kill them and wait until they are gone; idempotent.

    Only for who holds the state folder (`only_agent`) and has called podman for nothing yet.
    """
    deadline = asyncio.get_running_loop().time() + _GONE_WITHIN_S
    while strays := _strays(settings):
        for pid in strays:
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
