"""Signing in and out: a code from `headway board`, or a token typed in, becomes a cookie."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from headway.domain.errors import NotAllowed
from headway.interfaces.web.sessions import COOKIE_LASTS
from headway.interfaces.web.site import Site, cookie_name, malformed

_MOST_FIELDS = 40


def signing_routes(site: Site) -> list[BaseRoute]:
    """Give the routes."""

    async def get_sign_in(request: Request) -> Response:
        code = request.query_params.get("code", "")[:200]
        # Typed, or opened by a program: nobody else made the browser come here.
        if code and request.headers.get("sec-fetch-site") == "none":
            return _signed_in(site, request, _redeemed(site, code), "/")
        return site.show_sign_in(request, None, code)

    async def post_sign_in(request: Request) -> Response:
        fields = await form_of(request)
        if code := fields.get("code"):
            person = _redeemed(site, code)
        else:
            person = _of_token(site, fields.get("token", "").strip())
        return _signed_in(site, request, person, _inside(fields.get("back", "/")))

    async def post_sign_out(request: Request) -> Response:
        await form_of(request)
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(cookie_name(request), path="/")
        return answer

    return [
        Route("/sign-in", get_sign_in, methods=["GET"]),
        Route("/sign-in", post_sign_in, methods=["POST"]),
        Route("/sign-out", post_sign_out, methods=["POST"]),
    ]


async def form_of(request: Request) -> Mapping[str, str]:
    """Read a form that one of our own pages sent.

    Raises:
        NotAllowed: `form-not-ours`: another site's page sent it.
        UsageError: `request-malformed`.
    """
    require_own_page(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise malformed("it is no form")
    try:
        pairs = parse_qsl(
            (await request.body()).decode(),
            keep_blank_values=True,
            strict_parsing=False,
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise malformed("its fields cannot be read") from error
    return dict(pairs)


def require_own_page(request: Request) -> None:
    """Refuse what another site's page makes a browser send.

    Raises:
        NotAllowed: `form-not-ours`.
    """
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc == request.headers.get("host"):
        return
    raise NotAllowed(
        "form-not-ours",
        "nothing was done",
        why="the form was not sent by a page of this server",
        next_step="open the page on this server, and ask there",
    )


def _redeemed(site: Site, code: str) -> str:
    person = site.sessions.redeem(code)
    if person is None:
        raise NotAllowed(
            "not-signed-in",
            "that link signs nobody in any more",
            why="it is good once, for a minute",
            next_step="run `headway board` again",
        )
    return person


def _of_token(site: Site, token: str) -> str:
    usable = bool(token) and token.isascii() and len(token) <= 512
    person = site.service.identities.person_of(token) if usable else None
    if person is None:
        raise NotAllowed(
            "not-signed-in",
            "nobody has this token",
            why="it was mistyped, or replaced by a newer one",
            next_step="ask for a new one: `headway identity add`",
        )
    return person


def _signed_in(site: Site, request: Request, person: str, back: str) -> Response:
    answer = RedirectResponse(back, status_code=303)
    answer.set_cookie(
        cookie_name(request),
        site.sessions.cookie_for(person),
        max_age=int(COOKIE_LASTS.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return answer


def _inside(back: str) -> str:
    """Keep a way back inside this server."""
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() else "/"
