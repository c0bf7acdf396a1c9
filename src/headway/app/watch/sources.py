"""Watches the sources of images that are ordered by commits: where each source commit stands.

An image without a place has no order: it goes nowhere by itself, and never because its source was away. So an
older commit that is built later never replaces a newer one, in whatever order builds end.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from immutables import Map

from headway.app.desk import Desk
from headway.app.watch.away import AwayWatch
from headway.domain.errors import HeadwayError, Transient
from headway.domain.estate import Artifact
from headway.domain.facts import ImageFound, NewFact, Source, SourceCommitsFound
from headway.domain.names import ArtifactName, Digest
from headway.domain.situation import Situation
from headway.domain.situation.shelf import Image

_LOG = logging.getLogger(__name__)
_MOST_COMMITS = 1000
"""Commits recorded at a time: far more than come between two images; of a longer stretch the newest."""


class SourceWatch:
    """Looks at the sources of all artifacts that are ordered by them."""

    def __init__(self, desk: Desk, away: AwayWatch) -> None:
        self._desk = desk
        self._away = away

    async def look(self) -> None:
        """Look at every such source once; one that is away or slow stops no other."""
        estate = self._desk.situation.estate
        await asyncio.gather(
            *(
                self._look(artifact, artifact.image.ordered_by)
                for application in (estate.applications.values() if estate else ())
                for artifact in application.artifacts.values()
                if artifact.image is not None and artifact.image.ordered_by is not None
            )
        )

    async def _look(self, artifact: Artifact, url: str) -> None:
        images = self._desk.situation.shelf(artifact.name).images.values()
        commits = {image.source_commit for image in images if image.source_commit is not None}
        if not commits:
            return
        # Named by the artifact: the address may hold credentials.
        named = f"source of {artifact.name}"
        try:
            places = await self._desk.outside.sources.places(url, commits)
        except Transient as error:
            await self._away.silent(Source.GIT, named, error)
        except HeadwayError as error:
            _LOG.warning("%s: %s", named, error)
        else:
            await self._away.answered(Source.GIT, named)
            await self._record(artifact, commits, places)
            await self._tell(artifact, url, places)

    async def _record(self, artifact: Artifact, asked: set[str], places: Mapping[str, int]) -> None:
        """Record each place that is another than was known: found, or changed as history was rewritten."""
        is_recorded = False
        while not is_recorded:
            # An image's tags may change meanwhile, and the fact repeats them: then it is made anew.
            images = self._desk.situation.shelf(artifact.name).images
            facts = [
                self._fact(artifact, image, places.get(image.source_commit))
                for _, image in sorted(images.items())
                if image.source_commit in asked and image.source_position != places.get(image.source_commit)
            ]
            still = partial(_holds, artifact.name, images)
            is_recorded = not facts or await self._desk.recorder.record(facts, only_if=still)

    async def _tell(self, artifact: Artifact, url: str, places: Mapping[str, int]) -> None:
        """Record the commits that came onto the line up to the newest image's, each once."""
        if not places:
            return
        last, told = max(places.values()), self._desk.situation.shelf(artifact.name).told_to
        first = max(min(places.values()) if told is None else told + 1, last + 1 - _MOST_COMMITS)
        commits = tuple(await self._desk.outside.sources.stretch(url, first, last))
        if commits:
            fact = self._desk.fact(SourceCommitsFound(artifact=artifact.name, commits=commits))
            still = partial(_is_told_to, artifact.name, told)
            await self._desk.recorder.record([fact], only_if=still)

    def _fact(self, artifact: Artifact, image: Image, place: int | None) -> NewFact:
        return self._desk.fact(
            ImageFound(
                artifact=artifact.name,
                digest=image.digest,
                tags=image.tags,
                source_commit=image.source_commit,
                source_position=place,
                built_at=image.built_at,
                platforms=image.platforms,
            )
        )


def has_no_place(body: object) -> bool:
    """Say whether a fact brings an image whose source commit is still to be looked for."""
    return isinstance(body, ImageFound) and body.source_commit is not None and body.source_position is None


def _is_told_to(artifact: ArtifactName, told: int | None, situation: Situation) -> bool:
    return situation.shelf(artifact).told_to == told


def _holds(artifact: ArtifactName, images: Map[Digest, Image], situation: Situation) -> bool:
    return situation.shelf(artifact).images is images
