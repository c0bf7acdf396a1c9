"""A registry in memory: what is published here is found by the port `Registry`; nothing is downloaded.

Held to the same contract tests as the real adapter. One difference is allowed: it sees every moved tag at the
next look, where a real one may take as many looks as there are tags. Not for concurrent use by threads.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from headway.app.ports import ImageSeen, Look, Presence, PresenceSeen
from headway.domain.errors import Transient, UsageError
from headway.domain.names import Digest


@dataclass(slots=True, kw_only=True)
class _Repository:
    images: dict[Digest, ImageSeen] = field(default_factory=dict)
    tags: dict[str, Digest] = field(default_factory=dict)


class InMemoryRegistry:
    """The registries of all hosts; `away` takes all of them away at once."""

    def __init__(self) -> None:
        self.away = False
        self._repositories: dict[str, _Repository] = {}
        self._published = 0

    def publish(
        self,
        repository: str,
        tags: Sequence[str] = (),
        *,
        digest: Digest | None = None,
        source_commit: str | None = None,
        source: str | None = None,
        built_at: datetime | None = None,
        platforms: Sequence[str] = ("linux/amd64",),
    ) -> Digest:
        """Publish an image and move its tags to it; without a digest it gets one that nothing else has."""
        self._published += 1
        made = hashlib.sha256(f"{repository} {self._published}".encode()).hexdigest()
        named = digest if digest is not None else Digest(f"sha256:{made}")
        held = self._repositories.setdefault(repository, _Repository())
        held.images[named] = ImageSeen(
            digest=named,
            tags=(),
            source_commit=source_commit,
            source=source,
            built_at=built_at,
            platforms=tuple(platforms),
        )
        held.tags.update(dict.fromkeys(tags, named))
        return named

    def move_tag(self, repository: str, tag: str, digest: Digest) -> None:
        """Let a tag point at an image that was published.

        Raises:
            KeyError: it was not published there.
        """
        held = self._repositories[repository]
        held.tags[tag] = held.images[digest].digest

    def delete(self, repository: str, digest: Digest) -> None:
        """Remove an image with all its tags; harmless when it is not there."""
        held = self._repositories.get(repository, _Repository())
        held.images.pop(digest, None)
        held.tags = {tag: at for tag, at in held.tags.items() if at != digest}

    async def look(self, repository: str, memory: str | None) -> Look:
        """See `Registry.look`."""
        self._answer()
        held = self._repositories.get(repository)
        if held is None:
            raise UsageError(
                "repository-unknown",
                f"There is no image repository {repository}",
                why="the registry answers and does not know it",
                next_step="publish an image to it, or correct `repository` in application.yaml",
            )
        known: dict[str, str] = json.loads(memory) if memory is not None else {}
        fresh = {digest for tag, digest in held.tags.items() if known.get(tag) != digest}
        images = tuple(self._seen(held, digest) for digest in sorted(fresh))
        return Look(images=images, memory=json.dumps(held.tags, sort_keys=True))

    async def look_at(self, repository: str, digest: Digest, tags: tuple[str, ...]) -> ImageSeen:
        """See `Registry.look_at`."""
        self._answer()
        return replace(self._find(repository, digest), tags=tuple(sorted(set(tags))))

    async def resolve(self, reference: str) -> str:
        """See `Registry.resolve`."""
        if "@" in reference:
            return reference
        self._answer()
        stem, colon, tag = reference.rpartition(":")
        if not colon or "/" in tag:
            stem, tag = reference, "latest"
        held = self._repositories.get(stem, _Repository())
        if tag not in held.tags:
            raise _image_unknown(reference)
        return f"{stem}@{held.tags[tag]}"

    async def presence(self, reference: str, platform: str) -> PresenceSeen:
        """See `Registry.presence`."""
        repository, at, digest = reference.partition("@")
        if not at:
            return PresenceSeen(presence=Presence.UNKNOWN, words="a tag tells nothing: it takes a digest")
        try:
            self._answer()
            image = self._find(repository, Digest(digest))
        except Transient as error:
            return PresenceSeen(presence=Presence.UNKNOWN, words=f"{error.what}: {error.why}")
        except UsageError as error:
            return PresenceSeen(presence=Presence.ABSENT, words=f"{error.what}: {error.why}")
        if image.platforms and platform not in image.platforms:
            words = f"there is none for {platform}: only for {', '.join(image.platforms)}"
            return PresenceSeen(presence=Presence.ABSENT, words=words)
        return PresenceSeen(presence=Presence.PRESENT, words=f"can be pulled for {platform}")

    def _answer(self) -> None:
        if self.away:
            raise Transient(
                "registry-away",
                "The registry could not be asked",
                why="nothing answers there",
                next_step="it is asked again by itself; see that it runs and can be reached from here",
            )

    def _find(self, repository: str, digest: Digest) -> ImageSeen:
        held = self._repositories.get(repository, _Repository())
        if digest not in held.images:
            raise _image_unknown(f"{repository}@{digest}")
        return held.images[digest]

    def _seen(self, held: _Repository, digest: Digest) -> ImageSeen:
        return replace(
            held.images[digest], tags=tuple(sorted(tag for tag, at in held.tags.items() if at == digest))
        )


def _image_unknown(reference: str) -> UsageError:
    return UsageError(
        "image-unknown",
        f"There is no image {reference}",
        why="the registry answers and does not have it",
        next_step="see what was published with `headway versions`, or publish it again",
    )
