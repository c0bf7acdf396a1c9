"""Watches image repositories: hints by notification, and a slow look for what a notification missed."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable

from headway.app.desk import Desk
from headway.app.ports import ImageSeen
from headway.app.watch.away import AwayWatch
from headway.domain.errors import Transient, UsageError
from headway.domain.estate import Artifact
from headway.domain.facts import ImageFound, ImagesLookedAt, NewFact, Source
from headway.domain.names import Digest
from headway.domain.situation.shelf import Image, best_semver

_LOG = logging.getLogger(__name__)


class ImageWatch:
    """Looks at the image repositories of all artifacts."""

    def __init__(self, desk: Desk, away: AwayWatch) -> None:
        self._desk = desk
        self._away = away
        self._memory: dict[str, str] = {}
        # What is news is decided on what is known, so two looks at one repository take turns.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def look_at_all(self) -> None:
        """Look at every artifact's repository once; one that is away stops no other."""
        for artifact in self._with_images():
            await self.look(artifact)

    async def look(self, artifact: Artifact) -> None:
        """Find what is new in one artifact's repository."""
        if artifact.image is not None:
            async with self._turns[artifact.image.repository]:
                await self._look(artifact, artifact.image.repository)

    async def _look(self, artifact: Artifact, repository: str) -> None:
        host = repository.split("/", 1)[0]
        try:
            look = await self._desk.outside.registry.look(repository, self._memory.get(str(artifact.name)))
        except Transient as error:
            await self._away.silent(Source.REGISTRY, host, error)
            return
        except UsageError as error:
            if error.code != "repository-unknown":
                _LOG.warning("%s", error)
                return
            # Nothing was published yet: that, too, is an answer.
            await self._looked(artifact, [])
            return
        await self._away.answered(Source.REGISTRY, host)
        self._memory[str(artifact.name)] = look.memory
        await self._looked(artifact, look.images)

    async def pushed(self, repository: str, digest: Digest, tags: tuple[str, ...]) -> None:
        """Follow a notification's hint: what is recorded is what the registry itself says."""
        for artifact in self._with_images():
            if artifact.image is not None and artifact.image.repository == repository:
                async with self._turns[repository]:
                    await self._follow(artifact, repository, digest, tags)

    async def _follow(
        self, artifact: Artifact, repository: str, digest: Digest, tags: tuple[str, ...]
    ) -> None:
        try:
            seen = await self._desk.outside.registry.look_at(repository, digest, tags)
        except Transient as error:
            await self._away.silent(Source.REGISTRY, repository.split("/", 1)[0], error)
        except UsageError as error:
            _LOG.warning("a notification was not followed: %s", error)
        else:
            await self._desk.record(*self._found(artifact, [seen], first=False))

    def _with_images(self) -> list[Artifact]:
        estate = self._desk.situation.estate
        return [
            artifact
            for application in (estate.applications.values() if estate else ())
            for artifact in application.artifacts.values()
            if artifact.image is not None
        ]

    async def _looked(self, artifact: Artifact, images: Iterable[ImageSeen]) -> None:
        first = not self._desk.situation.shelf(artifact.name).looked_at
        facts = self._found(artifact, images, first=first)
        if first:
            facts.append(self._desk.fact(ImagesLookedAt(artifact=artifact.name)))
        await self._desk.record(*facts)

    def _found(self, artifact: Artifact, images: Iterable[ImageSeen], *, first: bool) -> list[NewFact]:
        shelf = self._desk.situation.shelf(artifact.name)
        return [
            self._desk.fact(
                ImageFound(
                    artifact=artifact.name,
                    digest=seen.digest,
                    tags=seen.tags,
                    source_commit=seen.source_commit,
                    built_at=seen.built_at,
                    platforms=seen.platforms,
                    in_first_look=first,
                )
            )
            for seen in sorted(images, key=lambda one: one.digest)
            if _counts(artifact, seen) and _is_news(shelf.images.get(seen.digest), seen)
        ]


def _counts(artifact: Artifact, seen: ImageSeen) -> bool:
    semver = artifact.image.semver if artifact.image else None
    return semver is None or best_semver(seen.tags, semver) is not None


def _is_news(known: Image | None, seen: ImageSeen) -> bool:
    return known is None or not set(seen.tags) <= set(known.tags)
