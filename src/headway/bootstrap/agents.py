"""Runs the podman engine of an estate on this machine; the rest of Headway need not be up."""

import asyncio
import contextlib
import fcntl
import subprocess
import sys
from collections.abc import Iterator, Sequence

from headway.adapters.clock import SystemClock
from headway.adapters.files import FileEstateReader
from headway.adapters.git.desired_state import GitDesiredState
from headway.adapters.git.manifests import GitManifests
from headway.adapters.podman.agent import run_agent, tear_down
from headway.adapters.podman.settings import AgentSettings
from headway.app.sources import read_sources
from headway.bootstrap.home import Home
from headway.domain.errors import Conflict, UsageError
from headway.domain.names import EnvironmentName, RepositoryName

_KEPT = "kept.lock"


async def run_podman_agent(home: Home, name: str) -> None:
    """Run the podman engine of an estate until cancelled; the rest of Headway need not be up.

    Raises:
        Conflict: `agent-runs`.
        Transient: the machine cannot run it.
        UsageError: the estate cannot be read.
    """
    clones = await _clones(home)
    try:
        environments = await _podman_environments(home, clones)
        settings = AgentSettings(name=name, environments=environments, state=home.agent_state)
        await run_agent(settings, GitDesiredState(clones), SystemClock())
    finally:
        for clone in clones:
            await clone.close()


async def _clones(home: Home) -> list[GitManifests]:
    """Open clones of the agent's own of every manifests repository that the estate lists."""
    reader = FileEstateReader()
    folder = home.agent_state / "clones"
    first = GitManifests(name=home.repository.name, url=home.estate, state=folder)
    refs = await first.fetch()
    data = (await first.read_files(refs.main, ["estate.yaml"]))["estate.yaml"] if refs.main else None
    listed = reader.repositories(data, "estate.yaml") if data else ()
    return [
        first,
        *(
            GitManifests(name=one.name, url=one.url, state=folder)
            for one in listed
            if one.name != home.repository.name
        ),
    ]


async def _podman_environments(home: Home, clones: list[GitManifests]) -> tuple[EnvironmentName, ...]:
    sources = {}
    for clone, name in zip(clones, await _names(home, clones), strict=True):
        refs = await clone.fetch()
        if refs.main is not None:
            sources[name] = await read_sources(clone, name, refs.main)
    estate = FileEstateReader().estate(sources).estate
    return tuple(name for name, one in estate.environments.items() if one.engine == "podman")


async def _names(home: Home, clones: list[GitManifests]) -> list[RepositoryName]:
    first = clones[0]
    refs = await first.refs()
    data = (await first.read_files(refs.main, ["estate.yaml"]))["estate.yaml"] if refs.main else None
    listed = FileEstateReader().repositories(data, "estate.yaml") if data else ()
    return [home.repository.name, *(one.name for one in listed if one.name != home.repository.name)]


async def remove_podman_engine(home: Home, name: str) -> None:
    """Remove everything that the podman engine of this state made on the machine; its agent is ended first.

    Raises:
        Conflict: `agent-kept`: a service would start the agent again; `agent-runs`: the agent does not end;
            `engine-elsewhere`: what runs under that name is of another state folder.
        Transient: podman does not answer.
    """
    _refuse_kept(home)
    settings = AgentSettings(name=name, environments=(), state=home.agent_state)
    await tear_down(settings)


@contextlib.contextmanager
def keeping_agent(home: Home) -> Iterator[None]:
    """Let `remove_podman_engine` know, as long as this process lives, that it starts an agent that ended."""
    home.agent_state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home.agent_state / _KEPT).open("w") as kept:
        fcntl.flock(kept, fcntl.LOCK_SH)
        yield


def _refuse_kept(home: Home) -> None:
    path = home.agent_state / _KEPT
    if not path.exists():
        return
    with path.open("r+") as kept:
        try:
            fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise Conflict(
                "agent-kept",
                f"the service that works with {home.state} keeps the agent running",
                why="it would start an agent again, and that all that was removed",
                next_step="end `headway serve` first, with Ctrl-C",
            ) from held


def start_podman_agent(home: Home) -> None:
    """Start an agent as a process of its own, which outlives this one; its log is in its folder."""
    home.agent_state.mkdir(parents=True, exist_ok=True, mode=0o700)
    arguments = ["--state", str(home.state), "agent", "--estate", home.estate]
    with (home.agent_state / "agent.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "headway", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def answers(home: Home) -> bool:
    """Say whether an agent answers on this state's socket."""
    try:
        _, writer = await asyncio.open_unix_connection(home.agent_socket)
    except OSError:
        return False
    writer.close()
    return True


def remembered_estate(home_estate: str | None, state_file: Sequence[str]) -> str:
    """Give the estate that an agent serves: as named, or as `serve` last wrote it down.

    Raises:
        UsageError: `estate-not-named`.
    """
    estate = home_estate or next(iter(state_file), "").strip()
    if not estate:
        raise UsageError(
            "estate-not-named",
            "no estate is named",
            why="the agent reads environment branches from its manifests repositories",
            next_step="name it with --estate URL, or run `headway serve` first",
        )
    return estate
