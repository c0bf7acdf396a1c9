"""Image references: ``host:port/path``, with a tag or a digest behind.

Parsed as the distribution API writes them; a short name without a registry's host is refused, because what
it means differs from machine to machine.
"""

import re
from dataclasses import dataclass

from headway.domain.errors import UsageError
from headway.domain.names import Digest, parse_digest

_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
)
_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_LONGEST = 512
"""A longer text is no reference; it also bounds what the patterns above look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """An image repository: where its registry is, and its path there."""

    host: str
    """``host`` or ``host:port``."""
    path: str

    def __str__(self) -> str:
        return f"{self.host}/{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReference:
    """One image in a repository, by its tag or, when that is given too, by its digest."""

    repository: Repository
    tag: str
    digest: Digest | None


def parse_repository(text: str) -> Repository:
    """Read ``host:port/path``.

    Raises:
        UsageError: `reference-malformed`.
    """
    host, slash, path = text.partition("/")
    has_host = "." in host or ":" in host or host == "localhost"
    if len(text) > _LONGEST or not slash or not has_host or not _HOST.fullmatch(host) or not is_path(path):
        raise _malformed(text, "it is not a registry's host, a slash and a path of lower-case names")
    return Repository(host=host, path=path)


def parse_reference(text: str) -> ImageReference:
    """Read ``host:port/path[:tag][@digest]``; without either the tag is ``latest``.

    Raises:
        UsageError: `reference-malformed`.
    """
    name, at, digest = text.partition("@")
    stem, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        stem, tag = name, "latest"
    if not is_tag(tag):
        raise _malformed(text, "its tag is not one")
    try:
        parsed = parse_digest(digest) if at else None
    except UsageError as error:
        raise _malformed(text, error.why) from error
    return ImageReference(repository=parse_repository(stem), tag=tag, digest=parsed)


def is_tag(text: str) -> bool:
    """Say whether the distribution API allows this as a tag."""
    return _TAG.fullmatch(text) is not None


def is_path(text: str) -> bool:
    """Say whether the distribution API allows this as a repository's path."""
    return 0 < len(text) <= 255 and _PATH.fullmatch(text) is not None


def is_host(text: str) -> bool:
    """Say whether this can be a registry's ``host`` or ``host:port``."""
    return len(text) <= 255 and _HOST.fullmatch(text) is not None


def _malformed(text: str, why: str) -> UsageError:
    shown = re.sub(r"[^/@]*@(?!sha256:)", "", text)  # what stands before a host may be a password
    return UsageError(
        "reference-malformed",
        f"{shown[:120]!r} does not name an image",
        why=why,
        next_step="write it like registry.example:5000/oneconnect/app1 (then :1.2.0 or @sha256:…)",
    )
