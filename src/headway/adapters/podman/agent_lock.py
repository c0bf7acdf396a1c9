"""One agent for one state folder: whoever holds `agent.lock` may change what the engine runs.

The lock is flock's: the kernel lets go of it when its process ends, however it ends. Who holds it is asked of
the agent's socket, whose listener the kernel names; a file with a process id could name another program.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import struct
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from headway.adapters.podman.settings import AgentSettings
from headway.domain.errors import Conflict

ENDS_WITHIN_S = 15.0
"""An agent that was asked to end stops what it serves first, which takes it a second or two."""
KILLED_AFTER_S = 10.0
_LOOK_EVERY_S = 0.05
_CREDENTIALS = struct.Struct("3i")
"""`struct ucred` of unix(7): process, user, group."""


@contextlib.contextmanager
def only_agent(settings: AgentSettings) -> Iterator[None]:
    """Hold the state folder.

    Raises:
        Conflict: `agent-runs`: another process holds it.
    """
    with (settings.state / "agent.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise Conflict(
                "agent-runs",
                f"an agent works with {settings.state} already",
                why="two would undo each other's work",
                next_step="end the other one, or give this one a name and folder of its own",
            ) from held
        yield


@contextlib.asynccontextmanager
async def agent_ended(settings: AgentSettings) -> AsyncIterator[None]:
    """End the agent that works with this state folder, if any, and let none begin meanwhile.

    Raises:
        Conflict: `agent-runs`: it does not end.
    """
    begun = time.monotonic()
    asked: set[tuple[int, signal.Signals]] = set()
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(only_agent(settings))
                break
            except Conflict:
                waited = time.monotonic() - begun
                if waited > ENDS_WITHIN_S:
                    raise
            # It has the lock before it listens: while it starts up there is nobody to ask yet.
            pid = _listener(settings.socket)
            how = signal.SIGKILL if waited > KILLED_AFTER_S else signal.SIGTERM
            if pid is not None and (pid, how) not in asked:
                # Once: a second one would cut its own way of ending short.
                asked.add((pid, how))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            await asyncio.sleep(_LOOK_EVERY_S)
        yield


def _listener(path: Path) -> int | None:
    """Give the process that listens on a socket; None: nobody does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as asking:
        try:
            asking.connect(str(path))
        except OSError:
            return None
        told = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, _, _ = _CREDENTIALS.unpack(told)
    return int(pid) or None
