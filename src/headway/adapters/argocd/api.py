"""The few calls of Argo CD's API that Headway needs; one connection pool for one Argo CD.

Whatever is no clear answer is `engine-away` or `engine-denied`: unknown, never absent. What each call needs
of Argo CD's role is in docs/reference/argocd-engine.md. Safe to use concurrently.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import cast

import httpx

from headway.adapters.argocd.connection import (
    ANSWERS_WITHIN_S,
    CONNECTS_WITHIN_S,
    Connection,
    Json,
    one_line,
    said_of,
)
from headway.adapters.argocd.credentials import Credentials
from headway.domain.errors import HeadwayError, Transient

MOST_AT_ONCE = 20
REFRESHES_WITHIN_S = 10.0
"""How long an answer to a refresh is waited for; it is still done later, and the stream tells of it."""
SILENT_FOR_S = 90.0
"""A stream of changes that says nothing for so long is asked for anew: a dead connection looks like peace."""


@dataclass(frozen=True, slots=True)
class ApplicationKey:
    """An Application's name and the namespace that it stands in."""

    namespace: str
    name: str

    @classmethod
    def of(cls, application: Json) -> "ApplicationKey":
        """Give the key of an Application."""
        about = application.get("metadata", {})
        return cls(namespace=str(about.get("namespace", "")), name=str(about.get("name", "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKey:
    """An object in the cluster."""

    group: str
    kind: str
    namespace: str
    name: str
    version: str = ""

    @property
    def said(self) -> str:
        """Name it for people."""
        return f"{self.kind} {self.name}"


class ArgocdApi:
    """One Argo CD. `close` it at the end."""

    def __init__(self, environment: str, credentials: Callable[[], Credentials]) -> None:
        self._environment = environment
        self._connection = Connection(credentials, most_at_once=MOST_AT_ONCE)

    async def close(self) -> None:
        """Close all connections."""
        await self._connection.close()

    async def applications(self) -> list[Json]:
        """Give every Application that the role may see."""
        found = await self._ask("GET", "/api/v1/applications")
        return list(found.get("items") or [])

    async def names(self) -> set[ApplicationKey]:
        """Give the names of every Application that the role may see, and nothing else of them."""
        wanted = {"fields": "items.metadata.name,items.metadata.namespace"}
        found = await self._ask("GET", "/api/v1/applications", wanted)
        return {ApplicationKey.of(one) for one in found.get("items") or []}

    async def refresh(self, application: ApplicationKey) -> Json | None:
        """Have an Application compared with Git now; gives it as it then is.

        None: its controller did not compare in time. That is no silence of Argo CD's server, which does not
        answer before; the wish stays with the Application, and the stream of changes tells when it was done.
        """
        wanted = {**_where(application), "refresh": "normal"}
        try:
            return await self._ask("GET", _path(application), wanted, within_s=REFRESHES_WITHIN_S)
        except Transient as away:
            if isinstance(away.__cause__, httpx.ReadTimeout):
                return None
            raise

    async def terminate(self, application: ApplicationKey) -> None:
        """End the operation that runs; none runs: nothing happens."""
        await self._ask("DELETE", f"{_path(application)}/operation", _where(application), none_is_fine=True)

    async def sync_windows(self, application: ApplicationKey) -> Json:
        """Give the windows of its project that are for an Application, and which of them are open now."""
        return await self._ask("GET", f"{_path(application)}/syncwindows", _where(application))

    async def tree(self, application: ApplicationKey) -> list[Json]:
        """Give the nodes of an Application's resource tree, pods included."""
        found = await self._ask("GET", f"{_path(application)}/resource-tree", _where(application))
        return list(found.get("nodes") or [])

    async def managed(self, application: ApplicationKey) -> list[Json]:
        """Give an Application's objects, as Git has them (`targetState`) and as they live (`liveState`)."""
        found = await self._ask("GET", f"{_path(application)}/managed-resources", _where(application))
        return list(found.get("items") or [])

    async def live(self, application: ApplicationKey, resource: ResourceKey) -> Json | None:
        """Read an object from the cluster as it is this moment; None: there is none of that name."""
        wanted = {
            **_where(application),
            "namespace": resource.namespace,
            "resourceName": resource.name,
            "group": resource.group,
            "version": resource.version or "v1",
            "kind": resource.kind,
        }
        # Of an object that left the Application since its tree was read Argo CD says 400, or 404.
        found = await self._ask("GET", f"{_path(application)}/resource", wanted, none_is_fine=True)
        return cast("Json", json.loads(found.get("manifest") or "null"))

    def log(
        self, application: ApplicationKey, pod: ResourceKey, container: str, *, is_previous: bool, lines: int
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """Ask for the last lines of a container, as a stream that ends by itself; see `log_stream.py`.

        Raises:
            Transient: `engine-away`, `engine-denied`.
            ValueError: Argo CD answers, and cannot give it; in its words.
        """
        wanted = {
            **_where(application),
            "namespace": pod.namespace,
            "podName": pod.name,
            "container": container,
            "tailLines": str(lines),
            "follow": "false",
            **({"previous": "true"} if is_previous else {}),
        }
        return self._stream(f"{_path(application)}/logs", wanted)

    async def may_read_logs(self, project: str, name: str) -> bool | None:
        """Say whether Argo CD lets this account read logs of an Application; None: it does not tell."""
        # One that knows no such permission says 400.
        path = f"/api/v1/account/can-i/logs/get/{project}/{name}"
        told = await self._ask("GET", path, none_is_fine=True)
        return {"yes": True, "no": False}.get(str(told.get("value")))

    @asynccontextmanager
    async def _stream(self, path: str, query: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        try:
            client = await self._connection.client()
            async with client.stream("GET", path, params=query) as answer:
                if answer.status_code >= 400:
                    said = (await answer.aread()).decode(errors="replace")
                    if answer.status_code in (401, 403):
                        raise self._refusal(answer.status_code, said)
                    raise ValueError(_message(said) or f"it answered {answer.status_code}")
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL) as broken:
            raise self._away(said_of(broken)) from broken

    async def changes(self) -> AsyncIterator[tuple[str, Json]]:
        """Stream changes of Applications: ADDED (those of the start too), MODIFIED or DELETED, and which.

        Raises:
            Transient: `engine-away`, `engine-denied`: the stream broke; ask for a new one.
        """
        try:
            client = await self._connection.client()
            timeout = httpx.Timeout(ANSWERS_WITHIN_S, read=SILENT_FOR_S)
            async with client.stream(
                "GET",
                "/api/v1/stream/applications",
                timeout=timeout,
                headers={"Accept": "text/event-stream"},
            ) as answer:
                if answer.status_code >= 400:
                    raise self._refusal(answer.status_code, (await answer.aread()).decode(errors="replace"))
                async for line in answer.aiter_lines():
                    if not line.startswith("data:"):
                        continue
                    told = json.loads(line[5:])
                    if "result" not in told:
                        raise self._away(str((told.get("error") or {}).get("message", "the stream broke")))
                    yield str(told["result"]["type"]), told["result"]["application"]
        except (httpx.HTTPError, ValueError, KeyError) as broken:
            raise self._away(said_of(broken)) from broken
        raise self._away("it ended the stream")

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        none_is_fine: bool = False,
        within_s: float = ANSWERS_WITHIN_S,
    ) -> Json:
        try:
            timeout = httpx.Timeout(within_s, connect=CONNECTS_WITHIN_S)
            client = await self._connection.client()
            answer = await client.request(method, path, params=query, timeout=timeout)
        except (httpx.HTTPError, httpx.InvalidURL) as broken:
            raise self._away(said_of(broken)) from broken
        if answer.status_code >= 400:
            # "No operation is in progress" comes as 400 or 412, by the version of Argo CD.
            if none_is_fine and answer.status_code in (400, 404, 412):
                return {}
            raise self._refusal(answer.status_code, answer.text)
        try:
            return cast("Json", answer.json())
        except ValueError as broken:
            raise self._away("its answer is no JSON") from broken

    def _refusal(self, status: int, body: str) -> HeadwayError:
        words = _message(body)
        if status in (401, 403):
            return Transient(
                "engine-denied",
                f"Argo CD of {self._environment} refuses Headway",
                why=words or f"it answered {status}",
                next_step="give the account a valid token and the role in docs/reference/argocd-engine.md",
            )
        return self._away(words or f"it answered {status}")

    def _away(self, why: str) -> Transient:
        return Transient(
            "engine-away",
            f"Argo CD of {self._environment} does not answer",
            why=why,
            next_step="it is asked again by itself; see whether its server runs",
        )


def _path(application: ApplicationKey) -> str:
    return f"/api/v1/applications/{application.name}"


def _where(application: ApplicationKey) -> dict[str, str]:
    return {"appNamespace": application.namespace} if application.namespace else {}


def _message(body: str) -> str:
    try:
        told = json.loads(body)
        said = told.get("message") or told.get("error")
        return one_line(said.get("message") if isinstance(said, Mapping) else said, 400)
    except (ValueError, AttributeError):
        return ""
