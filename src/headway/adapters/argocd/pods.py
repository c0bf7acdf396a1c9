"""What a pod of a new version tells: nothing yet, its own fault, or its surroundings' (rule 4). Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from headway.adapters.argocd.connection import Json, mapping, one_line
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState

_PULL = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
)
_NOT_STARTED = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "CreatePodSandboxError", "RunContainerError"}
)
"""Reasons of a container that has not run: a reference, a volume or the host stands in the way."""
_HOSTS_DOING = frozenset({"Evicted", "NodeLost", "Preempting", "NodeAffinity", "Terminated", "Shutdown"})
"""Reasons of a pod that its node or the scheduler ended."""
_KILLED, _TERMINATED = 128 + 9, 128 + 15
_RUNS_AGAIN_FOR = timedelta(minutes=1)
"""How long what ended must have run again before it is believed; by the cluster's clock and ours."""
_COULD_NOT_RUN = frozenset({"StartError", "ContainerCannotRun"})
_NOBODY_SAW = frozenset({"ContainerStatusUnknown"})


def judge_pod(pod: Json, since: str = "") -> ArtifactHealth | None:
    """Say what is wrong with a pod; None: nothing that is known, it starts or runs.

    Its own crash condemns it at once, also while Kubernetes starts it again: it ran and ended. One from
    before `since`, an instant as Kubernetes writes it, is of another lock.
    """
    status = mapping(pod, "status")
    name = str(mapping(pod, "metadata").get("name", "pod"))
    if status.get("reason") in _HOSTS_DOING:
        return _surroundings(f"pod {name} {status['reason']}: {status.get('message', '')}")
    containers = list(_containers(status))
    for container in containers:
        if crash := _crash(container, since):
            return ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words=crash)
    for container in containers:
        if trouble := _trouble(container):
            return _surroundings(trouble)
    for container in containers:
        if _waits(container) == "CrashLoopBackOff":
            # By others' hands, or with 0 although it is to run on: nobody is blamed before the time-out.
            words = f"{container.get('name')} ended and is started again (CrashLoopBackOff)"
            return ArtifactHealth(state=DeploymentState.PROGRESSING, words=words)
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return _surroundings(f"{condition.get('reason')}: {condition.get('message', '')}")
    return None


def restarted_lately(pod: Json, now: datetime) -> str:
    """Say which container ended without a crash and runs again for less than a minute; empty: none.

    Nobody knows whose doing it was, so it is not blamed; but what ends again and again is not healthy.
    """
    for container in _containers(mapping(pod, "status")):
        ended = mapping(container, "lastState").get("terminated")
        running = mapping(container, "state").get("running")
        if not isinstance(ended, Mapping) or not isinstance(running, Mapping):
            continue
        since = _instant(running.get("startedAt"))
        if since is not None and now - since < _RUNS_AGAIN_FOR:
            code = ended.get("exitCode", 0)
            return f"{container.get('name')} ended with exit status {code} and was started again"
    return ""


def why_not_ready(pod: Json) -> str:
    """Say which containers of a pod are not ready, for people; empty: none, or it is not known."""
    status = mapping(pod, "status")
    if status.get("phase") == "Succeeded":
        return ""
    waiting = [str(one.get("name")) for one in status.get("containerStatuses") or () if not one.get("ready")]
    if not waiting:
        return ""
    return f"pod {mapping(pod, 'metadata').get('name')}: {', '.join(waiting)} not ready"


def _containers(status: Json) -> Iterable[Json]:
    for kind in ("initContainerStatuses", "containerStatuses"):
        yield from status.get(kind) or ()


def _crash(container: Json, since: str) -> str | None:
    """Say how a container's own run ended badly; None: it did not, or others ended it."""
    name = container.get("name")
    for state in ("state", "lastState"):
        ended = mapping(container, state).get("terminated")
        if not isinstance(ended, Mapping) or str(ended.get("finishedAt") or since) < since:
            continue
        reason, code = str(ended.get("reason", "")), int(ended.get("exitCode", 0))
        if reason == "OOMKilled":
            return f"{name} outgrew its memory limit and was killed (OOMKilled)"
        if reason in _NOBODY_SAW or code in (0, _KILLED, _TERMINATED):
            continue
        said = one_line(ended.get("message"))
        if reason in _COULD_NOT_RUN:
            return f"{name} cannot be run ({reason}): {said}"
        words = f"{name} ended with exit status {code}" + (
            f" ({_waits(container)})" if _waits(container) else ""
        )
        return words + (f", saying: {said}" if said else "")
    return None


def _trouble(container: Json) -> str | None:
    waiting = mapping(container, "state").get("waiting")
    if not isinstance(waiting, Mapping):
        return None
    reason = str(waiting.get("reason", ""))
    if reason in _PULL or reason in _NOT_STARTED:
        return f"{container.get('name')} {reason}: {one_line(waiting.get('message'))}"
    return None


def _waits(container: Json) -> str:
    waiting = mapping(container, "state").get("waiting")
    return str(waiting.get("reason", "")) if isinstance(waiting, Mapping) else ""


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _surroundings(words: str) -> ArtifactHealth:
    return ArtifactHealth(
        state=DeploymentState.PROGRESSING, cause=Cause.SURROUNDINGS, words=one_line(words, 500)
    )
