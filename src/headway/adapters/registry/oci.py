"""The port `Registry` over the OCI distribution API, for registries of any make.

**The look**: one request lists the tags (conditional where the registry gives an ETag); each new tag then
costs one request for its digest, each new digest those that read what it says. Known tags are *not* asked for
one by one: that one has moved is learnt from the registry's notifications and, should those be lost, because
each look asks again for one known tag, taking them in turn.
"""

import logging
import os
from collections.abc import Collection, Mapping, Sequence
from enum import Enum, auto
from pathlib import Path

from headway.adapters.registry.availability import find_presence
from headway.adapters.registry.credentials import login_files
from headway.adapters.registry.http import RegistryHttp
from headway.adapters.registry.images import Images
from headway.adapters.registry.memory import Memory, read_memory, write_memory
from headway.adapters.registry.reference import Repository, parse_reference, parse_repository
from headway.adapters.registry.tag_list import TagList, list_tags
from headway.adapters.registry.together import all_of
from headway.app.ports import ImageSeen, Look, Presence, PresenceSeen
from headway.domain.errors import UsageError
from headway.domain.names import Digest

_log = logging.getLogger(__name__)


class _Unreadable(Enum):
    """Why a tagged thing was passed over."""

    INCOMPLETE = auto()
    """A part of it is not there; it may still come."""
    MALFORMED = auto()
    """It is no image that runs, and its digest will never be one."""


class OciRegistry:
    """Reads image repositories; safe to call concurrently. Call `close` at the end."""

    def __init__(self, *, plain_http: Collection[str] = (), logins: Sequence[Path] | None = None) -> None:
        """Make it; nothing is asked yet.

        Args:
            plain_http: hosts (``host:port``) that are spoken to without TLS; this machine always is.
            logins: files of logins as podman and Docker write them; None: where those two look.
        """
        files = login_files(os.environ, Path.home()) if logins is None else tuple(logins)
        self._http = RegistryHttp(plain_http, files)
        self._images = Images(self._http)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def look(self, repository: str, memory: str | None) -> Look:
        """See `Registry.look`. Something tagged that is no image is said in the log once and passed over.

        Raises:
            Transient: `registry-away`, `registry-denied`.
            UsageError: `reference-malformed`, `repository-unknown`, `repository-too-large`.
        """
        at, known = parse_repository(repository), read_memory(memory)
        listed = await list_tags(self._http, at, known.etag)
        if listed is None:
            listed = TagList(tags=tuple(known.tags), etag=known.etag)
        again = next_in_turn(known)
        asked = [tag for tag in listed.tags if tag not in known.tags or tag == again]
        found = await self._resolve(at, asked)
        kept = {tag: known.tags[tag] for tag in listed.tags if tag not in asked}
        tags = {**kept, **found}
        fresh = {digest for tag, digest in found.items() if known.tags.get(tag) != digest}
        images, incomplete = await self._describe(at, tags, fresh)
        whole = {tag: digest for tag, digest in tags.items() if digest not in incomplete}
        # the same list must be read again for what was not found this time
        etag = listed.etag if len(whole) == len(listed.tags) else None
        keep = Memory(tags=whole, etag=etag, looked_again_at=again or "")
        return Look(images=images, memory=write_memory(keep))

    async def look_at(self, repository: str, digest: Digest, tags: tuple[str, ...]) -> ImageSeen:
        """See `Registry.look_at`."""
        return await self._images.look_at(parse_repository(repository), digest, tags)

    async def resolve(self, reference: str) -> str:
        """See `Registry.resolve`."""
        named = parse_reference(reference)
        if named.digest is not None:
            return reference
        return f"{named.repository}@{await self._images.resolve_tag(named.repository, named.tag)}"

    async def presence(self, reference: str, platform: str) -> PresenceSeen:
        """See `Registry.presence`."""
        try:
            named = parse_reference(reference)
        except UsageError as error:
            return PresenceSeen(presence=Presence.UNKNOWN, words=f"{error.what}: {error.why}")
        if named.digest is None:
            return PresenceSeen(presence=Presence.UNKNOWN, words="a tag tells nothing: it takes a digest")
        return await find_presence(self._images, named.repository, named.digest, platform)

    async def _resolve(self, repository: Repository, tags: Sequence[str]) -> dict[str, Digest]:
        """Give each tag's digest; tags that went away since they were listed are left out."""
        found = await all_of([self._resolve_one(repository, tag) for tag in tags])
        return {tag: digest for tag, digest in zip(tags, found, strict=True) if digest is not None}

    async def _resolve_one(self, repository: Repository, tag: str) -> Digest | None:
        try:
            return await self._images.resolve_tag(repository, tag)
        except UsageError as error:
            _say_passed_over(error)
            return None

    async def _describe(
        self, repository: Repository, tags: Mapping[str, Digest], fresh: Collection[Digest]
    ) -> tuple[tuple[ImageSeen, ...], set[Digest]]:
        """Describe digests; also give those of which a part is not there (yet): they are asked for again."""
        pointing: dict[Digest, list[str]] = {digest: [] for digest in sorted(fresh)}
        for tag, digest in tags.items():
            if digest in pointing:
                pointing[digest].append(tag)
        described = await all_of([self._describe_one(repository, *item) for item in pointing.items()])
        images = tuple(seen for seen in described if isinstance(seen, ImageSeen))
        outcomes = zip(pointing, described, strict=True)
        return images, {digest for digest, seen in outcomes if seen is _Unreadable.INCOMPLETE}

    async def _describe_one(
        self, repository: Repository, digest: Digest, tags: Sequence[str]
    ) -> ImageSeen | _Unreadable:
        try:
            return await self._images.look_at(repository, digest, tags)
        except UsageError as error:
            _say_passed_over(error)
            return _Unreadable.INCOMPLETE if error.code == "image-unknown" else _Unreadable.MALFORMED


def next_in_turn(known: Memory) -> str | None:
    """Give the known tag that is asked for again this time; None: none is known."""
    later = [tag for tag in known.tags if tag > known.looked_again_at]
    return min(later or known.tags, default=None)


def _say_passed_over(error: UsageError) -> None:
    _log.warning("passed over: %s", error)
