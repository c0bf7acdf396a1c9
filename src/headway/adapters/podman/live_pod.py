"""What podman says of one pod now: read from one listing of containers; pure.

Every container carries its pod's labels, so one `podman ps` tells all; nothing is remembered elsewhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headway.adapters.podman.workload import WorkloadKey
from headway.domain.names import EnvironmentName, parse_instance

PREFIX = "headway.dev/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveContainer:
    """One container of a pod, without the pod's own infrastructure."""

    id: str
    name: str
    """Its name in the manifest."""
    state: str
    """Podman's word: created, initialized, running, stopped, exited, paused, unknown."""
    exit_code: int
    started_at: int
    """Seconds since 1970; not positive: it never ran."""
    init: bool

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.state == "running"

    @property
    def has_ended(self) -> bool:
        """Whether it ran and does not run any more."""
        return self.state in {"exited", "stopped"} and self.started_at > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """What this agent did to a container that ended."""

    count: int
    """How often it was started again."""
    at: datetime
    """Just before the last start: what was written since is of this run. Podman's own instant is later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePod:
    """One pod of this engine."""

    name: str
    key: WorkloadKey
    template: str
    ordinal: int
    address: str
    ports: Mapping[str, int]
    labels: Mapping[str, str]
    job: str
    """The key of the run that it is an attempt of; empty: it is no Job's."""
    wanted: tuple[str, ...]
    """The names of the containers that it must have."""
    grace_s: float
    containers: tuple[LiveContainer, ...] = field(default=())

    @property
    def mains(self) -> tuple[LiveContainer, ...]:
        """Its containers without the init containers."""
        return tuple(c for c in self.containers if not c.init)

    @property
    def is_running(self) -> bool:
        """Whether every container that it must have is there and runs."""
        running = {c.name for c in self.mains if c.is_running}
        return running.issuperset(self.wanted)


def parse_pods(listing: bytes) -> dict[str, LivePod]:
    """Read the output of ``podman ps -a --format json``; a container that is not ours is passed over."""
    heads: dict[str, LivePod] = {}
    containers: dict[str, list[LiveContainer]] = {}
    for entry in json.loads(listing or b"[]"):
        labels = entry.get("Labels") or {}
        pod = labels.get(PREFIX + "pod")
        if not pod:
            continue
        try:
            heads.setdefault(pod, _head(pod, labels))
            containers.setdefault(pod, []).append(_container(pod, entry, heads[pod].wanted))
        except (KeyError, ValueError, IndexError):
            continue  # other hands gave it our label: it is none of ours
    return {
        name: LivePod(
            **{f: getattr(head, f) for f in head.__slots__ if f != "containers"},
            containers=tuple(containers[name]),
        )
        for name, head in heads.items()
        if name in containers
    }


def pod_labels(pod: LivePod, engine: str) -> dict[str, str]:
    """Give the labels from which `parse_pods` reads the pod again."""
    own = {
        "engine": engine,
        "pod": pod.name,
        "environment": pod.key.environment,
        "instance": str(pod.key.instance),
        "artifact": pod.key.artifact,
        "namespace": pod.key.namespace,
        "kind": pod.key.kind,
        "workload": pod.key.name,
        "template": pod.template,
        "ordinal": str(pod.ordinal),
        "address": pod.address,
        "ports": ",".join(f"{name}={port}" for name, port in sorted(pod.ports.items())),
        "job": pod.job,
        "containers": ",".join(pod.wanted),
        "grace": f"{pod.grace_s:g}",
    }
    return {**pod.labels, **{PREFIX + name: value for name, value in own.items()}}


def _head(name: str, labels: Mapping[str, str]) -> LivePod:
    own = {key.removeprefix(PREFIX): value for key, value in labels.items() if key.startswith(PREFIX)}
    return LivePod(
        name=name,
        key=WorkloadKey(
            environment=EnvironmentName(own["environment"]),
            instance=parse_instance(own["instance"]),
            artifact=own["artifact"],
            namespace=own["namespace"],
            kind=own["kind"],
            name=own["workload"],
        ),
        template=own["template"],
        ordinal=int(own["ordinal"]),
        address=own["address"],
        ports={p.split("=")[0]: int(p.split("=")[1]) for p in own["ports"].split(",") if p},
        labels={key: value for key, value in labels.items() if not key.startswith(PREFIX)},
        job=own["job"],
        wanted=tuple(own["containers"].split(",")),
        grace_s=float(own["grace"]),
    )


def _container(pod: str, entry: Mapping[str, Any], wanted: tuple[str, ...]) -> LiveContainer:
    name = str(entry["Names"][0]).removeprefix(pod + "-")
    return LiveContainer(
        id=str(entry["Id"]),
        name=name,
        state=str(entry["State"]),
        exit_code=int(entry["ExitCode"]),
        started_at=int(entry["StartedAt"]),
        init=name not in wanted,
    )
