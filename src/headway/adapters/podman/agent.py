"""The agent process: one engine and its socket. What it started stays running when it ends."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from headway.adapters.podman.agent_lock import agent_ended, only_agent
from headway.adapters.podman.daemon import Daemon
from headway.adapters.podman.engine import PodmanEngine
from headway.adapters.podman.live_pod import PREFIX
from headway.adapters.podman.network import other_owner, remove_network
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.server import agent_app
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.strays import end_daemons, end_strays
from headway.app.ports import Clock, DesiredState
from headway.domain.errors import Conflict, Transient

REMOVAL_TRIES = 3
"""How often podman is asked to remove all pods before what it complains of is told."""


async def run_agent(settings: AgentSettings, desired: DesiredState, clock: Clock) -> None:
    """Run an engine and serve its socket until cancelled; containers, proxies and names stay as they are.

    Raises:
        Conflict: `agent-runs`: another agent works with this state folder.
        Transient: the machine cannot run it (podman is not there).
    """
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.state.chmod(0o700)
    with only_agent(settings):
        await end_strays(settings)
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

    Volume claims too. An agent that runs is ended first: it would make all of it again. Works without one,
    also after it was killed; idempotent.

    Raises:
        Conflict: `engine-elsewhere`: an engine of that name belongs to another state folder; `agent-runs`:
            the agent does not end.
        Transient: podman does not answer.
    """
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    await _refuse_others(settings)
    async with agent_ended(settings):
        await end_strays(settings)
        await _remove_all(settings)


async def _refuse_others(settings: AgentSettings) -> None:
    podman = Podman(settings)
    podman.prepare()
    owner = await other_owner(podman, settings)
    if owner is not None:
        raise Conflict(
            "engine-elsewhere",
            f"what the engine {settings.name} runs on this machine is not of {settings.state.parent}",
            why=f"the engine with the state folder {owner.parent} made it",
            next_step=f"see that it is meant, then name that folder: headway --state {owner.parent} agent "
            "--tear-down",
        )


async def _remove_all(settings: AgentSettings) -> None:
    podman = Podman(settings)
    podman.prepare()
    for folder in sorted((settings.state / "environments").glob("*")):
        for pid_file, mark in (("haproxy.pid", "haproxy.cfg"), ("dnsmasq.pid", "hosts")):
            await Daemon(argv=(), pid_file=folder / pid_file, mark=folder / mark).stop()
    await _remove_pods(podman)
    checks = await podman.call(
        "ps", "--all", "--quiet", "--filter", f"label={PREFIX}check-engine={settings.name}"
    )
    if checks.split():
        await podman.call("rm", "--force", "--ignore", "--time", "0", *checks.decode().split())
    networks = await podman.call(
        "network", "ls", "--format", "json", "--filter", f"label={PREFIX}engine={settings.name}"
    )
    for network in json.loads(networks or b"[]"):
        state = (network.get("labels") or {}).get(f"{PREFIX}state")
        if state:  # another folder's is gone, or `_refuse_others` had named it
            await end_daemons(Path(state))
        await remove_network(podman, str(network["name"]))
    await podman.remove_volumes()


async def _remove_pods(podman: Podman) -> None:
    """Remove all pods: of many at once, podman may find one busy with its own clean-up."""
    for _ in range(REMOVAL_TRIES - 1):
        with contextlib.suppress(Transient):
            await podman.remove_pods(sorted(await podman.pod_names()))
            return
    await podman.remove_pods(sorted(await podman.pod_names()))


class _Server(uvicorn.Server):
    """Uvicorn without its own handling of signals: the agent's caller decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
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
