"""What runs of one instance now, as podman and the last pass tell it; pure.

Podman says what its containers do; whether a pod is ready, and what a workload lacks, the engine's last pass
found out. Without such a pass that is unknown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headway.adapters.podman.ending import Ending
from headway.adapters.podman.fields import DONE_KINDS, IGNORED_KINDS, UNSUPPORTED_KINDS
from headway.adapters.podman.held_instance import HeldInstance
from headway.adapters.podman.live_pod import LiveContainer, LivePod, Restarts
from headway.adapters.podman.workload import WorkloadKey, document_name
from headway.domain import live
from headway.domain.deployment import ArtifactHealth
from headway.domain.errors import UsageError
from headway.domain.live import ContainerState, ResourceHealth
from headway.domain.names import Digest, InstanceName, parse_digest

MOST_PODS = 20
"""Pods of one workload that are shown."""
_STATES = {
    "running": ContainerState.RUNNING,
    "exited": ContainerState.ENDED,
    "stopped": ContainerState.ENDED,
    "created": ContainerState.WAITING,
    "initialized": ContainerState.WAITING,
    "paused": ContainerState.WAITING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPass:
    """What the last pass over an environment found."""

    parts: Mapping[WorkloadKey, ArtifactHealth]
    ready: frozenset[str]
    """The names of the pods that are ready."""
    leaving: frozenset[str]
    """The names of those on their way out."""
    traffic_words: Mapping[tuple[InstanceName, str], str]
    """What keeps traffic from an artifact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at podman, and what the engine knows beside it."""

    pods: Sequence[LivePod]
    """Those of the instance."""
    inspected: Mapping[str, Mapping[str, Any]]
    """What `podman inspect` told of each container, by id."""
    last_pass: LastPass | None
    """None: there was none yet."""
    endings: Mapping[str, Ending] = field(default_factory=dict)
    """How containers ended that this agent saw, by id."""
    restarts: Mapping[str, Restarts] = field(default_factory=dict)
    """What this agent started again, by the container's id."""
    claims: frozenset[str] = frozenset()
    """The claims of volumes that are there."""


def live_instance(held: HeldInstance | None, look: Look) -> live.LiveInstance:
    """Tell of all that a lock asks for, and of pods that it does not ask for any more."""
    resources = [*_wanted(held, look)] if held is not None else []
    told = {(one.artifact, one.kind, one.name) for one in resources}
    by_place: dict[tuple[str, str, str], list[LivePod]] = {}
    for pod in look.pods:
        by_place.setdefault((pod.key.artifact, pod.key.kind, pod.key.name), []).append(pod)
    for place, pods in sorted(by_place.items()):
        if place not in told:
            resources.append(_left(place, pods, look))
    return live.LiveInstance(resources=tuple(resources), words=held.frozen if held is not None else "")


def _wanted(held: HeldInstance, look: Look) -> Iterator[live.LiveResource]:
    keys = {(one.key.artifact, one.key.kind, one.key.name): one.key for one in held.workloads}
    for artifact, documents in held.desired.artifacts.items():
        for document in documents:
            kind, name = str(document.get("kind")), document_name(document)
            key = keys.get((artifact, kind, name))
            if key is not None:
                yield _workload(key, document, look)
                continue
            health, words = _other(held.name, artifact, kind, name, look)
            yield live.LiveResource(artifact=artifact, kind=kind, name=name, health=health, words=words)


def _workload(key: WorkloadKey, document: Mapping[str, Any], look: Look) -> live.LiveResource:
    told = look.last_pass.parts.get(key) if look.last_pass else None
    pods = [pod for pod in look.pods if pod.key == key]
    images = live.wanted_images(document)
    return live.LiveResource(
        artifact=key.artifact,
        kind=key.kind,
        name=key.name,
        health=ResourceHealth(told.state) if told else ResourceHealth.UNKNOWN,
        words=told.words if told else "the agent has not looked at it yet",
        pods=tuple(_pod(pod, images, look) for pod in _first(pods)),
        pods_left_out=max(0, len(pods) - MOST_PODS),
    )


def _left(place: tuple[str, str, str], pods: Sequence[LivePod], look: Look) -> live.LiveResource:
    artifact, kind, name = place
    return live.LiveResource(
        artifact=artifact,
        kind=kind,
        name=name,
        health=ResourceHealth.UNKNOWN,
        words="no lock asks for it any more",
        is_wanted=False,
        pods=tuple(_pod(pod, {}, look) for pod in _first(pods)),
        pods_left_out=max(0, len(pods) - MOST_PODS),
    )


def _other(
    instance: InstanceName, artifact: str, kind: str, name: str, look: Look
) -> tuple[ResourceHealth, str]:
    """Tell of an object that runs nothing."""
    if kind == "Service":
        if look.last_pass is None:
            return ResourceHealth.UNKNOWN, "the agent has not looked at it yet"
        words = look.last_pass.traffic_words.get((instance, artifact))
        return (ResourceHealth.PROGRESSING, words) if words else (ResourceHealth.HEALTHY, "")
    if kind == "PersistentVolumeClaim":
        there = name in look.claims
        return (
            (ResourceHealth.PRESENT, "") if there else (ResourceHealth.ABSENT, "no pod has asked for it yet")
        )
    if kind in DONE_KINDS:
        return ResourceHealth.PRESENT, DONE_KINDS[kind]
    words = IGNORED_KINDS.get(kind) or UNSUPPORTED_KINDS.get(kind, "it does not know the kind")
    return ResourceHealth.ABSENT, f"this engine makes none: {words}"


