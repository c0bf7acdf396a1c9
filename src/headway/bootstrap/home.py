"""Where an estate's file stands, and where this machine keeps what it knows of it."""

import os
from dataclasses import dataclass
from pathlib import Path

from headway.domain.errors import UsageError
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
    def credentials(self) -> Path:
        """Give the folder of tokens for Argo CDs and clusters: as set, else inside the state folder."""
        named = os.environ.get("HEADWAY_CREDENTIALS")
        return Path(named) if named else self.state / "credentials"

    @property
    def agent_state(self) -> Path:
        """Give the podman agent's own folder."""
        return self.state / "agent"

    @property
    def agent_socket(self) -> Path:
        """Give the socket that the podman agent answers on."""
        return self.agent_state / "agent.sock"


def desk_cache() -> Path | None:
    """Give the folder of what commands on the desk need not work out twice; None: nothing is kept."""
    named = os.environ.get("HEADWAY_CACHE")
    if named is not None:
        return Path(named) if named else None
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "headway"


def kustomize() -> Path:
    """Find the pinned Kustomize: as named, beside this checkout, or on PATH."""
    named = os.environ.get("HEADWAY_KUSTOMIZE")
    if named:
        return Path(named)
    beside = Path(__file__).parents[3] / ".tools" / "bin" / "kustomize"
    return beside if beside.exists() else Path("kustomize")


def require_repository(estate: str) -> None:
    """Refuse a path of this machine that is no Git repository: it would be asked in vain for ever.

    What stands elsewhere is not asked here: a host that is away now may answer later.

    Raises:
        UsageError: `estate-no-repository`.
    """
    path = Path(estate.removeprefix("file://"))
    if not estate.startswith("file://") and (":" in estate.split("/", 1)[0] or path.is_file()):
        return  # a URL, `host:path`, or a bundle, which git can read
    if (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir()):
        return
    raise UsageError(
        "estate-no-repository",
        f"{path} is no Git repository",
        why="there is no such folder" if not path.is_dir() else "it holds no .git, and no HEAD with objects",
        next_step="correct --estate or HEADWAY_ESTATE: the repository that holds estate.yaml, by URL or path",
    )
