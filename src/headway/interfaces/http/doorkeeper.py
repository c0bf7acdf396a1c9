"""Lets requests in: one place before all routes, so that no route can be forgotten.

Invariant: whatever is not one of the few paths named here, letter for letter, needs a person's token; an odd
spelling of a path can only ask for more. A body is read, and bounded, after the token was looked at.
"""

import asyncio
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headway.app.service import Identities
from headway.domain.errors import HeadwayError, NotAllowed, UsageError
from headway.interfaces.http.problem_answers import problem_answer
from headway.interfaces.http.surface import Pages

OPEN = frozenset({"/api/v1/health"})
"""Paths that need no token: they say nothing secret."""
HOOKS = frozenset({"/hooks/registry", "/hooks/git"})
"""Paths that need the hooks' own secret, which opens nothing else."""

_MOST_BYTES = 64 * 1024
_MOST_BYTES_OF_HOOKS = 1024 * 1024
_READS_FOR_S = 10.0
"""How long a request may take to arrive whole."""
_MOST_TOKEN = 512


class Doorkeeper:
    """Asks for a token, bounds what is read, and says who asks: `scope["state"]["person"]`."""

    def __init__(
        self, app: ASGIApp, *, identities: Identities, hook_token: str, pages: Pages | None = None
    ) -> None:
        self._app = app
        self._identities = identities
        self._hook_token = hook_token
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        request = Request(scope)
        if self._pages is None or not self._pages.may_be_kept(scope["path"]):
            send = _careful(send)
        try:
            person = self._person(request)
            most = _MOST_BYTES_OF_HOOKS if scope["path"] in HOOKS else _MOST_BYTES
            body = await _read(request.headers, receive, most)
        except HeadwayError as error:
            if self._pages is not None and self._pages.shows(request):
                await self._pages.show_error(request, error)(scope, receive, send)
                return
            await problem_answer(error)(scope, receive, send)
            return
        scope.setdefault("state", {})["person"] = person
        await self._app(scope, _replay(body, receive), send)

    def _person(self, request: Request) -> str | None:
        path = request.scope["path"]
        if path in OPEN:
            return None
        if self._pages is not None and _is_page(request):
            if self._pages.is_open(path):
                return None
            person = self._pages.person_of(request)
            if person is None:
                raise _not_signed_in("no cookie of a signed-in person came", "run `headway board`")
            return person
        token = _bearer(request)
        if path in HOOKS:
            if not self._hook_token or not compare_digest(token.encode(), self._hook_token.encode()):
                raise _not_signed_in("this is not the secret of the hooks", "see the file hook-token")
            return None
        person = self._identities.person_of(token)
        if person is None:
            raise _not_signed_in("nobody has this token", "ask for a new one: `headway identity add`")
        return person


def _is_page(request: Request) -> bool:
    """Say whether a request is a browser's for a page: those never reach the API, whatever cookie comes."""
    is_of_api = request.scope["path"].startswith(("/api/", "/hooks/"))
    return not is_of_api and "authorization" not in request.headers


def _careful(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "no-store"
            headers["X-Content-Type-Options"] = "nosniff"
        await send(message)

    return with_headers


def _bearer(request: Request) -> str:
    # Read as bytes that may be anything: what is not plain ASCII is nobody's token.
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or not token.isascii() or len(token) > _MOST_TOKEN:
        raise _not_signed_in("no bearer token came with the request", "name a token with --token-file")
    return token


def _not_signed_in(why: str, next_step: str) -> NotAllowed:
    return NotAllowed("not-signed-in", "headway does not know who asks", why=why, next_step=next_step)


async def _read(headers: Mapping[str, str], receive: Receive, most: int) -> bytes:
    said = headers.get("content-length", "0")
    if not said.isdecimal() or int(said[:12]) > most:
        raise _too_large(most)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_READS_FOR_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    break
                part: bytes = message.get("body", b"")
                size += len(part)
                if size > most:
                    raise _too_large(most)
                parts.append(part)
                if not message.get("more_body", False):
                    break
    except TimeoutError as late:
        raise UsageError(
            "request-too-slow",
            "the request did not arrive",
            why=f"its body was not whole after {_READS_FOR_S:.0f} s",
            next_step="send it again",
        ) from late
    return b"".join(parts)


def _too_large(most: int) -> UsageError:
    return UsageError(
        "request-too-large",
        "the request was not read",
        why=f"its body is larger than {most} bytes",
        next_step="send less",
    )


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        message: dict[str, Any] = {"type": "http.request", "body": body, "more_body": False}
        return message

    return again
