"""Looks at one instance through its Argo CD when somebody asks: its tree, and pods read live."""

import asyncio
from collections.abc import Iterator, Sequence

from headway.adapters.argocd.api import ApplicationKey, ArgocdApi
from headway.adapters.argocd.application import Application
from headway.adapters.argocd.assessment import is_hook
from headway.adapters.argocd.connection import Json, mapping
from headway.adapters.argocd.log_stream import read_log
from headway.adapters.argocd.looking import health_told, live_pod
from headway.adapters.argocd.tree import ResourceTree, key_of, key_of_node
from headway.adapters.argocd.unready import unusable
from headway.adapters.argocd.workload import is_workload, judge_workload, not_taken_up
from headway.app.ports import DesiredInstance
from headway.domain.errors import Transient
from headway.domain.live import (
    LiveInstance,
    LivePod,
    LiveResource,
    LogRequest,
    LogTail,
    ResourceHealth,
    unknown_container,
    wanted_images,
)

MOST_PODS = 20
"""Pods of one object that are looked at, the newest first."""
_MOST_AT_ONCE = 10
"""Requests of one look: what follows deployments must not wait for it."""


class View:
    """What one Argo CD shows; safe to use concurrently."""

    def __init__(self, api: ArgocdApi) -> None:
        self._api = api

    async def live(self, desired: DesiredInstance | None, applications: list[Application]) -> LiveInstance:
        """Give the objects that a lock asks for, with their pods, and those that wait to be removed.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        if desired is None:
            return LiveInstance()
        why = unusable(desired, applications)
        if len(applications) != 1:
            return LiveInstance(resources=tuple(_unknown(desired)), words=why or "")
        tree = ResourceTree(await self._api.tree(applications[0].key))
        look = _Look(self._api, applications[0].key, tree)
        found = await asyncio.gather(
            *(
                look.resource(artifact, document)
                for artifact, documents in desired.artifacts.items()
                for document in documents
            )
        )
        return LiveInstance(resources=(*found, *_left(applications[0])), words=why or "")

    async def log(self, request: LogRequest, applications: Sequence[Application]) -> LogTail:
        """Give the last lines of a container, in a pod of the instance's Application and of no other.

        Raises:
            Transient: `engine-away`, `engine-denied`, `log-unreadable`.
            UsageError: `container-unknown`.
        """
        if len(applications) != 1:
            raise unknown_container(request)
        key = applications[0].key
        node = ResourceTree(await self._api.tree(key)).pod(request.pod)
        pod = await self._api.live(key, key_of_node(node)) if node is not None else None
        if node is None or pod is None or request.container not in wanted_images(pod):
            raise unknown_container(request)
        asked = self._api.log(
            key,
            key_of_node(node),
            request.container,
            is_previous=request.is_previous,
            lines=request.most_lines + 1,
        )
        try:
            async with asked as answer:
                return await read_log(answer.aiter_bytes(), request)
        except ValueError as told:
            raise Transient(
                "log-unreadable",
                f"the log of {request.container} in {request.pod} cannot be read",
                why=_why(str(told)),
                next_step=f"ask again, or see `kubectl logs {request.pod} -c {request.container}`",
            ) from told


class _Look:
    """One look at one Application."""

    def __init__(self, api: ArgocdApi, application: ApplicationKey, tree: ResourceTree) -> None:
        self._api = api
        self._application = application
        self._tree = tree
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)

    async def resource(self, artifact: str, document: Json) -> LiveResource:
        """Look at one object."""
        key, node = key_of(document), self._tree.node(document)
        if node is None:
            absent, words = ResourceHealth.ABSENT, "it is not in the cluster, as Argo CD sees it"
            if is_hook(document):
                absent, words = (
                    ResourceHealth.UNKNOWN,
                    "a hook is there while it runs, and may go then",
                )
            return LiveResource(artifact=artifact, kind=key.kind, name=key.name, health=absent, words=words)
        health, words = health_told(node)
        if is_workload(document):
            health, words = await self._workload(document, node)
        nodes = sorted(self._tree.all_pods(node), key=lambda one: str(one.get("createdAt")), reverse=True)
        images = wanted_images(document)
        pods = await asyncio.gather(*(self._read(one) for one in nodes[:MOST_PODS]))
        return LiveResource(
            artifact=artifact,
            kind=key.kind,
            name=key.name,
            health=health,
            words=words,
            pods=tuple(_pods(pods, images)),
            pods_left_out=max(0, len(nodes) - MOST_PODS),
        )

    async def _workload(self, document: Json, node: Json) -> tuple[ResourceHealth, str]:
        """Judge a workload by what it is this moment; Argo CD's own word of it may be older."""
        live = await self._read(node)
        if live is None:
            return ResourceHealth.ABSENT, "it is not in the cluster any more"
        if (words := not_taken_up(document, live)) is not None:
            return ResourceHealth.PROGRESSING, words
        found = judge_workload(live)
        return ResourceHealth(found.state), found.words

    async def _read(self, node: Json) -> Json | None:
        async with self._turns:
            return await self._api.live(self._application, key_of_node(node))


def _why(told: str) -> str:
    """Say why Argo CD gives no log.

    Where Kubernetes writes a sentence in place of a log, Argo CD 3.2 takes its first word for an instant.
    """
    if told.startswith("parsing time "):
        return "Kubernetes has no log of that run, such as of one that it removed already"
    return told or "Argo CD tells it in a way that is not known here"


def _pods(found: Sequence[Json | None], images: dict[str, str]) -> Iterator[LivePod]:
    for pod in found:
        if pod is not None:
            yield live_pod(pod, images)


def _unknown(desired: DesiredInstance) -> Iterator[LiveResource]:
    for artifact, documents in desired.artifacts.items():
        for document in documents:
            key = key_of(document)
            yield LiveResource(artifact=artifact, kind=key.kind, name=key.name, health=ResourceHealth.UNKNOWN)


def _left(application: Application) -> Iterator[LiveResource]:
    """Tell of what is no longer in Git and still in the cluster."""
    for one in mapping(application.json, "status").get("resources") or ():
        if one.get("requiresPruning"):
            health, words = health_told(one)
            yield LiveResource(
                artifact="",
                kind=str(one.get("kind")),
                name=str(one.get("name")),
                health=health,
                words=words,
                is_wanted=False,
            )
