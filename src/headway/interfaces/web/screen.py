"""Turns what a page knows into HTML, or into its twin in JSON, with the headers that keep a page harmless.

Every text that is put into a page is escaped, and freed of the characters that command terminals and turn
the direction of writing: whoever writes a commit message decides nothing about the page around it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from headway.interfaces.http.shown import to_json
from headway.interfaces.web.assets import Assets
from headway.interfaces.web.hosts import commit_page
from headway.interfaces.web.lengths import told_share, told_span
from headway.interfaces.words import HEALTH, VERIFICATION

_TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
_HARMLESS = {
    **{number: "\ufffd" for number in (*range(32), *range(127, 160)) if chr(number) not in "\t\n"},
    **{ord(one): "\ufffd" for one in _TURNS},
    **dict.fromkeys(range(55296, 57344), "�"),
}
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Screen:
    """The templates, made once."""

    def __init__(self) -> None:
        self.assets = Assets()
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=harmless,
        )
        self._templates.globals.update(
            asset=self.assets.path,
            href=href,
            link=link,
            commit_page=commit_page,
            twin_of=twin_of,
            health_of=health_of,
            verification_of=verification_of,
        )
        self._templates.filters.update(
            share=told_share, spelled=told_span, age=age, instant=instant, span=span, when=when
        )

    def html(self, template: str, *, status: int = 200, **context: object) -> Response:
        """Show a page."""
        text = self._templates.get_template(template).render(context)
        return HTMLResponse(text, status_code=status, headers=_HEADERS)

    @staticmethod
    def json(value: Any) -> Response:  # noqa: ANN401  # JSON, or a query's answer
        """Show a page's twin."""
        return JSONResponse(plain(value), headers=_HEADERS)


def plain(value: Any) -> Any:  # noqa: ANN401  # JSON is any of its types
    """Turn answers of queries, also inside lists and objects, into what JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return to_json(value) if not isinstance(value, tuple) else str(value)


def harmless(value: Any) -> Any:  # noqa: ANN401  # whatever a template puts out
    """Free a text of what commands terminals or turns the direction of writing."""
    if isinstance(value, Markup):
        return value
    return str(value).translate(_HARMLESS) if isinstance(value, str) else value


def href(*parts: object, **query: object) -> str:
    """Give the address of a page; each part may be a name with slashes in it."""
    path = "/" + "/".join(quote(str(one), safe="/+") for one in parts)
    given = {key: str(value) for key, value in query.items() if value not in (None, "", False)}
    return path + (f"?{urlencode(given)}" if given else "")


def link(url: str | None) -> str | None:
    """Give a URL that a page may lead to; None: it is none, or could do something else."""
    if not url or urlsplit(url).scheme not in ("http", "https"):
        return None
    return url


def health_of(state: str) -> tuple[str, str]:
    """Give the shape and the word of a state of health; one that is not known is shown as unknown."""
    word = HEALTH.get(state)
    return (state, word.word) if word else ("unknown", state)


def verification_of(state: str) -> tuple[str, str]:
    """Give the shape and the word of a verification."""
    word = VERIFICATION.get(state)
    return (f"v-{state}", word.word) if word else ("unknown", state)


def instant(at: datetime | None) -> str:
    """Write an instant for people, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "–"


def age(at: datetime | None, now: datetime) -> Markup:
    """Write how long ago something was."""
    if at is None:
        return Markup("–")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), span(now - at))


def when(at: datetime | None, now: datetime) -> Markup:
    """Write an instant, with how long ago it was or how soon it comes."""
    if at is None:
        return Markup("–")
    gap = now - at
    told = f"{span(gap)} ago" if gap >= timedelta(0) else f"in {span(-gap)}"
    return Markup('<time datetime="{}">{}</time> <span class="quiet">({})</span>').format(
        at.isoformat(), instant(at), told
    )


def span(length: timedelta) -> str:
    """Write a length of time in its largest unit that fits."""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def twin_of(path: str) -> str:
    """Give the address of a page's twin."""
    return "/board.json" if path == "/" else f"{path}.json"
