"""What runs before Headway comes: Applications that follow folders on `main`, as their engine tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from headway.domain.names import Digest, EnvironmentName

KubernetesObject = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveObject:
    """One object that an Application keeps."""

    group: str
    kind: str
    namespace: str
    """Empty: the whole cluster's."""
    name: str
    wanted: KubernetesObject | None
    """As the engine rendered it from Git; None: it is no longer in Git."""
    is_there: bool
    """Whether the cluster has it."""
    is_synced: bool
    """Whether the engine finds what the cluster has as Git says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveApplication:
    """One Application, and what the engine says that it runs."""

    environment: EnvironmentName
    address: str
    """Of the engine: one that serves two environments tells each of the same Application."""
    name: str
    namespace: str
    """Where the Application itself stands."""
    branch: str
    path: str
    """Of the folder that it reads, without slashes at its ends."""
    into: str
    """The namespace that it delivers into."""
    objects: tuple[LiveObject, ...] = ()
    running: Mapping[str, frozenset[Digest]] = field(default_factory=dict)
    """By image as pod specs name it: the digests that its pods run."""
    hindrance: str | None = None
    """What keeps it from being adopted as it is; None: nothing that is known."""
    kept_by: str | None = None
    """What writes the Application itself and would put it back; None: nothing that is known."""
    health: str = "Healthy"
    """The engine's word."""
    is_automated: bool = True
    """Whether the engine syncs it by itself."""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"
