"""Watches image repositories: hints by notification, and a slow look for what a notification missed."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable

from headway.app.desk import Desk
from headway.app.ports import ImageSeen, Look
from headway.app.watch.away import AwayWatch
from headway.domain.errors import Transient, UsageError
from headway.domain.estate import Artifact, ImageSource
from headway.domain.facts import ImageFound, ImagesLookedAt, NewFact, Source
from headway.domain.names import ArtifactName, Digest
from headway.domain.situation.shelf import Image, best_semver

_LOG = logging.getLogger(__name__)
_AT_ONCE = 16
"""Looks at the same time: enough to hide a registry's latency, few enough to be no burden to it."""


class ImageWatch:
    """Looks at the image repositories of all artifacts."""

    def __init__(self, desk: Desk, away: AwayWatch) -> None:
        self._desk = desk
        self._away = away
        self._memory: dict[tuple[ArtifactName, str], str] = {}
        # What is news is decided on what is known, so two looks at one repository take turns.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def look_at_all(self) -> None:
        """Look at every artifact's repository once, some at a time; one that is away stops no other."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def look(artifact: Artifact) -> None:
            async with places:
                await self.look(artifact)

        looks = await asyncio.gather(*map(look, self._with_images()), return_exceptions=True)
        for poisoned in looks:
            if poisoned is not None:
                raise poisoned

    async def look(self, artifact: Artifact) -> None:
        """Find what is new in one artifact's repository."""
        if artifact.image is not None:
            async with self._turns[artifact.image.repository]:
                await self._look(artifact, artifact.image)

    def has_looked(self, artifact: Artifact) -> bool:
        """Say whether this process has looked for what the artifact now declares."""
        return artifact.image is not None and (artifact.name, _looked_for(artifact.image)) in self._memory

    async def _look(self, artifact: Artifact, image: ImageSource) -> None:
        host = image.repository.split("/", 1)[0]
        memory = await self._recall(artifact, image)
        try:
            look = await self._desk.outside.registry.look(image.repository, memory)
        except Transient as error:
            await self._away.silent(Source.REGISTRY, host, error)
            return
        except UsageError as error:
            if error.code != "repository-unknown":
                _LOG.warning("%s", error)
                return
            # Nothing was published yet: that, too, is an answer.
            await self._looked(artifact, [], knew=memory is not None)
            return
        await self._away.answered(Source.REGISTRY, host)
        await self._looked(artifact, look.images, knew=memory is not None)
        await self._keep(artifact, image, look, is_new=memory is None or bool(look.images))

    async def _recall(self, artifact: Artifact, image: ImageSource) -> str | None:
        looked_for = _looked_for(image)
        kept = self._memory.get((artifact.name, looked_for))
        if kept is not None:
            return kept
        return await self._desk.outside.looks.recall_look(artifact.name, looked_for)

    async def _keep(self, artifact: Artifact, image: ImageSource, look: Look, *, is_new: bool) -> None:
        """Keep what the next look is handed, now that all that this one found is recorded.

        A look that found nothing new is kept in memory only: it is not worth a write every ten minutes.
        """
        looked_for = _looked_for(image)
        self._memory[artifact.name, looked_for] = look.memory
        if is_new:
            try:
                await self._desk.outside.looks.keep_look(artifact.name, looked_for, look.memory)
            except Transient as error:
                _LOG.warning("the next start looks at every tag of %s again: %s", artifact.name, error)

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

    async def _looked(self, artifact: Artifact, images: Iterable[ImageSeen], *, knew: bool) -> None:
        first = not self._desk.situation.shelf(artifact.name).looked_at
        # A look that was handed nothing finds images of any age, whether or not it is the first.
        facts = self._found(artifact, images, first=first or not knew)
        if first:
            facts.append(self._desk.fact(ImagesLookedAt(artifact=artifact.name)))
        await self._desk.record(*facts)

    def _found(self, artifact: Artifact, images: Iterable[ImageSeen], *, first: bool) -> list[NewFact]:
        known = self._desk.situation.shelf(artifact.name).images
        return [
            self._desk.fact(
                ImageFound(
                    artifact=artifact.name,
                    digest=seen.digest,
                    tags=seen.tags,
                    source_commit=seen.source_commit,
                    source_position=_place(known.get(seen.digest)),
                    built_at=seen.built_at,
                    platforms=seen.platforms,
                    in_first_look=first,
                )
            )
            for seen in sorted(images, key=lambda one: one.digest)
            if _counts(artifact, seen) and _is_news(known.get(seen.digest), seen)
        ]


def _looked_for(image: ImageSource) -> str:
    """Say what a look is after: what it left out, or another repository, a later one must see anew."""
    return f"{image.repository} {image.semver or 'every tag'}"


def _counts(artifact: Artifact, seen: ImageSeen) -> bool:
    semver = artifact.image.semver if artifact.image else None
    return semver is None or best_semver(seen.tags, semver) is not None


def _place(known: Image | None) -> int | None:
    """Keep the place that was found: the registry knows nothing of it."""
    return known.source_position if known else None


def _is_news(known: Image | None, seen: ImageSeen) -> bool:
    return known is None or not set(seen.tags) <= set(known.tags)
