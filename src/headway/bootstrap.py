"""Puts the parts together: the only place that knows every class."""

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from headway.adapters.clock import SystemClock
from headway.adapters.files import FileEstateReader
from headway.adapters.git.desired_state import GitDesiredState
from headway.adapters.git.manifests import GitManifests
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.adapters.ledger.ledger import SqliteLedger
from headway.adapters.podman.agent import run_agent, tear_down
from headway.adapters.podman.client import PodmanEngineClient
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.registry.oci import OciRegistry
from headway.app.controller import Controller
from headway.app.desk import Desk
from headway.app.outside import Outside, Pace
from headway.app.planner import Planner
from headway.app.ports import Engine, Manifests, Renderer
from headway.app.recorder import Recorder
from headway.domain.estate import Environment, ManifestsRepository
from headway.domain.names import EnvironmentName, RepositoryName

_LOG = logging.getLogger("headway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where an estate's file stands, and where this machine keeps what it knows of it."""

    state: Path
    estate: str
    """The URL or path of the manifests repository that holds ``estate.yaml``."""
    plain_http: tuple[str, ...] = ()
    """Registries, besides those of this machine, that speak plain HTTP."""
    kustomize: Path | None = None
    """The Kustomize binary; None: the one beside this checkout, else the one on PATH."""

    @property
    def repository(self) -> ManifestsRepository:
        """Give the repository, named as its URL ends."""
        name = self.estate.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
        return ManifestsRepository(name=RepositoryName(name), url=self.estate)


@dataclass(kw_only=True)
class Opened:
    """What was opened, to be closed together."""

    outside: Outside
    ledger: SqliteLedger
    manifests: list[GitManifests] = field(default_factory=list)


@asynccontextmanager
async def opened(home: Home, pace: Pace | None = None) -> AsyncIterator[Opened]:
    """Open the ledger, the registry client and, as the estate names them, repositories and engines.

    Raises:
        Broken: `ledger-taken`, `ledger-damaged`, `ledger-tampered`.
        Transient: `ledger-full`.
    """
    home.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock = SystemClock()
    ledger = await SqliteLedger.open(home.state / "ledger.db", clock)
    registry = OciRegistry(plain_http=home.plain_http)
    clones: list[GitManifests] = []
    program = home.kustomize or _kustomize()

    def open_repository(repository: ManifestsRepository) -> tuple[Manifests, Renderer]:
        clone = GitManifests(name=repository.name, url=repository.url, state=home.state / "clones")
        clones.append(clone)
        cache = home.state / "renderings"
        return clone, KustomizeRenderer(trees=clone, program=program, cache=cache)

    engines: dict[str, Engine] = {}

    def open_engine(environment: Environment) -> Engine:
        # One podman agent on this machine serves all of the estate's podman environments.
        if environment.engine not in engines:
            engines[environment.engine] = PodmanEngineClient(_agent_state(home.state) / "agent.sock")
        return engines[environment.engine]

    outside = Outside(
        clock=clock,
        ledger=ledger,
        registry=registry,
        estate_reader=FileEstateReader(),
        home=home.repository,
        open_repository=open_repository,
        open_engine=open_engine,
        pace=pace or Pace(),
    )
    try:
        yield Opened(outside=outside, ledger=ledger, manifests=clones)
    finally:
        for clone in clones:
            await clone.close()
        await registry.close()
        await ledger.close()


def make_controller(outside: Outside) -> Controller:
    """Make the loop over an outside."""
    return Controller(Desk(outside=outside, recorder=Recorder(outside.ledger), planner=Planner()))


def _agent_state(state: Path) -> Path:
    return state / "agent"


def _kustomize() -> Path:
    """Find the pinned Kustomize."""
    named = os.environ.get("HEADWAY_KUSTOMIZE")
    if named:
        return Path(named)
    beside = Path(__file__).parents[2] / ".tools" / "bin" / "kustomize"
    return beside if beside.exists() else Path("kustomize")


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
        settings = AgentSettings(name=name, environments=environments, state=_agent_state(home.state))
        await run_agent(settings, GitDesiredState(clones), SystemClock())
    finally:
        for clone in clones:
            await clone.close()


async def _clones(home: Home) -> list[GitManifests]:
    """Open clones of the agent's own of every manifests repository that the estate lists."""
    reader = FileEstateReader()
    folder = _agent_state(home.state) / "clones"
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
    from headway.app.watch.estates import read_sources  # noqa: PLC0415 - only an agent's start needs it

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
    """Remove everything that the podman engine of this state made on the machine."""
    settings = AgentSettings(name=name, environments=(), state=_agent_state(home.state))
    await tear_down(settings)


def write_server_file(state: Path, url: str) -> None:
    """Tell this machine's command line where the server is."""
    path = state / "server.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
    fresh.replace(path)


def run_until_interrupted(work) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Run a coroutine until it ends or somebody interrupts it."""
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(work)
