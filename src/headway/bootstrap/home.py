"""Where an estate's file stands, and where this machine keeps what it knows of it."""

import os
from dataclasses import dataclass
from pathlib import Path

from headway.domain.estate import ManifestsRepository
from headway.domain.names import RepositoryName


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

    @property
    def agent_state(self) -> Path:
        """Give the podman agent's own folder."""
        return self.state / "agent"

    @property
    def agent_socket(self) -> Path:
        """Give the socket that the podman agent answers on."""
        return self.agent_state / "agent.sock"


def kustomize() -> Path:
    """Find the pinned Kustomize: as named, beside this checkout, or on PATH."""
    named = os.environ.get("HEADWAY_KUSTOMIZE")
    if named:
        return Path(named)
    beside = Path(__file__).parents[3] / ".tools" / "bin" / "kustomize"
    return beside if beside.exists() else Path("kustomize")
