"""The few calls of one cluster's Kubernetes API that checks need; Argo CD's API cannot run them.

Which permission each call takes, and what is lost without it, is in docs/reference/argocd-engine.md.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx

from headway.adapters.argocd.connection import Connection, Json, said_of
from headway.adapters.argocd.credentials import Credentials
from headway.domain.errors import Conflict, Transient, UsageError

MOST_AT_ONCE = 32
_MANAGER = "headway"
_TAKEN = frozenset({404, 409})
"""Refusals that callers read."""
_ONLY_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
BODY_CAP = 1_000_000
"""Bytes of an answer that a check looks into."""


class KubernetesApi:
    """One cluster's API server. `close` it at the end; safe to use concurrently."""

    def __init__(self, environment: str, credentials: Callable[[], Credentials]) -> None:
        self._environment = environment
        self._connection = Connection(credentials, most_at_once=MOST_AT_ONCE)

    async def close(self) -> None:
        """Close all connections."""
        await self._connection.close()

    async def read(self, path: str, query: Mapping[str, str] | None = None) -> Json | None:
        """Read an object or a list; None: there is none.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        answer = await self._ask("GET", path, params=query)
        return None if answer.status_code == 404 else cast("Json", answer.json())

    async def is_there(self, path: str) -> bool | None:
        """Say whether an object exists, without reading what it holds; None: the role may not look.

        Raises:
            Transient: `engine-away`.
        """
        try:
            answer = await self._ask("GET", path, headers={"Accept": _ONLY_METADATA})
        except Transient as error:
            if error.code == "engine-denied":
                return None
            raise
        return answer.status_code != 404

    async def try_token(self) -> None:
        """Ask who the token stands for, which everybody may who has one.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        await self._ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", json=review)

    async def create(self, path: str, body: Json) -> None:
        """Create an object; one of that name that is there already is left as it is.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        await self._ask("POST", path, json=dict(body))

    async def apply(self, path: str, body: Json, *, dry_run: bool) -> Json | None:
        """Make an object as it is given, and leave alone what others wrote into it; None: nothing serves it.

        Raises:
            Conflict: `standard-not-ours`: somebody else wrote one of these fields.
            UsageError: `standard-refused`.
            Transient: `engine-away`, `engine-denied`.
        """
        query = {"fieldManager": _MANAGER, **({"dryRun": "All"} if dry_run else {})}
        answer = await self._ask(
            "PATCH",
            path,
            taken=_TAKEN | {400, 422},
            params=query,
            content=json.dumps(body),
            headers={"Content-Type": "application/apply-patch+yaml"},
        )
        if answer.status_code == 409:
            raise Conflict(
                "standard-not-ours",
                f"{body.get('kind')} {body.get('metadata', {}).get('name')} cannot be written",
                why=_message(answer),
                next_step="whoever manages it has other values there: take it out of one of the two places",
            )
        if answer.status_code in (400, 422):
            raise UsageError(
                "standard-refused",
                f"the cluster of {self._environment} refuses {body['kind']} {body['metadata']['name']}",
                why=_message(answer),
                next_step="mend the standard, or see which version of Kubernetes the cluster has",
            )
        return None if answer.status_code == 404 else cast("Json", answer.json())

    async def delete(self, path: str) -> None:
        """Delete an object and what belongs to it; one that is not there is passed over.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        await self._ask("DELETE", path, params={"propagationPolicy": "Background"})

    async def through_service(
        self, namespace: str, service: str, port: int | str, path: str, timeout_s: float
    ) -> tuple[int, str, bool]:
        """Ask a ready pod behind a Service: status, body, and whether it was the API server that answered.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        url = f"/api/v1/namespaces/{namespace}/services/{service}:{port}/proxy{path}"
        try:
            client = await self._connection.client()
            async with client.stream("GET", url, timeout=timeout_s) as answer:
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > BODY_CAP:
                        break
        except (httpx.HTTPError, httpx.InvalidURL) as broken:
            raise self._away(said_of(broken)) from broken
        text = body[:BODY_CAP].decode(errors="replace")
        return answer.status_code, text, answer.status_code >= 400 and _is_status(text)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        taken: frozenset[int] = _TAKEN,
        **more: Any,  # noqa: ANN401 - httpx's own
    ) -> httpx.Response:
        try:
            client = await self._connection.client()
            answer = await client.request(method, path, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as broken:
            raise self._away(said_of(broken)) from broken
        if answer.status_code in (401, 403):
            raise Transient(
                "engine-denied",
                f"the cluster of {self._environment} refuses Headway",
                why=_message(answer),
                next_step="give its account the role in docs/reference/argocd-engine.md",
            )
        if answer.status_code >= 400 and answer.status_code not in taken:
            raise self._away(_message(answer))
        if answer.status_code == 404 and method == "POST":
            raise self._away(_message(answer))
        return answer

    def _away(self, why: str) -> Transient:
        return Transient(
            "engine-away",
            f"the cluster of {self._environment} does not answer",
            why=why,
            next_step="it is asked again by itself; see whether its API server runs",
        )


def _is_status(text: str) -> bool:
    """Say whether a body is what Kubernetes itself answers when it cannot do as asked."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and (found.get("kind"), found.get("apiVersion")) == ("Status", "v1")


def _message(answer: httpx.Response) -> str:
    try:
        return " ".join(str(answer.json().get("message", "")).split())[:400]
    except (ValueError, AttributeError):
        return f"it answered {answer.status_code}"
