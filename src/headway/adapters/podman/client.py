"""The `Engine` port over an agent's unix socket; safe to use concurrently, holds no state.

An agent that does not answer is `engine-away`: unknown, never absent, never anybody's fault.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from headway.adapters.podman.wire import (
    check_to_json,
    live_from_json,
    log_from_json,
    log_request_to_json,
    observation_from_json,
    references_from_json,
    references_to_json,
    result_from_json,
)
from headway.app.ports import CheckRequest, Reference
from headway.domain.checks import CheckResult
from headway.domain.deployment import Observation
from headway.domain.diagnosis import Finding, Severity
from headway.domain.errors import Transient, UsageError
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.names import CommitId, EnvironmentName, InstanceName

Told = TypeVar("Told")

ANSWER_WITHIN_S = 30.0
GRACE_S = 30.0
"""How much longer than its own time-out a check's answer is waited for."""

_ANEW = "end `headway agent` and start it anew; what it runs goes on meanwhile"


class PodmanEngineClient:
    """What the rest of Headway sees of the podman engine."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def ask(self, environment: EnvironmentName, commit: CommitId) -> None:
        """Hint that the branch moved.

        Raises:
            Transient: `engine-away`; harmless, the agent reads the branch by itself.
        """
        await self._post("/ask", {"environment": environment, "commit": commit})

    async def observations(self) -> AsyncIterator[Observation]:
        """Stream what is seen.

        Raises:
            Transient: `engine-away`: the stream broke; ask for a new one.
        """
        try:
            async with self._client(None) as client, client.stream("GET", "/observations") as answer:
                _refuse(answer, "")
                async for line in answer.aiter_lines():
                    if line.strip():
                        yield observation_from_json(json.loads(line))
        except (httpx.HTTPError, OSError, ValueError, KeyError) as broken:
            raise self._away(broken) from broken
        raise self._away(None)

    async def interrupt(self, instance: InstanceName) -> bool:
        """Have the newest lock begun at once; this engine never waits for an older one's end.

        Raises:
            Transient: `engine-away`.
        """
        await self._post("/interrupt", {"instance": str(instance)})
        return False

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """Run a check to its end, or join the attempt that runs.

        Raises:
            Transient: `engine-away`.
        """
        # An answer that fell silent while it was to hold is waited for as long again.
        timeout = 2 * request.timeout + request.holds_for + timedelta(seconds=GRACE_S)
        return result_from_json(await self._post("/checks", check_to_json(request), timeout.total_seconds()))

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> Sequence[Reference]:
        """Give those references that do not exist in the namespace.

        Raises:
            Transient: `engine-away`.
        """
        body = {
            "environment": environment,
            "namespace": namespace,
            "references": references_to_json(references),
        }
        return references_from_json(await self._post("/missing-references", body))

    async def live(self, environment: EnvironmentName, instance: InstanceName) -> LiveInstance:
        """Give what runs of an instance now.

        Raises:
            Transient: `engine-away`.
        """
        body = {"environment": environment, "instance": str(instance)}
        return self._read(live_from_json, await self._post("/live", body))

    async def log(self, request: LogRequest) -> LogTail:
        """Give the last lines of a container.

        Raises:
            Transient: `engine-away`.
            UsageError: `container-unknown`.
        """
        return self._read(log_from_json, await self._post("/log", log_request_to_json(request)))

    async def diagnose(
        self, environment: EnvironmentName, instances: Sequence[InstanceName]
    ) -> Sequence[Finding]:
        """Say whether the agent answers; what an instance lacks is told in its own health."""
        del environment, instances
        if await self.is_up():
            return []
        away = self._away(None)
        why = "nobody listens on that socket: it does not run, or serves another state folder"
        return [Finding(severity=Severity.WRONG, what=away.what, why=why, next_step=away.next_step)]

    async def is_up(self) -> bool:
        """Say whether the agent answers now."""
        try:
            async with self._client(5.0) as client:
                return (await client.get("/health")).status_code == 200
        except (httpx.HTTPError, OSError):
            return False

    async def _post(self, path: str, body: dict[str, Any], timeout_s: float = ANSWER_WITHIN_S) -> Any:  # noqa: ANN401 - JSON
        try:
            async with self._client(timeout_s) as client:
                answer = await client.post(path, json=body)
                _refuse(answer, answer.text)
                return answer.json()
        except (httpx.HTTPError, OSError, ValueError) as broken:
            raise self._away(broken) from broken

    def _read(self, read: Callable[[object], Told], answer: object) -> Told:
        try:
            return read(answer)
        except ValueError as unreadable:
            raise self._away(unreadable) from unreadable

    def _client(self, timeout_s: float | None) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(uds=str(self._socket))
        timeout = httpx.Timeout(timeout_s, connect=5.0)
        return httpx.AsyncClient(transport=transport, base_url="http://agent", timeout=timeout)

    def _away(self, broken: Exception | None) -> Transient:
        return Transient(
            "engine-away",
            "the podman agent does not answer",
            why=_plain_words(broken),
            next_step="start it: headway agent",
        )


def _plain_words(broken: Exception | None) -> str:
    """Say what happened; the exceptions' own texts are for who knows the library."""
    if isinstance(broken, httpx.ConnectError | OSError):
        return "nobody listens on its socket"
    if isinstance(broken, httpx.TimeoutException):
        return "it took too long"
    return "it broke off while it was asked" if broken else "it ended what it was telling"


def _refuse(answer: httpx.Response, text: str) -> None:
    if answer.status_code < 400:
        return
    try:
        problem = json.loads(text)
        known = (problem["code"], problem["what"])
        rest = {"why": problem["why"], "next_step": problem["next_step"]}
    except (ValueError, KeyError, TypeError):
        known, rest = (
            ("engine-away", f"the agent answered {answer.status_code}"),
            {"why": "", "next_step": "look at its log"},
        )
        if answer.status_code == 404:
            rest = {"why": "it is of an earlier version, which cannot be asked this", "next_step": _ANEW}
    if answer.status_code == 400:
        raise UsageError(*known, **rest)
    raise Transient("engine-away", known[1], **rest)
