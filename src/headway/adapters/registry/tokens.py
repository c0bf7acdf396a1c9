"""Logging in to registries: Basic, or a token from the service that the registry names.

A password goes to the registry itself and to the token service that it names over TLS (or on this machine),
nowhere else. Tokens live in memory only.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from headway.adapters.registry.answers import away
from headway.adapters.registry.challenge import Basic, Bearer, parse_challenge
from headway.adapters.registry.credentials import Login, find_login
from headway.adapters.registry.reference import Repository

_MOST_BYTES = 256 * 1024
_SHORTEST_LIFE = 60.0
"""Seconds that a token lives which does not say: the least that the specification promises."""
_EARLY = 10.0
"""Seconds before its end at which a token is no longer used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    header: str = field(repr=False)
    ends_at: float


class Tokens:
    """The Authorization headers that registries accepted, until they end; safe to use concurrently."""

    def __init__(self, logins: Sequence[Path]) -> None:
        self._logins = tuple(logins)
        self._tokens: dict[Repository, _Token] = {}

    def known(self, repository: Repository, now: float) -> str | None:
        """Give the header that worked last; None: none did, or it has ended. `now` is monotonic, seconds."""
        token = self._tokens.get(repository)
        return token.header if token is not None and now < token.ends_at else None

    async def fetch(
        self,
        repository: Repository,
        challenge: str | None,
        client: httpx.AsyncClient,
        is_trusted: Callable[[str], bool],
    ) -> str | None:
        """Answer a challenge; None: there is nothing to answer it with.

        Args:
            repository: what is to be read.
            challenge: the header ``WWW-Authenticate``.
            client: what to ask the token service with.
            is_trusted: says whether a token service's URL may be asked.

        Raises:
            Transient: `registry-away`: the token service is not to be trusted or did not answer.
            httpx.HTTPError: likewise; the caller says so.
        """
        self._tokens.pop(repository, None)
        login = await asyncio.to_thread(find_login, self._logins, repository.host, repository.path)
        wanted = parse_challenge(challenge)
        if isinstance(wanted, Basic) and login is not None:
            token = _Token(header=login.header(), ends_at=time.monotonic() + 3600)
        elif isinstance(wanted, Bearer):
            if not is_trusted(wanted.realm):
                raise away(repository.host, "it names a token service where we do not go")
            token = await _ask_service(repository, wanted, login, client)
        else:
            return None
        self._tokens[repository] = token
        return token.header


async def _ask_service(
    repository: Repository, wanted: Bearer, login: Login | None, client: httpx.AsyncClient
) -> _Token:
    query = {"scope": wanted.scope or f"repository:{repository.path}:pull"}
    if wanted.service:
        query["service"] = wanted.service
    headers = {"Accept-Encoding": "identity"}
    if login is not None:
        headers["Authorization"] = login.header()
    url = httpx.URL(wanted.realm).copy_merge_params(query)
    content = bytearray()
    async with client.stream("GET", url, headers=headers) as response:
        async for chunk in response.aiter_raw(65536):
            content += chunk
            if len(content) > _MOST_BYTES:
                raise away(repository.host, "its token service answers without end")
    if response.status_code != 200:
        raise away(repository.host, f"its token service answered {response.status_code}")
    return _read_token(repository, bytes(content))


def _read_token(repository: Repository, content: bytes) -> _Token:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    found = (said.get("token") or said.get("access_token")) if isinstance(said, dict) else None
    if not isinstance(found, str) or not found.isascii() or not found.isprintable():
        raise away(repository.host, "its token service gave no token")
    life = said.get("expires_in") if isinstance(said, dict) else None
    lasts = float(life) if isinstance(life, int) and 0 < life < 86400 else _SHORTEST_LIFE
    return _Token(header=f"Bearer {found}", ends_at=time.monotonic() + lasts - _EARLY)
