"""The pages' frame: routes, identity, and how one answer becomes a page and its twin."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headway.app.commands.allowed import require
from headway.app.service import Service
from headway.domain.errors import HeadwayError, NotAllowed, UsageError
from headway.domain.permissions import Verb
from headway.interfaces.problems import status_of
from headway.interfaces.web.assets import PREFIX
from headway.interfaces.web.screen import Screen
from headway.interfaces.web.sessions import Sessions

_MOST_QUERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request for a page."""

    site: "Site"
    request: Request
    who: str

    def query(self, name: str) -> str | None:
        """Give a field of the address; None: it is not there, or empty.

        Raises:
            UsageError: `request-malformed`: it is too long.
        """
        text = self.request.query_params.get(name, "").strip()
        if len(text) > _MOST_QUERY:
            raise malformed(f"{name} is longer than {_MOST_QUERY} characters")
        return text or None

    def number(self, name: str) -> int:
        """Give a field that counts from 1; 1: it is not there.

        Raises:
            UsageError: `request-malformed`.
        """
        text = self.query(name)
        if text is None:
            return 1
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) > 0):
            raise malformed(f"{name} is no number from 1 on")
        return int(text)

    @property
    def is_for_twin(self) -> bool:
        """Say whether the page's twin was asked for: what only the page shows need not be made."""
        return self.request.url.path.endswith(".json")

    def part(self, name: str) -> str:
        """Give a part of the path."""
        return str(self.request.path_params[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page shows."""

    template: str
    title: str
    context: Mapping[str, Any]
    twin: object
    """What the page's twin gives, as JSON."""
    scope: str = ""
    """The application that the page is about; empty: all of them."""
    status: int = 200
    is_live: bool = True
    """It keeps itself up to date while it is open."""


Page = Callable[[Ask], Awaitable[Shown]]
Action = Callable[[Ask, Mapping[str, str]], Awaitable[Response]]


@dataclass(kw_only=True)
class Site:
    """Everything that pages share."""

    service: Service
    sessions: Sessions
    screen: Screen = field(default_factory=Screen)
    routes: list[BaseRoute] = field(default_factory=list)

    def page(self, path: str, twin: str, show: Page) -> list[BaseRoute]:
        """Give the routes of a page and of its twin."""

        async def html(request: Request) -> Response:
            return self.render(request, await show(self.ask(request)))

        async def json(request: Request) -> Response:
            return self.screen.json((await show(self.ask(request))).twin)

        return [Route(twin, json, methods=["GET"]), Route(path, html, methods=["GET"])]

    def render(self, request: Request, shown: Shown) -> Response:
        """Show a page in its frame."""
        desk = self.service.desk
        return self.screen.html(
            shown.template,
            status=shown.status,
            title=shown.title,
            path=request.url.path,
            query=request.url.query,
            scope=shown.scope,
            who=getattr(request.state, "person", None),
            now=desk.now,
            sequence=desk.situation.sequence,
            is_live=shown.is_live,
            **shown.context,
        )

    def ask(self, request: Request) -> Ask:
        """Say who asks, and let nobody in who may not read."""
        who = getattr(request.state, "person", None)
        if not isinstance(who, str):
            raise NotAllowed(
                "not-signed-in",
                "headway does not know who asks",
                why="the request came past the doorkeeper",
                next_step="sign in",
            )
        require(self.service.desk.situation, who, Verb.READ, "this")
        return Ask(site=self, request=request, who=who)

    # What the doorkeeper asks.

    def new_code(self, person: str) -> str:
        """Make a code that signs a person's browser in, once, within a minute."""
        return self.sessions.new_code(person)

    def is_open(self, path: str) -> bool:
        """Say whether a path needs no identity."""
        return path == "/sign-in" or self.screen.assets.has(path)

    def may_be_kept(self, path: str) -> bool:
        """Say whether a browser may keep what a path answers."""
        return path.startswith(PREFIX) and self.screen.assets.has(path)

    def person_of(self, request: Request) -> str | None:
        """Give whom a request's cookie signs in; None: nobody."""
        cookie = request.cookies.get(cookie_name(request))
        return self.sessions.person_of(cookie) if cookie else None

    def shows(self, request: Request) -> bool:
        """Say whether an error is to be shown as a page."""
        path = request.url.path
        is_page = not path.startswith(("/api/", "/hooks/")) and not path.endswith(".json")
        return is_page and "text/html" in request.headers.get("accept", "")

    def show_error(self, request: Request, error: HeadwayError) -> Response:
        """Show an error as a page; who is not signed in is shown how to."""
        if status_of(error) == 401:
            return self.show_sign_in(request, error)
        who = getattr(request.state, "person", None)
        return self.screen.html(
            "error.html",
            status=status_of(error),
            title="That did not work",
            path=request.url.path,
            query="",
            scope="",
            who=who,
            error=error,
            now=self.service.desk.now,
            sequence=0,
            is_live=False,
        )

    def show_sign_in(self, request: Request, error: HeadwayError | None, code: str = "") -> Response:
        """Show how to sign in; who follows a link from elsewhere is looked at again as our visitor."""
        comes_back = request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site"
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return self.screen.html(
            "sign_in.html",
            status=401 if error else 200,
            title="Sign in",
            error=error,
            code=code,
            comes_back=comes_back and not code,
            back=back if request.url.path != "/sign-in" else "/",
            path=request.url.path,
            query="",
            scope="",
            who=None,
            now=self.service.desk.now,
            sequence=0,
            is_live=False,
        )


def cookie_name(request: Request) -> str:
    """Name the cookie by the port: browsers keep one jar for all services of a host."""
    return f"headway-{request.url.port or 0}"


def malformed(why: str) -> UsageError:
    """Say that a request cannot be read."""
    return UsageError(
        "request-malformed",
        "the request cannot be read",
        why=why,
        next_step="go back, and ask again",
    )