def _first(pods: Iterable[LivePod]) -> list[LivePod]:
    return sorted(pods, key=lambda pod: (pod.ordinal, pod.name))[:MOST_PODS]


def _pod(pod: LivePod, images: Mapping[str, str], look: Look) -> live.LivePod:
    found = [_container(pod, one, images.get(one.name), look) for one in pod.containers]
    times = [at for one in pod.containers if (at := _instant(_told(look, one), "Created")) is not None]
    missing = sorted(set(pod.wanted) - {one.name for one in pod.containers})
    return live.LivePod(
        name=pod.name,
        is_ready=pod.name in look.last_pass.ready if look.last_pass else None,
        is_done=pod.key.kind == "Job"
        and bool(pod.mains)
        and all(one.has_ended and one.exit_code == 0 for one in pod.mains),
        is_leaving=look.last_pass is not None and pod.name in look.last_pass.leaving,
        words=f"{', '.join(missing)} is not there" if missing else "",
        created_at=min(times, default=None),
        containers=tuple(sorted(found, key=lambda one: not one.is_init)),
    )


def _container(pod: LivePod, one: LiveContainer, wanted: str | None, look: Look) -> live.LiveContainer:
    told = _told(look, one)
    state = _STATES.get(one.state, ContainerState.UNKNOWN)
    started, finished = _started(told), _instant(_part(told, "State"), "FinishedAt")
    image = str(told.get("ImageName") or "")
    digest = _digest(image) or _digest(f"@{told.get('ImageDigest') or ''}")
    is_ready = None if look.last_pass is None else pod.name in look.last_pass.ready and one.is_running
    return live.LiveContainer(
        name=one.name,
        state=state,
        words="paused by other hands" if one.state == "paused" else "",
        is_init=one.init,
        is_ready=None if one.init else is_ready,
        restarts=_restarts(one, started, finished, look),
        image=image,
        digest=digest,
        is_locked=live.is_of_lock(wanted, digest),
        since=started if state is ContainerState.RUNNING else finished if one.has_ended else None,
        last_exit=_last_exit(one, told, started, finished, look),
    )


def _restarts(
    one: LiveContainer, started: datetime | None, finished: datetime | None, look: Look
) -> int | None:
    """Give how often this agent started it again; None: another agent did, and nobody counted."""
    known = look.restarts.get(one.id)
    if known is not None:
        return known.count
    ran_before = started is not None and finished is not None and finished <= started
    return None if ran_before else 0


def _last_exit(
    one: LiveContainer,
    told: Mapping[str, Any],
    started: datetime | None,
    finished: datetime | None,
    look: Look,
) -> live.LastExit | None:
    """Give how it ended last; podman keeps the status only until it is started again, the agent longer."""
    ending = look.endings.get(one.id)
    state = _part(told, "State")
    if one.has_ended:
        reason = "OOMKilled" if state.get("OOMKilled") else ending.words if ending is not None else ""
        return live.LastExit(exit_code=one.exit_code, reason=reason, at=finished)
    if ending is not None:
        return live.LastExit(exit_code=ending.exit_code, reason=ending.words, at=finished)
    if started is not None and finished is not None and finished <= started:
        return live.LastExit(exit_code=None, at=finished)
    return None


def run_began(told: Mapping[str, Any], restarts: Restarts | None) -> datetime | None:
    """Give an instant between the end of the run before and the present one; None: none is known of before.

    Podman notes that it started a container after that has begun to write.
    """
    if restarts is not None:
        return restarts.at
    started, finished = _started(told), _instant(_part(told, "State"), "FinishedAt")
    return finished if started is not None and finished is not None and finished <= started else None


def _started(told: Mapping[str, Any]) -> datetime | None:
    return _instant(_part(told, "State"), "StartedAt")


def find_container(pods: Iterable[LivePod], request: live.LogRequest) -> LiveContainer:
    """Give the container that a request names, among the pods of its instance.

    Raises:
        UsageError: `container-unknown`.
    """
    for pod in pods:
        for one in pod.containers:
            if (pod.name, one.name) == (request.pod, request.container):
                return one
    raise live.unknown_container(request)


def _told(look: Look, one: LiveContainer) -> Mapping[str, Any]:
    return look.inspected.get(one.id, {})


def _part(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = told.get(key)
    return found if isinstance(found, Mapping) else {}


def _instant(told: Mapping[str, Any], key: str) -> datetime | None:
    """Read an instant; podman writes the year 1 for never."""
    try:
        found = datetime.fromisoformat(str(told.get(key)))
    except ValueError:
        return None
    return found if found.year > 1 else None


def _digest(image: str) -> Digest | None:
    _, at, digest = image.rpartition("@")
    try:
        return parse_digest(digest) if at else None
    except UsageError:
        return None
