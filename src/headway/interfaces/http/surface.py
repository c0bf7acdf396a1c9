"""What the HTTP app must know of pages, so that it can serve them beside the API."""

from collections.abc import Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from headway.domain.errors import HeadwayError


class Pages(Protocol):
    """Pages are asked for by browsers, which show a cookie in place of a token."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Give the routes of all pages."""
        ...

    def new_code(self, person: str) -> str:
        """Make a code that signs a person's browser in, once, within a minute."""
        ...

    def is_open(self, path: str) -> bool:
        """Say whether a path needs no identity."""
        ...

    def may_be_kept(self, path: str) -> bool:
        """Say whether a browser may keep what a path answers."""
        ...

    def person_of(self, request: Request) -> str | None:
        """Give whom a request's cookie signs in; None: nobody."""
        ...

    def shows(self, request: Request) -> bool:
        """Say whether an error is to be shown as a page."""
        ...

    def show_error(self, request: Request, error: HeadwayError) -> Response:
        """Show an error as a page."""
        ...
