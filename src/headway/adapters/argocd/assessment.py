"""What one Argo CD makes of one instance now: looked up step by step, believed only where all of it holds.

The order is that of doubt: is there one Application that follows the branch, does it speak of our lock, does
nothing run any more, does nothing differ; only then is an artifact's health worth reading, and a workload is
read live even then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.application import Application
from headway.adapters.argocd.connection import Json
from headway.adapters.argocd.live_pods import LivePods
from headway.adapters.argocd.syncing import (
    explains,
    held_back,
    is_awaited,
    is_in_doubt,
    not_begun,
    tells,
    unsettled,
)
from headway.adapters.argocd.tree import ResourceTree, health_of, key_of, key_of_node
from headway.adapters.argocd.workload import (
    READY,
    is_workload,
    judge_workload,
    not_taken_up,
)
from headway.app.ports import DesiredInstance
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState
from headway.domain.names import TreeId

_BAD_HOOKS = frozenset({"Failed", "Error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What was found, for each artifact of the lock."""

    artifacts: Mapping[str, ArtifactHealth]
    needs_refresh: bool = False
    """Argo CD has not seen our lock yet, does not begin to sync it, or may not have compared since."""
    proven: Mapping[str, TreeId] = field(default_factory=dict)
    """The renderings that were seen live to be real: they need no second proof while nothing changes."""
    rolling: Mapping[str, TreeId] = field(default_factory=dict)
    """The renderings that were not real at first: their pods may still crash."""
    pods: str = ""
    """What the resource tree told of all pods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the look before found."""

    proven: Mapping[str, TreeId]
    rolling: Mapping[str, TreeId]
    pods: str | None
    """What the tree told of the pods; None: it is not trusted, since it may lag, and pods are read live."""


async def assess(
    api: ArgocdApi,
    desired: DesiredInstance,
    application: Application,
    before: Before,
    *,
    now: datetime,
    operation_is_ours: bool,
) -> Assessment:
    """Judge each artifact of a lock that the Application's revision holds.

    `operation_is_ours` says whether the last operation brought this lock.

    Raises:
        Transient: `engine-away`, `engine-denied`.
    """
    failed = _failed_hooks(desired, application) if operation_is_ours else {}
    busy = unsettled(application, operation_is_ours=operation_is_ours)
    awaited = is_awaited(application, busy) and not operation_is_ours
    if awaited:
        busy = held_back(application, await api.sync_windows(application.key)) or busy
    tree = ResourceTree(await api.tree(application.key))
    since = str(application.operation.get("startedAt", "")) if operation_is_ours else ""
    found: dict[str, ArtifactHealth] = {}
    proven: dict[str, TreeId] = {}
    rolling: dict[str, TreeId] = {}
    for name, documents in desired.artifacts.items():
        rendering = desired.renderings[name]
        if name in failed:
            found[name] = failed[name]
            continue
        look = _Look(
            api=api,
            application=application,
            tree=tree,
            pods=LivePods(api=api, application=application.key, tree=tree, now=now, since=since),
            is_proven=before.proven.get(name) == rendering and busy is None,
            rolls=before.rolling.get(name) == rendering,
            may_have_crashed=before.pods != tree.pods_told,
        )
        health = await look.artifact(documents)
        if busy is not None and (health == READY or explains(busy, health, is_begun=look.is_begun)):
            health = busy if look.is_begun else not_begun(busy, application)
        if health == READY:
            proven[name] = rendering
        if health != READY or look.rolls:
            rolling[name] = rendering
        found[name] = health
    needs_refresh = awaited or is_in_doubt(application, operation_is_ours=operation_is_ours)
    return Assessment(
        artifacts=found,
        needs_refresh=needs_refresh,
        proven=proven,
        rolling=rolling,
        pods=tree.pods_told,
    )


def _failed_hooks(desired: DesiredInstance, application: Application) -> dict[str, ArtifactHealth]:
    """Find the hooks that this sync ran and that failed: a hook's failure is its artifact's."""
    result = application.operation.get("syncResult")
    resources = result.get("resources") if isinstance(result, Mapping) else None
    bad = {
        (one.get("kind"), one.get("name")): str(one.get("message", ""))
        for one in resources or ()
        if one.get("hookType") and one.get("hookPhase") in _BAD_HOOKS
    }
    found = {}
    for name, documents in desired.artifacts.items():
        for document in documents:
            key = key_of(document)
            if (key.kind, key.name) in bad:
                words = f"hook {key.said} failed: {bad[key.kind, key.name]}"
                found[name] = tells(DeploymentState.FAILED, Cause.VERSION, words)
    return found


_SEVERITY = {
    DeploymentState.HEALTHY: 0,
    DeploymentState.PENDING: 1,
    DeploymentState.PROGRESSING: 2,
    DeploymentState.DEGRADED: 3,
    DeploymentState.FAILED: 4,
}


