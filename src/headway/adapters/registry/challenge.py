"""What a registry asks for when it answers 401: ``WWW-Authenticate`` (RFC 9110, 11.6.1), parsed.

Source of the Bearer form: https://distribution.github.io/distribution/spec/auth/token/
"""

import re
from dataclasses import dataclass

_LONGEST = 4096
_SCHEME = re.compile(r"\s*(bearer|basic)(?:\s|$)", re.IGNORECASE)
_PARAMETER = re.compile(r'([a-zA-Z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic:
    """Wants user and password themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Wants a token that another service gives out."""

    realm: str
    """The URL of that service."""
    service: str | None
    scope: str | None


def parse_challenge(header: str | None) -> Basic | Bearer | None:
    """Read the challenge; None: it is none that is known here."""
    if header is None or len(header) > _LONGEST:
        return None
    scheme = _SCHEME.match(header)
    if scheme is None:
        return None
    if scheme[1].lower() == "basic":
        return Basic()
    said = {
        key.lower(): quoted or plain for key, quoted, plain in _PARAMETER.findall(header[scheme.end(1) :])
    }
    if not said.get("realm"):
        return None
    return Bearer(realm=said["realm"], service=said.get("service"), scope=said.get("scope"))
