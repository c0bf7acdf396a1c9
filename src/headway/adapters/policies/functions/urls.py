"""URLs as Go's `net/url` reads those of a request: absolute, or an absolute path. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from typing import ClassVar
from urllib.parse import quote as percent
from urllib.parse import unquote, unquote_plus

from headway.adapters.policies.functions.formatting import quote
from headway.adapters.policies.functions.function import Function, Overload, opaque, traversal
from headway.adapters.policies.values import EvaluationError, Value

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_HOST = re.compile(r"""(?:[A-Za-z0-9._~!$&'()*+,;=:<>"\[\]-]|[^\x00-\x7f]|%[0-9A-Fa-f]{2})*""")
_USER = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_UNESCAPED = "!$&'()*+,;=:@/-._~[]"
"""What stands in a path as it is, where the path was written so."""


@opaque
@dataclass(frozen=True, slots=True)
class Url:
    """An address's parts."""

    TYPE: ClassVar[str] = "kubernetes.URL"
    scheme: str
    host: str
    path: str
    query: str
    rest: str
    """What follows the scheme where no slashes do, as in ``mailto:``, and the fragment: for equality."""


def read_url(text: str) -> Url:
    """Read a URL.

    Raises:
        EvaluationError: it is none, or relative.
    """

    def refuse(why: str) -> EvaluationError:
        return EvaluationError(f"parse {quote(text)}: {why}")

    if _CONTROL.search(text):
        raise refuse("net/url: invalid control character in URL")
    if not text:
        raise refuse("empty url")
    if text.startswith(":"):
        raise refuse("missing protocol scheme")
    found = _SCHEME.match(text)
    scheme = found[0][:-1].lower() if found else ""
    address, _, fragment = text[found.end() if found else 0 :].partition("#")
    rest, _, query = address.partition("?")
    if not rest.startswith("/"):
        if not scheme:
            raise refuse("invalid URI for request")
        return Url(scheme, "", "", query, f"{rest}#{fragment}")
    host = ""
    if scheme and rest.startswith("//"):
        authority, slash, below = rest[2:].partition("/")
        host, rest = _host(authority, scheme, refuse), slash + below
    if escape := _BAD_ESCAPE.search(rest):
        raise refuse(f"invalid URL escape {quote(escape[0])}")
    return Url(scheme, host, rest, query, f"#{fragment}")


def _host(authority: str, scheme: str, refuse: Callable[[str], EvaluationError]) -> str:
    user, at, host = authority.rpartition("@")
    if host.startswith("["):
        inner, bracket, port = host[1:].rpartition("]")
        if not bracket:
            raise refuse("missing ']' in host")
        try:
            IPv6Address(unquote(inner))
        except AddressValueError:
            raise refuse(f"invalid host: ParseAddr({quote(inner)}): unable to parse IP") from None
    elif "[" in host:
        raise refuse("invalid IP-literal")
    else:
        before, colon, after = host.partition(":") if scheme in {"http", "https"} else host.rpartition(":")
        port = colon + after if colon else ""
        del before
    if port and not re.fullmatch(":[0-9]*", port):
        raise refuse(f"invalid port {quote(port)} after host")
    if not _HOST.fullmatch(host):
        bad = next((one for one in host if not _HOST.fullmatch(one)), "%")
        raise refuse(f"invalid character {quote(bad)} in host name")
    if at and not _USER.fullmatch(user):
        raise refuse("net/url: invalid userinfo")
    return unquote(host)


def _read(text: str) -> Url:
    try:
        return read_url(text)
    except EvaluationError as error:
        raise EvaluationError(f"URL parse error during conversion from string: {error}") from error


def _is_url(text: str) -> bool:
    try:
        read_url(text)
    except EvaluationError:
        return False
    return True


def _port(value: Url) -> str:
    return value.host.rpartition("]")[2].partition(":")[2] if ":" in value.host else ""


def _hostname(value: Url) -> str:
    if value.host.startswith("["):
        return value.host[1:].partition("]")[0]
    return value.host.partition(":")[0]


def _escaped_path(value: Url) -> str:
    return percent(unquote(value.path), safe=_UNESCAPED) if "%" not in value.path else value.path


def _query(value: Url) -> Value:
    found: dict[str, list[str]] = {}
    for one in value.query.split("&"):
        if not one or ";" in one:
            continue
        key, _, below = one.partition("=")
        if _BAD_ESCAPE.search(one):
            continue
        found.setdefault(unquote_plus(key), []).append(unquote_plus(below))
    return found


def _part(name: str, result: str, read: Callable[[Url], Value]) -> Function:
    return Function(
        name=name, library="url", overloads=(Overload(f"kubernetes.URL -> {result}", read),), cost=traversal
    )


LIBRARY = (
    Function(
        name="url",
        member=False,
        library="url",
        cost=traversal,
        overloads=(Overload("string -> kubernetes.URL", _read),),
    ),
    Function(
        name="isURL",
        member=False,
        library="url",
        cost=traversal,
        overloads=(Overload("string -> bool", _is_url),),
    ),
    _part("getScheme", "string", lambda value: value.scheme),
    _part("getHost", "string", lambda value: value.host),
    _part("getHostname", "string", _hostname),
    _part("getPort", "string", _port),
    _part("getEscapedPath", "string", _escaped_path),
    _part("getQuery", "map(string, list(string))", _query),
)
