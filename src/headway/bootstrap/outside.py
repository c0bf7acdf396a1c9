"""Opens the ledger, the registry client and, as the estate names them, repositories and engines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from headway.adapters.argocd.engine import ArgocdEngine
from headway.adapters.clock import SystemClock
from headway.adapters.files import FileEstateReader
from headway.adapters.files.documents import read_documents
from headway.adapters.git.desired_state import GitDesiredState
from headway.adapters.git.manifests import GitManifests
from headway.adapters.git.sources import GitSources
from headway.adapters.kustomize.kustomize import Kustomize
from headway.adapters.kustomize.renderer import KustomizeRenderer
from headway.adapters.ledger.ledger import SqliteLedger
from headway.adapters.podman.client import PodmanEngineClient
from headway.adapters.policies import CelPolicies
from headway.adapters.registry.oci import OciRegistry
from headway.adapters.schemas import PackagedSchemas
from headway.adapters.verdicts import FolderVerdicts
from headway.app.controller import Controller
from headway.app.desk import Desk
from headway.app.outside import Outside, Pace
from headway.app.planner import Planner
from headway.app.ports import Engine, Manifests, Renderer
from headway.app.reckoning import Reckoning
from headway.app.recorder import Recorder
from headway.bootstrap.argocd import open_argocd
from headway.bootstrap.home import Home, kustomize
from headway.bootstrap.judging_code import judging_code
from headway.domain.estate import Environment, ManifestsRepository


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
    urls: list[str] = []
    program = Kustomize(home.kustomize or kustomize())

    def open_repository(repository: ManifestsRepository) -> tuple[Manifests, Renderer]:
        clone = GitManifests(name=repository.name, url=repository.url, state=home.state / "clones")
        clones.append(clone)
        urls.append(repository.url)
        cache = home.state / "renderings"
        return clone, KustomizeRenderer(trees=clone, kustomize=program, cache=cache)

    podman = PodmanEngineClient(home.agent_socket)
    argocds: list[ArgocdEngine] = []

    def open_engine(environment: Environment) -> Engine:
        if environment.engine == "podman":
            # One podman agent on this machine serves all of the estate's podman environments.
            return podman
        engine = open_argocd(
            environment, home.credentials, GitDesiredState(clones), lambda: urls, SystemClock()
        )
        argocds.append(engine)
        return engine

    outside = Outside(
        clock=Reckoning(clock),
        ledger=ledger,
        looks=ledger,
        registry=registry,
        sources=GitSources(home.state / "sources"),
        estate_reader=FileEstateReader(),
        policies=CelPolicies(read_documents),
        schemas=PackagedSchemas(),
        home=home.repository,
        open_repository=open_repository,
        open_engine=open_engine,
        verdicts=FolderVerdicts(home.state / "verdicts", code=judging_code("headway.adapters.kustomize")),
        pace=pace or Pace(),
    )
    try:
        yield Opened(outside=outside, ledger=ledger, manifests=clones)
    finally:
        for engine in argocds:
            await engine.close()
        for clone in clones:
            await clone.close()
        await registry.close()
        await ledger.close()


def make_controller(outside: Outside) -> Controller:
    """Make the loop over an outside."""
    return Controller(Desk(outside=outside, recorder=Recorder(outside.ledger), planner=Planner()))
