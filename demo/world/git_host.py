"""The Git host of a world whose engine reads Git over the network: its process and its URL."""

import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from demo.world import git_server
from demo.world.ports import free_port
from demo.world.processes import Process
from headway.domain.errors import Broken

_START_S = 60.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHost:
    """A Git host that answers."""

    process: Process
    url: str
    """Under it each bare repository of the world's folder `git` is found at its path."""


def serve_git(world: Path, address: str) -> GitHost:
    """Serve the world's bare repositories, also those that are made later.

    Raises:
        Broken: `demo-git-failed`: it does not answer within a minute.
    """
    port = free_port(address)
    argv = [sys.executable, git_server.__file__, str(world / "git"), address, str(port)]
    process = Process(argv, world=world, log=world / "logs" / "git.log")
    until = time.monotonic() + _START_S
    while not _listens(address, port):
        if not process.is_running() or time.monotonic() > until:
            raise Broken(
                "demo-git-failed",
                f"the Git host does not answer on {address}:{port}",
                why=process.log.read_text(errors="replace")[-500:],
                next_step="look at its words",
            )
        time.sleep(_LOOK_S)
    return GitHost(process=process, url=f"http://{address}:{port}")


def _listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
