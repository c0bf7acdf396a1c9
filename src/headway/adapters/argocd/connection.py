"""One HTTP client for one server and its token, and what is said when it does not answer."""

import ssl
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from headway.adapters.argocd.credentials import Credentials

ANSWERS_WITHIN_S = 30.0
CONNECTS_WITHIN_S = 5.0

Json = Mapping[str, Any]


def mapping(json: Json, key: str) -> Json:
    """Give what stands under a key if it is a mapping; empty: it is not there, or something else."""
    found = json.get(key)
    return found if isinstance(found, Mapping) else {}


def one_line(text: object, most: int = 300) -> str:
    """Give a text in one line; of a long one its beginning and its end, where the cause of causes stands."""
    line = " ".join(str(text or "").split())
    return line if len(line) <= most else f"{line[: most // 3]} … {line[-(most - most // 3) :]}"


class Connection:
    """One pool of connections to one server, opened anew when its token is renewed. `close` it at the end."""

    def __init__(self, credentials: Callable[[], Credentials], *, most_at_once: int) -> None:
        self._credentials = credentials
        self._most_at_once = most_at_once
        self._opened_with: Credentials | None = None
        self._clients: list[httpx.AsyncClient] = []
        """The present one is last; one of the token before may still be in use, such as by a stream."""

    async def client(self) -> httpx.AsyncClient:
        """Give the client that sends the present token.

        Raises:
            Transient: `engine-denied`: there is no token.
        """
        credentials = self._credentials()
        if not self._clients or credentials != self._opened_with:
            self._clients.append(_open_client(credentials, most_at_once=self._most_at_once))
            self._opened_with = credentials
        present = self._clients[-1]
        while len(self._clients) > 2:
            await self._clients.pop(0).aclose()
        return present

    async def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        clients, self._clients = self._clients, []
        for one in clients:
            await one.aclose()


def _open_client(credentials: Credentials, *, most_at_once: int) -> httpx.AsyncClient:
    """Open a client that sends the token to the server that it belongs to, and to no other."""
    authority = credentials.authority
    verify: ssl.SSLContext | bool = ssl.create_default_context(cafile=str(authority)) if authority else True
    return httpx.AsyncClient(
        base_url=credentials.url,
        # Argo CD changes nothing for a request that a browser could have been tricked into.
        headers={"Authorization": f"Bearer {credentials.token}", "Content-Type": "application/json"},
        timeout=httpx.Timeout(ANSWERS_WITHIN_S, connect=CONNECTS_WITHIN_S),
        limits=httpx.Limits(max_connections=most_at_once),
        verify=verify,
        # A redirect would carry the token to wherever it points.
        follow_redirects=False,
    )


def said_of(error: Exception) -> str:
    """Say what happened without a URL or a header, which may hold a token."""
    return {
        "ConnectError": "nothing answers there, or its certificate is not trusted",
        "ConnectTimeout": "it did not take the connection in time",
        "ReadTimeout": "it did not answer in time",
    }.get(type(error).__name__, f"the connection broke ({type(error).__name__})")
