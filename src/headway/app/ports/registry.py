"""Image repositories, as they are read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from headway.domain.names import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSeen:
    """What a registry says of one image."""

    digest: Digest
    tags: tuple[str, ...]
    """All tags that are known to point at it now, sorted."""
    source_commit: str | None
    """``org.opencontainers.image.revision``, from annotations or else labels."""
    source: str | None
    """``org.opencontainers.image.source``."""
    built_at: datetime | None
    """``org.opencontainers.image.created``; shown, never compared."""
    platforms: tuple[str, ...]
    """``linux/amd64`` and so on; an image that does not say has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at an image repository found."""

    images: tuple[ImageSeen, ...]
    """The images whose tags are new or moved since `memory`, in no order."""
    memory: str
    """Hand it to the next look; it holds no secrets."""


class Presence(StrEnum):
    """Whether a reference can be pulled. Unknown is never absent."""

    PRESENT = "present"
    ABSENT = "absent"
    """The registry answers and has no such digest, or not for this platform."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceSeen:
    """An answer on one reference."""

    presence: Presence
    words: str


class Registry(Protocol):
    """Reads image repositories by the OCI distribution API."""

    async def look(self, repository: str, memory: str | None) -> Look:
        """Find new and moved tags: one conditional request when nothing is new, then one for each new tag.

        A moved tag may be found late, at most as many looks as there are tags: each look asks again for one.

        Args:
            repository: ``host:port/path``.
            memory: what the last look gave; None: the first look.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `repository-unknown`: the registry answers and has no such repository;
                `repository-too-large`: its tags are too many to be read; `reference-malformed`.
        """
        ...

    async def look_at(self, repository: str, digest: Digest, tags: tuple[str, ...]) -> ImageSeen:
        """Describe one image that a notification named.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`, `image-malformed`.
        """
        ...

    async def resolve(self, reference: str) -> str:
        """Fix a reference by tag to its digest; one by digest is given back as it is.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `image-unknown`.
        """
        ...

    async def presence(self, reference: str, platform: str) -> PresenceSeen:
        """Say whether a reference by digest can be pulled for a platform; never raises for what it finds."""
        ...
