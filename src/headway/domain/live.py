"""What an engine runs of one instance at this moment: seen when somebody asks, and never recorded.

Whatever is not known is None or `UNKNOWN`: never taken for healthy, and never for absent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from headway.domain.errors import UsageError
from headway.domain.names import Digest, EnvironmentName, InstanceName


class ResourceHealth(StrEnum):
    """How one object fares; the first five are those of a deployment."""

    PENDING = "pending"
    """It is not begun with, or it waits."""
    PROGRESSING = "progressing"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    FAILED = "failed"
    PRESENT = "present"
    """It is there, and its kind has no health."""
    ABSENT = "absent"
    """The engine looked, and it is not there."""
    UNKNOWN = "unknown"


class ContainerState(StrEnum):
    """What a container does."""

    RUNNING = "running"
    WAITING = "waiting"
    """It is to run and does not: its words say why."""
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastExit:
    """How a container's run before this one ended, or, of one that does not run, its last."""

    exit_code: int | None
    """None: nobody kept it."""
    reason: str = ""
    """The engine's word, one line; empty: it gives none."""
    at: datetime | None = None
    """None: it is not known when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveContainer:
    """One container of a pod."""

    name: str
    state: ContainerState
    words: str = ""
    """What it waits for; empty: nothing, or it is not known."""
    is_init: bool = False
    is_ready: bool | None = None
    """None: it is not known, or of an init container."""
    restarts: int | None = None
    """None: it is not known."""
    image: str = ""
    """The image as the pod names it."""
    digest: Digest | None = None
    """What it runs, or is to run; None: it is not known."""
    is_locked: bool | None = None
    """Whether it runs the image that the lock asks for; None: it is not known."""
    since: datetime | None = None
    """Since when it is in its state; None: it is not known."""
    last_exit: LastExit | None = None
    """None: it never ended, as far as is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePod:
    """One pod."""

    name: str
    is_ready: bool | None
    """None: it is not known."""
    is_done: bool = False
    """All its containers ended as they should, as those of a Job do."""
    is_leaving: bool = False
    """It is on its way out."""
    words: str = ""
    """What keeps it, such as that no node has room; empty: nothing that is known."""
    created_at: datetime | None = None
    """None: it is not known."""
    containers: tuple[LiveContainer, ...] = ()
    """Init containers first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveResource:
    """One object that the lock asks for, or that is still there though no lock asks for it."""

    artifact: str
    """The artifact's name inside the application; empty: it belongs to none."""
    kind: str
    name: str
    health: ResourceHealth
    words: str = ""
    """What the engine says of it, one line, no secrets; empty: nothing."""
    is_wanted: bool = True
    """Whether the lock asks for it."""
    pods: tuple[LivePod, ...] = ()
    pods_left_out: int = 0
    """How many more pods there are that were not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveInstance:
    """All of one instance; no resources: the engine has read no lock of it."""

    resources: tuple[LiveResource, ...] = ()
    words: str = ""
    """What is to be known of the whole, such as that Argo CD has no Application of it; empty: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """Asks for the last lines of one container."""

    environment: EnvironmentName
    instance: InstanceName
    pod: str
    container: str
    is_previous: bool = False
    """Of the run before the present one, such as the one that crashed."""
    most_lines: int = 200
    most_bytes: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line, freed of what commands terminals."""

    at: datetime | None
    """When it was written; None: it is not known."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTail:
    """The last lines of one container's log, the oldest first."""

    lines: tuple[LogLine, ...] = field(default=())
    is_cut: bool = False
    """There is more before these lines, or a line was too long: it was left out."""
    words: str = ""
    """Why there are none, as the engine says; empty: it wrote none, or there are some."""


def wanted_images(document: Mapping[str, Any]) -> dict[str, str]:
    """Give the images that a rendered object asks to run, by container; none: it is no workload."""
    return {
        str(one.get("name")): str(one.get("image"))
        for spec in _pod_specs(document)
        for field_name in ("initContainers", "containers")
        for one in spec.get(field_name) or ()
        if isinstance(one, Mapping)
    }


def is_of_lock(wanted: str | None, digest: Digest | None) -> bool | None:
    """Say whether what runs is the image that the lock asks for; None: it is not known.

    `wanted` is an image as a manifest names it. One that is named by a tag says nothing of what must run.
    """
    _, at, asked = (wanted or "").rpartition("@")
    return None if not at or digest is None else asked == digest


def unknown_container(request: LogRequest) -> UsageError:
    """Say that a container is not there."""
    return UsageError(
        "container-unknown",
        f"{request.instance} has no container {request.container!r} in a pod {request.pod!r} now",
        why="the pod may have been replaced since its name was told",
        next_step="look at the instance's pods again: those of today have other names",
    )


def _pod_specs(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    spec = document.get("spec")
    if not isinstance(spec, Mapping):
        return
    if document.get("kind") == "Pod":
        yield spec
    for key in ("jobTemplate", "template"):
        inner = spec.get(key)
        if isinstance(inner, Mapping):
            found = inner.get("spec")
            if key == "template" and isinstance(found, Mapping):
                yield found
            else:
                yield from _pod_specs(inner)