@dataclass(kw_only=True)
class _Look:
    """One look at one artifact."""

    api: ArgocdApi
    application: Application
    tree: ResourceTree
    pods: LivePods
    is_proven: bool
    rolls: bool
    """Whether it was not real at first, so that it is not long since it is."""
    may_have_crashed: bool
    """Whether a pod may have been started again since the look before."""
    is_begun: bool = True
    """Whether the cluster has begun with what the lock asks of it."""

    async def artifact(self, documents: tuple[Json, ...]) -> ArtifactHealth:
        """Give the worst that is told of its objects."""
        worst = READY
        for document in documents:
            if is_hook(document):
                continue
            health = await self._object(document)
            if _SEVERITY[health.state] > _SEVERITY[worst.state]:
                worst = health
        return worst

    async def _object(self, document: Json) -> ArtifactHealth:
        key = key_of(document)
        node = self.tree.node(document)
        if node is None:
            return tells(DeploymentState.PROGRESSING, Cause.NONE, f"{key.said} is not in the cluster yet")
        told, message = health_of(node)
        if not is_workload(document):
            return _told(key.said, told, message)
        if told == "Healthy" and self.is_proven and not (self.rolls and self.may_have_crashed):
            return READY
        live = await self.api.live(self.application.key, key_of_node(node))
        begun = not_taken_up(document, live)
        if begun is not None or live is None or not self.application.has_applied(key.kind, key.name):
            # Its pods are still those of before: what they do must not be held against this version.
            self.is_begun = False
            return tells(DeploymentState.PROGRESSING, Cause.NONE, begun or f"{key.said} is not synced yet")
        return await self._workload(document, live, _argocds_word(key.said, told, message))

    async def _workload(self, document: Json, live: Json, word: ArtifactHealth) -> ArtifactHealth:
        """Judge a workload that was taken up; `word` is Argo CD's, should all be well."""
        health = judge_workload(live)
        if health == READY:
            return await self._ready(document, live, word)
        if health.cause is Cause.SURROUNDINGS:
            return health
        failed = health.state is DeploymentState.FAILED
        if failed and not await self.pods.tell_of(document, live, health.words):
            words = f"{key_of(document).said}: Kubernetes still tells of the rollout before"
            return tells(DeploymentState.PROGRESSING, Cause.NONE, words)
        return await self._better(document, live, health)

    async def _ready(self, document: Json, live: Json, word: ArtifactHealth) -> ArtifactHealth:
        """Say what is left to doubt of a workload whose pods are all there and available.

        One that crashed and was started again is available again within a second, so for a while the pods
        are asked; if no sync brought the lock, they were there before it. A Job is over, whatever its pods
        were like, and nothing of it can crash any more.
        """
        is_over = live.get("kind") == "Job"
        asks = self.rolls and self.pods.since and not is_over
        found = await self.pods.told(document, live) if asks else None
        return found if found is not None and found.cause is not Cause.SURROUNDINGS else word

    async def _better(self, document: Json, live: Json, health: ArtifactHealth) -> ArtifactHealth:
        """Let the pods tell more: a slow rollout is the version's fault, unless they know better."""
        found = await self.pods.told(document, live)
        if found is None:
            return health
        if found.cause is not Cause.NONE or health.cause is Cause.NONE:
            return found
        return tells(health.state, health.cause, f"{health.words}: {found.words}")


def _told(said: str, told: str, message: str) -> ArtifactHealth:
    """Believe Argo CD of an object that is no workload; only a container can be to blame."""
    if told == "Healthy":
        return READY
    if told == "Degraded":
        return tells(DeploymentState.PROGRESSING, Cause.SURROUNDINGS, f"{said} {told}: {message}")
    return _waits(said, told, message)


def _argocds_word(said: str, told: str, message: str) -> ArtifactHealth:
    """Give Argo CD's own word of what is proven: it must see it so too, or it may be about to change it.

    That it does not yet is its own doing: all pods are there and available.
    """
    return READY if told == "Healthy" else replace(_waits(said, told, message), cause=Cause.SURROUNDINGS)


def _waits(said: str, told: str, message: str) -> ArtifactHealth:
    cause = Cause.SURROUNDINGS if told in ("Missing", "Unknown") else Cause.NONE
    words = f"{said}: Argo CD says {told}" + (f", {message}" if message else "")
    return tells(DeploymentState.PROGRESSING, cause, words)


def is_hook(document: Json) -> bool:
    """Say whether it is run around a sync, and is no part of what stays."""
    about = document.get("metadata")
    notes = about.get("annotations") if isinstance(about, Mapping) else None
    return isinstance(notes, Mapping) and bool(
        notes.get("argocd.argoproj.io/hook") or notes.get("helm.sh/hook")
    )
