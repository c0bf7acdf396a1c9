"""Asks the server: JSON over HTTP with a bearer token, by the standard library alone so that it starts fast.

It follows no redirect: a token goes to the server that was named and nowhere else.
"""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from headway.domain.errors import Transient, UsageError
from headway.interfaces.problems import error_of

if TYPE_CHECKING:
    from http.client import HTTPConnection

_MOST_BYTES = 256 << 20
_ANSWERS_WITHIN_S = 30.0
"""How long an answer may take beyond what the request itself asks for; a rollback may wait 15 s for Git."""

Params = dict[str, str | int | float | None]


class Client:
    """One server and one token."""

    def __init__(self, url: str, token: str) -> None:
        """Prepare; nothing is sent.

        Raises:
            UsageError: `server-malformed`.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https") or not parts.hostname or port == -1 or parts.username:
            raise UsageError(
                "server-malformed",
                "the server's URL cannot be used",
                why="it is no http:// or https:// URL of a host, or it holds a name and password",
                next_step="give it like --server http://127.0.0.1:8642",
            )
        self.shown = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")
        self.address = self.shown + parts.path.rstrip("/")
        """Where the server's pages are."""
        self._https = parts.scheme == "https"
        self._host, self._port = parts.hostname, port
        self._prefix = parts.path.rstrip("/") + "/api/v1"
        self._token = token

    def get(self, path: str, params: Params | None = None, *, waits_s: float = 0) -> Any:  # noqa: ANN401  # JSON
        """Ask a question.

        Args:
            path: below `/api/v1`.
            params: those that are None are left out.
            waits_s: how long the server was asked to wait.

        Raises:
            HeadwayError: what the server answered, or `server-away`.
        """
        given = {key: value for key, value in (params or {}).items() if value is not None}
        query = f"?{urlencode(given)}" if given else ""
        return self._send("GET", path + query, None, waits_s)

    def post(self, path: str, body: dict[str, object]) -> Any:  # noqa: ANN401  # JSON
        """Give a command; fields that are None are left out.

        Raises:
            HeadwayError: what the server answered, or `server-away`.
        """
        given = {key: value for key, value in body.items() if value is not None}
        return self._send("POST", path, json.dumps(given).encode(), 0)

    def _send(self, method: str, path: str, body: bytes | None, waits_s: float) -> Any:  # noqa: ANN401  # JSON
        from http.client import HTTPException  # noqa: PLC0415  # not for `--help`

        connection = self._connection(_ANSWERS_WITHIN_S + waits_s)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, self._prefix + path, body, headers)
            response = connection.getresponse()
            status, data = response.status, response.read(_MOST_BYTES)
        except (OSError, HTTPException) as error:
            words = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise Transient(
                "server-away",
                f"headway's server at {self.shown} does not answer",
                why=words.lower(),
                next_step="start it with `headway serve`, or name another with --server",
            ) from error
        finally:
            connection.close()
        return _read(status, data)

    def _connection(self, timeout_s: float) -> "HTTPConnection":
        from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415  # not for `--help`

        if self._https:
            import ssl  # noqa: PLC0415  # only https needs it

            context = ssl.create_default_context()
            return HTTPSConnection(self._host, self._port, timeout=timeout_s, context=context)
        return HTTPConnection(self._host, self._port, timeout=timeout_s)


def _read(status: int, data: bytes) -> Any:  # noqa: ANN401  # JSON
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    if 200 <= status < 300 and document is not None:
        return document
    raise error_of(status, document)
