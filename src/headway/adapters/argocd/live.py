"""What an Argo CD runs of a repository before Headway comes (the port `LiveEnvironment`). Nothing is changed.

Objects are taken as Argo CD itself rendered and compared them; which digests run is read from pods.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from headway.adapters.argocd.api import ApplicationKey, ArgocdApi
from headway.adapters.argocd.application import Application, same_repository
from headway.adapters.argocd.connection import Json, mapping
from headway.adapters.argocd.tree import key_of_node
from headway.domain.adoption.live import LiveApplication, LiveObject
from headway.domain.adoption.parts import images_of
from headway.domain.errors import UsageError
from headway.domain.names import Digest, EnvironmentName, parse_digest

_MAINS = frozenset({"", "HEAD", "main", "master"})
_OURS = "environments/"
_TRACKING = "argocd.argoproj.io/tracking-id"
_MOST_PODS = 500
_MOST_AT_ONCE = 10
"""Applications that are looked into at the same time."""
_HARMLESS_KUSTOMIZE = frozenset({"images", "version"})
"""What an Application may say of Kustomize: digests are read from pods, and Headway's own version renders."""


class ArgocdLive:
    """One environment's Argo CD."""

    def __init__(self, name: EnvironmentName, address: str, api: ArgocdApi) -> None:
        """Prepare; nothing is asked before the first call."""
        self.name = name
        self.address = address
        self._api = api
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)

    async def close(self) -> None:
        """Close all connections."""
        await self._api.close()

    async def applications(self, repository: str) -> Sequence[LiveApplication]:
        """See `LiveEnvironment.applications`."""
        wanted = same_repository(repository)
        told = [one for one in await self._api.applications() if _reads(one, wanted)]
        return await asyncio.gather(*(self._tell(one) for one in told))

    async def _tell(self, told: Json) -> LiveApplication:
        application = Application(json=told)
        spec, source = mapping(told, "spec"), next(iter(_sources(told)), {})
        bare = LiveApplication(
            environment=self.name,
            address=self.address,
            name=application.key.name,
            namespace=application.key.namespace,
            branch=str(source.get("targetRevision") or ""),
            path=str(source.get("path") or "").strip("/").removeprefix("./"),
            into=str(mapping(spec, "destination").get("namespace") or ""),
            hindrance=_hindrance(spec, source, application),
            kept_by=_kept_by(mapping(told, "metadata")),
            health=application.health,
            is_automated=isinstance(mapping(spec, "syncPolicy").get("automated"), Mapping),
        )
        if bare.hindrance is not None or bare.branch.startswith(_OURS):
            return bare
        async with self._turns:
            objects = tuple(_objects(await self._api.managed(application.key), application))
            by_tag = any("@" not in image for one in objects if one.wanted for image in images_of(one.wanted))
            # Where all say a digest, pods have nothing to add, and there may be hundreds of them.
            pods = await self._pods(application.key) if by_tag else []
        return replace(bare, objects=objects, running=_running(pods))

    async def _pods(self, key: ApplicationKey) -> list[Json]:
        nodes = [one for one in await self._api.tree(key) if one.get("kind") == "Pod"][:_MOST_PODS]
        told = [await self._api.live(key, key_of_node(node)) for node in nodes]
        return [pod for pod in told if pod is not None]


def _sources(told: Json) -> list[Json]:
    """Give all that an Application reads, wherever it says so."""
    spec = mapping(told, "spec")
    dry = mapping(mapping(spec, "sourceHydrator"), "drySource")
    several = [one for one in spec.get("sources") or () if isinstance(one, Mapping)]
    return [one for one in (mapping(spec, "source"), dry, *several) if one]


def _reads(told: Json, repository: str) -> bool:
    urls = [str(one["repoURL"]) for one in _sources(told) if one.get("repoURL")]
    return any(same_repository(url) == repository for url in urls)


def _hindrance(spec: Json, source: Json, application: Application) -> str | None:
    """Say why and what to do, with a colon between; None: nothing."""
    if not spec.get("sources") and str(source.get("targetRevision") or "").startswith(_OURS):
        return None
    return next(_hindrances(spec, source, application), None)


def _hindrances(spec: Json, source: Json, application: Application) -> Iterator[str]:
    if spec.get("sources"):
        yield "it has several sources: give it the one source"
    if spec.get("sourceHydrator"):
        yield "Argo CD hydrates it into a branch of its own: let it read its overlay on main"
    for field in ("helm", "plugin", "directory"):
        if source.get(field):
            yield f"its source is read by {field}, not by Kustomize: render it into a folder of Kustomize"
    branch = str(source.get("targetRevision") or "")
    if branch not in _MAINS:
        yield f"it follows {branch}, not main: let it follow main"
    odd = sorted(set(mapping(source, "kustomize")) - _HARMLESS_KUSTOMIZE)
    if odd:
        field = f"spec.source.kustomize.{', '.join(odd)}"
        yield f"it changes by {field} what its overlay says: write that into the overlay"
    if application.troubles:
        yield f"Argo CD has an error of it, {application.troubles[0]}: mend that"
    if not application.is_compared:
        yield "Argo CD does not know how what runs differs from Git: let it refresh the Application"


def _kept_by(about: Json) -> str | None:
    for owner in about.get("ownerReferences") or ():
        if isinstance(owner, Mapping) and owner.get("kind") == "ApplicationSet":
            return f"ApplicationSet {owner.get('name')}"
    tracked = str(mapping(about, "annotations").get(_TRACKING) or "").partition(":")[0]
    labelled = mapping(about, "labels").get("app.kubernetes.io/instance")
    keeper = tracked or (str(labelled) if labelled else "")
    return f"Application {keeper}" if keeper else None


def _objects(managed: Iterable[Json], application: Application) -> Iterable[LiveObject]:
    out_of_sync = set(application.out_of_sync)
    for one in managed:
        wanted, live = _json(one.get("targetState")), _json(one.get("liveState"))
        yield LiveObject(
            group=str(one.get("group") or ""),
            kind=str(one.get("kind") or ""),
            namespace=str(one.get("namespace") or ""),
            name=str(one.get("name") or ""),
            wanted=wanted,
            is_there=live is not None,
            is_synced=f"{one.get('kind')} {one.get('name')}" not in out_of_sync,
        )


def _json(text: object) -> Json | None:
    found = json.loads(text) if isinstance(text, str) and text else None
    return found if isinstance(found, Mapping) else None


def _running(pods: Iterable[Json]) -> Mapping[str, frozenset[Digest]]:
    """Give, by the image as a pod's spec names it, the digests that its containers run."""
    found: dict[str, set[Digest]] = {}
    for pod in pods:
        spec, status = mapping(pod, "spec"), mapping(pod, "status")
        for field, told in (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses")):
            named = {str(one.get("name")): str(one.get("image")) for one in spec.get(field) or ()}
            for one in status.get(told) or ():
                image, digest = named.get(str(one.get("name"))), _digest(one.get("imageID"))
                if image and digest:
                    found.setdefault(image, set()).add(digest)
    return {image: frozenset(digests) for image, digests in found.items()}


def _digest(image_id: object) -> Digest | None:
    """Read the digest that an image was pulled by; None: the engine only tells a local id."""
    _, at, digest = str(image_id or "").rpartition("@")
    try:
        return parse_digest(digest) if at else None
    except UsageError:
        return None
