"""One bounded request to a registry: plain or TLS, logged in, redirected, and read up to a limit.

Gives back the answer whatever its status; only a registry that cannot be asked, that is busy or that refuses
raises. Tokens are kept in memory until they end, for each registry and repository.
"""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from headway.adapters.registry.answers import away, refusal
from headway.adapters.registry.reach import base_url, is_loopback, may_go_on
from headway.adapters.registry.reference import Repository
from headway.adapters.registry.tokens import Tokens

REQUEST_TAKES = 30.0
"""Seconds for one request with its redirects and its token; a registry slower than this is away."""
MOST_REDIRECTS = 3
MOST_AT_ONCE = 8
"""Requests at the same time, to all registries together: enough to be quick, too few to be a burden."""

_AS_IT_IS = {"Accept-Encoding": "identity"}
"""Digests are of bytes as they are sent; and a small compressed body could be a very large one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A registry's answer: 2xx, 304, 307 and the like for HEAD, or 404."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    is_whole: bool = True
    """False: the body is longer than the limit and was not read to its end."""


class RegistryHttp:
    """Asks registries; safe to use concurrently. `close` it at the end."""

    def __init__(self, plain_http: Collection[str], logins: Sequence[Path]) -> None:
        timeout = httpx.Timeout(REQUEST_TAKES, connect=5.0)
        self._plain_http = frozenset(plain_http)
        # a proxy of the environment is for the world outside, never for this machine or a private registry
        self._near = httpx.AsyncClient(timeout=timeout, headers=_AS_IT_IS, trust_env=False)
        self._far = httpx.AsyncClient(timeout=timeout, headers=_AS_IT_IS)
        self._tokens = Tokens(logins)
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    async def close(self) -> None:
        """Close all connections; no request may follow."""
        await self._near.aclose()
        await self._far.aclose()

    async def ask(
        self,
        repository: Repository,
        rest: str,
        *,
        most_bytes: int,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for ``/v2/<path>/<rest>``.

        Raises:
            Transient: `registry-away`, `registry-denied`.
        """
        url = f"{base_url(repository.host, self._plain_http)}/v2/{repository.path}/{rest}"
        async with self._slots:
            try:
                async with asyncio.timeout(REQUEST_TAKES):
                    return await self._logged_in(repository, method, url, dict(headers or {}), most_bytes)
            except TimeoutError as error:
                raise away(repository.host, f"it took longer than {REQUEST_TAKES:.0f} s") from error
            except (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict) as error:
                raise away(repository.host, _cause_of(error)) from error

    async def _logged_in(
        self, repository: Repository, method: str, url: str, headers: dict[str, str], most_bytes: int
    ) -> Answer:
        known = self._tokens.known(repository, time.monotonic())
        if known is not None:
            headers["Authorization"] = known
        answer = await self._redirected(repository, method, url, headers, most_bytes)
        if answer.status == 401:
            fresh = await self._tokens.fetch(
                repository,
                answer.headers.get("www-authenticate"),
                self._client(repository.host),
                lambda realm: may_go_on(repository.host, realm, self._plain_http),
            )
            if fresh is not None:
                headers["Authorization"] = fresh
                answer = await self._redirected(repository, method, url, headers, most_bytes)
        if answer.status in {200, 304, 404} or (method == "HEAD" and 300 <= answer.status < 400):
            return answer
        raise refusal(repository.host, repository.path, answer.status, answer.headers, datetime.now(UTC))

    async def _redirected(
        self, repository: Repository, method: str, url: str, headers: dict[str, str], most_bytes: int
    ) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._once(repository.host, method, url, headers, most_bytes)
            location = answer.headers.get("location")
            if method == "HEAD" or answer.status not in {301, 302, 303, 307, 308} or not location:
                return answer
            target = httpx.URL(url).join(location)
            if not may_go_on(repository.host, str(target), self._plain_http):
                raise away(repository.host, f"it sends us on to {target.host}, where we do not go")
            if target.netloc != httpx.URL(url).netloc:
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
            url = str(target)
        raise away(repository.host, f"it sends us on more than {MOST_REDIRECTS} times")

    async def _once(
        self, host: str, method: str, url: str, headers: dict[str, str], most_bytes: int
    ) -> Answer:
        async with self._client(host).stream(method, url, headers=headers) as response:
            body, is_whole = await read_up_to(response, most_bytes)
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status=response.status_code, headers=found, body=body, is_whole=is_whole)

    def _client(self, host: str) -> httpx.AsyncClient:
        return self._near if is_loopback(host) or host in self._plain_http else self._far


async def read_up_to(response: httpx.Response, most_bytes: int) -> tuple[bytes, bool]:
    """Read a body and say whether it was read to its end; never more than `most_bytes` are kept."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw(65536):
        chunks.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            return b"".join(chunks)[:most_bytes], False
    return b"".join(chunks), True


def _cause_of(error: Exception) -> str:
    """Say what happened without the URL, which may hold a token."""
    return {
        "ConnectError": "nothing answers there, or its certificate is not trusted",
        "ConnectTimeout": "it did not take the connection in time",
        "ReadTimeout": "it did not answer in time",
    }.get(type(error).__name__, f"the connection broke ({type(error).__name__})")
