"""What an agent must be told, and where it keeps its files.

Several engines live on one machine as long as their names and state folders differ: every podman object
carries the engine's name as a label and in its own name.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from headway.domain.errors import UsageError
from headway.domain.names import EnvironmentName, is_label


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """One agent: its name, its environments, its folder, and how often it looks."""

    name: str
    """The engine's name: one word, at most 20 characters; it stands in the name of every podman object."""
    environments: tuple[EnvironmentName, ...]
    state: Path
    """A folder of the agent's own (mode 0700): socket, records, configurations and logs of its daemons."""
    podman: str = "podman"
    haproxy: str = "haproxy"
    dnsmasq: str = "dnsmasq"
    read_every: timedelta = timedelta(seconds=30)
    """How often the branch is read though nobody asked: hints may get lost."""
    resync_every: timedelta = timedelta(seconds=10)
    """How often podman is listed though it told of no event."""
    podman_calls: int = 4
    """How many podman calls run at once; more only wait for podman's own locks on a small machine."""
    tcp_drain: timedelta = timedelta(seconds=2)
    """How long a connection that is not HTTP may outlive its pod's turn: such clients stay until cut."""
    restart_cap: timedelta = timedelta(seconds=300)
    """The longest pause between two starts of what keeps ending, as in Kubernetes."""

    def __post_init__(self) -> None:
        """Refuse a name that could not stand in podman's names."""
        if not is_label(self.name) or len(self.name) > 20:
            raise UsageError(
                "engine-name-malformed",
                f"{self.name!r} cannot name an engine",
                why="it is one word of at most 20 lower-case letters, digits and dashes",
                next_step="name it like podman-1",
            )

    @property
    def socket(self) -> Path:
        """Where the agent answers (mode 0600)."""
        return self.state / "agent.sock"

    @property
    def containers_conf(self) -> Path:
        """Podman's configuration of ours; nobody's own is read or changed."""
        return self.state / "containers.conf"
