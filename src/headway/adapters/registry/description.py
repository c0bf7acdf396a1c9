"""What an image says of itself: annotations first, then the labels of its configuration.

All of it is a hint for people, written by whoever built the image; a text that is too long or holds control
characters is passed over, and credentials are taken out of URLs.

Source: https://github.com/opencontainers/image-spec/blob/main/annotations.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

from headway.app.ports import ImageSeen
from headway.domain.names import Digest

_PREFIX = "org.opencontainers.image."
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The texts that may describe an image, the most trusted mapping first."""

    texts: tuple[Mapping[str, str], ...]

    def find(self, name: str) -> str | None:
        """Give ``org.opencontainers.image.<name>``; None: nobody says, or not readably."""
        for texts in self.texts:
            text = texts.get(_PREFIX + name, "").strip()
            if text and len(text) <= _LONGEST and text.isprintable():
                return text
        return None


def describe(
    digest: Digest, tags: Sequence[str], said: Said, platforms: Sequence[str], created: str | None
) -> ImageSeen:
    """Put together what is known of an image; `created` is the configuration's own time, the last resort."""
    source = said.find("source")
    return ImageSeen(
        digest=digest,
        tags=tuple(sorted(set(tags))),
        source_commit=said.find("revision"),
        source=without_credentials(source) if source else None,
        built_at=read_instant(said.find("created")) or read_instant(created),
        platforms=tuple(dict.fromkeys(platforms)),
    )


def read_instant(text: str | None) -> datetime | None:
    """Read an RFC 3339 instant; None: there is none, it has no offset, or it is Go's zero time."""
    if text is None or len(text) > 64:
        return None
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo is not None and instant.year > 1 else None
    except (ValueError, OverflowError):
        return None


def without_credentials(url: str) -> str | None:
    """Give a URL without user, password, query and fragment; None: it cannot be read as one."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    except ValueError:
        return None
