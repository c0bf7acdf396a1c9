"""Keeps the standards of one environment's cluster: what is installed is exactly what was planned.

Invariants: no object is written or removed that does not carry our label, parameters' namespaces aside;
doing it again changes nothing. The role that it needs is in deploy/standards.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from headway.adapters.argocd.connection import Json, mapping
from headway.adapters.argocd.kubernetes import KubernetesApi
from headway.app.standards.installed import Done, InstalledDocument
from headway.app.standards.installing import BINDING, ENVIRONMENT, MANAGED_BY, POLICY, Installation
from headway.domain.errors import Conflict, UsageError
from headway.domain.names import EnvironmentName

_ADMISSION = "/apis/admissionregistration.k8s.io/v1"
_POLICIES = f"{_ADMISSION}/validatingadmissionpolicies"
_BINDINGS = f"{_ADMISSION}/validatingadmissionpolicybindings"
_PLACES = {POLICY: _POLICIES, BINDING: _BINDINGS, "Namespace": "/api/v1/namespaces"}
_OURS = f"{MANAGED_BY[0]}={MANAGED_BY[1]}"


class ClusterStandards:
    """The standards in one cluster. `close` it at the end."""

    def __init__(self, environment: EnvironmentName, api: KubernetesApi) -> None:
        self._environment = environment
        self._api = api
        self._plurals: dict[tuple[str, str], tuple[str, bool]] = {}

    async def close(self) -> None:
        """Close all connections."""
        await self._api.close()

    async def install(self, planned: Installation, *, dry_run: bool) -> Sequence[InstalledDocument]:
        """Make the cluster's standards those that are planned, and remove what is planned no more.

        Raises:
            Conflict: `standard-not-ours`; what was written before it stays.
            UsageError: `standards-not-served`.
            Transient: `engine-away`, `engine-denied`.
        """
        done = [await self._apply(one, dry_run=dry_run) for one in planned.documents]
        names = {_key(one) for one in planned.documents}
        return [*done, *await self._remove(names, dry_run=dry_run)]

    async def remove(self, *, dry_run: bool) -> Sequence[InstalledDocument]:
        """Remove all standards of this environment; parameters stay, since nothing says who else reads them.

        Raises:
            UsageError: `standards-not-served`.
            Transient: `engine-away`, `engine-denied`.
        """
        return await self._remove(set(), dry_run=dry_run)

    async def _apply(self, document: Json, *, dry_run: bool) -> InstalledDocument:
        kind, name = str(document["kind"]), str(document["metadata"]["name"])
        path = f"{await self._collection(document)}/{name}"
        before = await self._api.read(path)
        if kind == "Namespace" and before is not None:
            return InstalledDocument(kind=kind, name=name, done=Done.UNCHANGED)
        if before is not None and not _is_ours(before):
            raise _not_ours(kind, name)
        if before is None and dry_run and await self._waits(document):
            return InstalledDocument(kind=kind, name=name, done=Done.CREATED)
        after = await self._api.apply(path, document, dry_run=dry_run)
        if after is None:
            raise _not_served(self._environment)
        if before is None:
            return InstalledDocument(kind=kind, name=name, done=Done.CREATED)
        same = _content(before) == _content(after)
        return InstalledDocument(kind=kind, name=name, done=Done.UNCHANGED if same else Done.CHANGED)

    async def _waits(self, document: Json) -> bool:
        """Say whether an object cannot be tried before another is there: its namespace, or its policy."""
        if document["kind"] == BINDING:
            return await self._api.read(f"{_POLICIES}/{document['spec']['policyName']}") is None
        namespace = mapping(document, "metadata").get("namespace")
        return bool(namespace) and await self._api.read(f"/api/v1/namespaces/{namespace}") is None

    async def _remove(self, kept: set[tuple[str, str]], *, dry_run: bool) -> list[InstalledDocument]:
        """Remove our bindings of this environment that are not kept, then our policies that nothing binds."""
        bindings = await self._list(_BINDINGS, f"{_OURS},{ENVIRONMENT}={self._environment}")
        gone = [one for one in bindings if (BINDING, one) not in kept]
        for name in [] if dry_run else gone:
            await self._api.delete(f"{_BINDINGS}/{name}")
        bound = {
            str(mapping(one, "spec").get("policyName"))
            for one in await self._items(_BINDINGS, "")
            if str(mapping(one, "metadata").get("name")) not in gone
        }
        policies = await self._list(_POLICIES, _OURS)
        loose = [one for one in policies if one not in bound and (POLICY, one) not in kept]
        for name in [] if dry_run else loose:
            await self._api.delete(f"{_POLICIES}/{name}")
        return [
            *(InstalledDocument(kind=BINDING, name=one, done=Done.REMOVED) for one in gone),
            *(InstalledDocument(kind=POLICY, name=one, done=Done.REMOVED) for one in loose),
        ]

    async def _list(self, path: str, selector: str) -> list[str]:
        return [str(mapping(one, "metadata").get("name")) for one in await self._items(path, selector)]

    async def _items(self, path: str, selector: str) -> list[Json]:
        found = await self._api.read(path, {"labelSelector": selector} if selector else None)
        if found is None:
            raise _not_served(self._environment)
        return list(found.get("items") or [])

    async def _collection(self, document: Json) -> str:
        """Give where objects of a kind are; one that is no admission policy is looked up."""
        api, kind = str(document["apiVersion"]), str(document["kind"])
        if kind in _PLACES:
            return _PLACES[kind]
        root = f"/apis/{api}" if "/" in api else f"/api/{api}"
        if (api, kind) not in self._plurals:
            self._plurals |= dict(_served(api, await self._api.read(root) or {}))
        if (api, kind) not in self._plurals:
            raise _unknown(kind, api)
        plural, is_namespaced = self._plurals[api, kind]
        namespace = mapping(document, "metadata").get("namespace") or "default"
        return f"{root}/namespaces/{namespace}/{plural}" if is_namespaced else f"{root}/{plural}"


def _served(api: str, answer: Json) -> Iterator[tuple[tuple[str, str], tuple[str, bool]]]:
    for one in answer.get("resources") or ():
        if "/" not in str(one.get("name")):
            yield (api, str(one.get("kind"))), (str(one.get("name")), bool(one.get("namespaced")))


def _key(document: Json) -> tuple[str, str]:
    return str(document["kind"]), str(document["metadata"]["name"])


def _is_ours(found: Json) -> bool:
    return mapping(mapping(found, "metadata"), "labels").get(MANAGED_BY[0]) == MANAGED_BY[1]


def _content(found: Json) -> dict[str, Any]:
    about = mapping(found, "metadata")
    more = {key: value for key, value in found.items() if key not in {"metadata", "status"}}
    return {**more, "labels": about.get("labels"), "annotations": about.get("annotations")}


def _not_ours(kind: str, name: str) -> Conflict:
    return Conflict(
        "standard-not-ours",
        f"{kind} {name} cannot be written",
        why=f"one of that name is there, without our label {_OURS}",
        next_step="give the standard another name, or remove that one",
    )


def _not_served(environment: str) -> UsageError:
    return UsageError(
        "standards-not-served",
        f"the cluster of {environment} takes no admission policies",
        why="its API server does not serve admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy",
        next_step="install standards into clusters of Kubernetes 1.30 and later",
    )


def _unknown(kind: str, api: str) -> UsageError:
    return UsageError(
        "standards-not-served",
        f"the cluster does not know parameters of the kind {kind}",
        why=f"it serves no {api} {kind}",
        next_step="install its definition first",
    )
