"""What the command line needs of the one place that knows every class: `headway.bootstrap` fills it in.

Only commands that work on this machine use it; clients speak HTTP. Its methods import what they need when
they are called, so that `headway --help` stays quick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """What `headway serve` is told."""

    state: Path
    """The folder of ledger, clones, tokens and `server.json`."""
    estate: str
    """The URL or path of the manifests repository that holds `estate.yaml`."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = 8642
    """0: any free one; `server.json` names it."""
    plain_http: tuple[str, ...] = ()
    """Registries, besides those of this machine, that speak plain HTTP."""
    agents: bool = True
    """Whether a podman agent is started for this machine if none answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRunSettings:
    """What `headway agent` is told."""

    state: Path
    """The server's state folder; the agent's own is inside it."""
    name: str = "podman"
    """The engine's name, in the name of every podman object."""
    estate: str | None = None
    """The URL or path of the manifests repository that holds `estate.yaml`; None: what `serve` uses."""
    environments: tuple[str, ...] = ()
    """Empty: all that the estate gives to podman."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What `headway check` found right."""

    applications: int
    artifacts: int
    instances: int
    remarks: tuple[str, ...] = ()
    """What is odd and allowed."""


class IdentityStore(Protocol):
    """The people who may sign in, kept in the state folder."""

    def add(self, person: str) -> Path:
        """Make a person's token and give the file that holds it; an earlier token stops working.

        Raises:
            UsageError: `person-malformed`.
        """
        ...

    def people(self) -> Sequence[str]:
        """Give everybody who has a token, sorted."""
        ...

    def remove(self, person: str) -> None:
        """Take a person's token away.

        Raises:
            UsageError: `person-unknown`.
        """
        ...


class Composition(Protocol):
    """The programs behind the commands that work on this machine."""

    def serve(self, settings: ServeSettings) -> None:
        """Run the service until it is told to end."""
        ...

    def agent(self, settings: AgentRunSettings) -> None:
        """Run the podman engine until it is told to end."""
        ...

    def tear_down_agent(self, settings: AgentRunSettings) -> None:
        """Remove everything that this engine runs."""
        ...

    def init(self, directory: Path, *, person: str, registry: str, remotes: str | None) -> Sequence[Path]:
        """Write an estate to begin with; give the files."""
        ...

    def check(self, folders: Sequence[Path]) -> Checked:
        """Read the estate in these folders.

        Raises:
            EstateInvalid: with every problem of every file.
        """
        ...

    def render(self, folder: Path, artifact: str, instance: str) -> Mapping[str, bytes]:
        """Render one artifact's overlay as it stands in a folder; give one file for each object."""
        ...

    def identities(self, state: Path) -> IdentityStore:
        """Open the people of a state folder."""
        ...
