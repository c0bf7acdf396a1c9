"""The agent process: one engine and its socket. What it started stays running when it ends."""

import asyncio
import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from headway.adapters.podman.daemon import Daemon
from headway.adapters.podman.engine import PodmanEngine
from headway.adapters.podman.live_pod import PREFIX
from headway.adapters.podman.network import remove_network
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.server import agent_app
from headway.adapters.podman.settings import AgentSettings
from headway.app.ports import Clock, DesiredState
from headway.domain.errors import Conflict


async def run_agent(settings: AgentSettings, desired: DesiredState, clock: Clock) -> None:
    """Run an engine and serve its socket until cancelled; containers, proxies and names stay as they are.

    Raises:
        Conflict: `agent-runs`: another agent works with this state folder.
        Transient: the machine cannot run it (podman is not there).
    """
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.state.chmod(0o700)
    with _only_one(settings.state / "agent.lock"):
        engine = PodmanEngine(settings, desired, clock)
        with _listening(settings.socket) as listener:
            server = _Server(
                uvicorn.Config(
                    agent_app(engine), log_level="warning", lifespan="off", timeout_graceful_shutdown=1
                )
            )
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                await engine.run()
            finally:
                # Cancelled, uvicorn leaves its listener in the loop; asked, it ends what it serves first.
                server.should_exit = True
                await serving


async def tear_down(settings: AgentSettings) -> None:
    """Remove everything of this engine: pods, checks, proxies, name servers, networks, routes, volumes.

    Volume claims too. Works without an agent, also after one was killed; idempotent.

    Raises:
        Transient: podman does not answer.
    """
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    podman = Podman(settings)
    podman.prepare()
    for folder in sorted((settings.state / "environments").glob("*")):
        for pid_file, mark in (("haproxy.pid", "haproxy.cfg"), ("dnsmasq.pid", "hosts")):
            await Daemon(argv=(), pid_file=folder / pid_file, mark=folder / mark).stop()
    # Each removal waits for the kernel more than it computes, and podman takes those of one call in turn.
    await asyncio.gather(*(podman.remove_pod(name) for name in sorted(await podman.pod_names())))
    checks = await podman.call(
        "ps", "--all", "--quiet", "--filter", f"label={PREFIX}check-engine={settings.name}"
    )
    if checks.split():
        await podman.call("rm", "--force", "--ignore", "--time", "0", *checks.decode().split())
    networks = await podman.call(
        "network", "ls", "--format", "json", "--filter", f"label={PREFIX}engine={settings.name}"
    )
    for network in json.loads(networks or b"[]"):
        await remove_network(podman, str(network["name"]))
    await podman.remove_volumes()


class _Server(uvicorn.Server):
    """Uvicorn without its own handling of signals: the agent's caller decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the state folder; the kernel lets go of it when the process ends, however it ends."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise Conflict(
                "agent-runs",
                f"an agent works with {path.parent} already",
                why="two would undo each other's work",
                next_step="end the other one, or give this one a name and folder of its own",
            ) from held
        yield


@contextlib.contextmanager
def _listening(path: Path) -> Iterator[socket.socket]:
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        yield listener
    path.unlink(missing_ok=True)
