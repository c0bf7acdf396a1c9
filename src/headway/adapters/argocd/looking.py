"""What a live pod, and a node of the resource tree, tell to whoever looks; pure."""

from collections.abc import Mapping
from datetime import datetime

from headway.adapters.argocd.connection import Json, mapping, one_line
from headway.adapters.argocd.tree import health_of
from headway.domain import live
from headway.domain.errors import UsageError
from headway.domain.live import ContainerState, LastExit, ResourceHealth
from headway.domain.names import Digest, parse_digest

_HEALTH = {
    "Healthy": ResourceHealth.HEALTHY,
    "Progressing": ResourceHealth.PROGRESSING,
    "Degraded": ResourceHealth.DEGRADED,
    "Suspended": ResourceHealth.PENDING,
    "Missing": ResourceHealth.ABSENT,
}
_WORDS = {"Suspended": "it is suspended"}


def health_told(node: Json) -> tuple[ResourceHealth, str]:
    """Give the health of an object that is no workload, as Argo CD tells it, and what it says."""
    if not isinstance(node.get("health"), Mapping):
        return ResourceHealth.PRESENT, ""
    word, message = health_of(node)
    return _HEALTH.get(word, ResourceHealth.UNKNOWN), message or _WORDS.get(word, "")


def live_pod(pod: Json, images: Mapping[str, str]) -> live.LivePod:
    """Read a pod; `images` are those that the lock asks for, by container."""
    about, status = mapping(pod, "metadata"), mapping(pod, "status")
    return live.LivePod(
        name=str(about.get("name")),
        is_ready=_is_ready(status),
        is_done=status.get("phase") == "Succeeded",
        is_leaving=bool(about.get("deletionTimestamp")),
        words=_words(status),
        created_at=_instant(about.get("creationTimestamp")),
        containers=tuple(
            _container(one, _status(status, field, one), images.get(str(one.get("name"))), field)
            for field in ("initContainers", "containers")
            for one in mapping(pod, "spec").get(field) or ()
        ),
    )


def _is_ready(status: Json) -> bool | None:
    for one in status.get("conditions") or ():
        if one.get("type") == "Ready":
            return {"True": True, "False": False}.get(str(one.get("status")))
    return None


def _words(status: Json) -> str:
    if status.get("reason"):
        return one_line(f"{status['reason']}: {status.get('message', '')}")
    for one in status.get("conditions") or ():
        if one.get("type") == "PodScheduled" and one.get("status") == "False":
            return one_line(f"{one.get('reason')}: {one.get('message', '')}")
    return ""


def _status(status: Json, field: str, container: Json) -> Json:
    name = {"initContainers": "initContainerStatuses", "containers": "containerStatuses"}[field]
    found = [one for one in status.get(name) or () if one.get("name") == container.get("name")]
    return found[0] if found else {}


def _container(container: Json, status: Json, wanted: str | None, field: str) -> live.LiveContainer:
    state, words, since = _state(mapping(status, "state"))
    image = str(container.get("image") or "")
    # What is named by a digest can run as nothing else; of a tag only the node knows what it was.
    digest = _digest(image) or _digest(status.get("imageID"))
    is_init = field == "initContainers"
    ready, restarts = status.get("ready"), status.get("restartCount")
    return live.LiveContainer(
        name=str(container.get("name")),
        state=state,
        words=words,
        is_init=is_init,
        is_ready=ready if isinstance(ready, bool) and not is_init else None,
        restarts=restarts if isinstance(restarts, int) else None,
        image=image,
        digest=digest,
        is_locked=live.is_of_lock(wanted, digest),
        since=since,
        last_exit=_exit(mapping(mapping(status, "lastState"), "terminated"))
        or _exit(mapping(mapping(status, "state"), "terminated")),
    )


def _state(state: Json) -> tuple[ContainerState, str, datetime | None]:
    if isinstance(state.get("running"), Mapping):
        return ContainerState.RUNNING, "", _instant(state["running"].get("startedAt"))
    if isinstance(state.get("terminated"), Mapping):
        return ContainerState.ENDED, "", _instant(state["terminated"].get("finishedAt"))
    if isinstance(waiting := state.get("waiting"), Mapping):
        words = f"{waiting.get('reason') or ''}: {waiting.get('message') or ''}"
        return ContainerState.WAITING, one_line(words).strip(": "), None
    return ContainerState.UNKNOWN, "", None


def _exit(ended: Json) -> LastExit | None:
    if not ended:
        return None
    code = ended.get("exitCode")
    said = one_line(ended.get("message"))
    reason = str(ended.get("reason") or "")
    return LastExit(
        exit_code=code if isinstance(code, int) else None,
        reason=f"{reason}: {said}" if said else reason,
        at=_instant(ended.get("finishedAt")),
    )


def _digest(image: object) -> Digest | None:
    _, at, digest = str(image or "").rpartition("@")
    try:
        return parse_digest(digest) if at else None
    except UsageError:
        return None


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
