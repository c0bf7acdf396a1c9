"""The token that a server of one environment is asked with, and the URL that it belongs to.

A token is bound to its URL in the file that holds it: an estate that names another URL never gets it sent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx

from headway.domain.errors import Transient
from headway.domain.names import EnvironmentName


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What opens one server."""

    url: str
    token: str
    authority: Path | None
    """The certificates that its TLS is checked with; None: those of the system."""

    def __repr__(self) -> str:
        """Say whose they are, never the token."""
        return f"Credentials(url={self.url!r})"


def read_credentials(folder: Path, environment: EnvironmentName, kind: str, url: str | None) -> Credentials:
    """Read ``<environment>.<kind>.json``: ``{"url": …, "token": …, "ca": "<file beside it>"}``.

    `kind` is ``argocd`` or ``kubernetes``. It is read anew for each request, so a token is renewed by writing
    the file. With `url` the token must be for that URL.

    Raises:
        Transient: `engine-denied`: there is no such file, it cannot be read, or it is for another URL.
    """
    path = folder / f"{environment}.{kind}.json"
    try:
        read = cast("Mapping[str, str]", json.loads(path.read_text()))
        known, token, authority = str(read["url"]).rstrip("/"), str(read["token"]), read.get("ca")
        other = url is not None and httpx.URL(known) != httpx.URL(url.rstrip("/"))
    except FileNotFoundError as missing:
        raise _denied(environment, f"{path.name} is not in the credentials folder", path, url) from missing
    except (OSError, ValueError, KeyError, TypeError, httpx.InvalidURL) as wrong:
        raise _denied(environment, f"{path.name} cannot be understood", path, url) from wrong
    if other:
        why = f"{path.name} is for another URL, and a token is sent to no other than its own"
        raise _denied(environment, why, path, url)
    return Credentials(url=known, token=token, authority=path.parent / authority if authority else None)


def _denied(environment: EnvironmentName, why: str, path: Path, url: str | None) -> Transient:
    return Transient(
        "engine-denied",
        f"the engine of {environment} cannot be asked",
        why=why,
        next_step=f'write {path}, for Headway alone to read: {{"url": "{url or "https://…"}", "token": "…"}}',
    )
