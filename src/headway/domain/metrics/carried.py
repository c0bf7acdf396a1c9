"""Which changes a delivery carried: every commit that came after what was delivered there before.

A version that was passed over is carried by the one that overtook it. What was delivered once is not carried
again after a rollback. How a commit came onto the main line is not asked.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import dropwhile, islice, takewhile
from typing import NamedTuple

from immutables import Map

from headway.domain.facts import SourceCommit
from headway.domain.metrics.delivery import Half, Start
from headway.domain.metrics.tally import CellTally, Tally
from headway.domain.names import ArtifactName, Digest, Version
from headway.domain.situation.shelf import Image, Shelf


class Change(NamedTuple):
    """A commit, or `many` of which nothing more is known."""

    half: Half
    commit: str
    start: Start
    started_at: datetime | None
    many: int = 1


def changes_in(tally: Tally, artifact: ArtifactName, before: CellTally, version: Version) -> Iterator[Change]:
    """Give what a version brings that a cell did not have; where it had nothing, nothing is a change."""
    shelf = tally.known.shelf(artifact)
    if before.configuration is not None:
        yield from _configurations(shelf, before.configuration, version)
    if before.image is not None and version.digest is not None:
        yield from _images(tally, artifact, shelf, before.image, version.digest)


def delivered(tally: Tally, artifact: ArtifactName, before: CellTally, version: Version) -> CellTally:
    """Remember what a version delivered: the newest of each half that was ever there."""
    shelf = tally.known.shelf(artifact)
    configuration = shelf.configurations.get(version.commit)
    places = [] if before.configuration is None else [before.configuration]
    places += [] if configuration is None else [configuration.position]
    image = before.image
    if version.digest is not None and (image is None or _is_newer(shelf, version.digest, image) is not False):
        image = version.digest
    return replace(before, image=image, configuration=max(places, default=None))


def _configurations(shelf: Shelf, after: int, version: Version) -> Iterator[Change]:
    newest = shelf.configurations.get(version.commit)
    if newest is None:
        yield Change(Half.CONFIGURATION, version.commit, Start.UNKNOWN, None)
        return
    # Newest first: from this one down to what was delivered.
    for commit in takewhile(
        lambda one: shelf.configurations[one].position > after, shelf.newest_configurations
    ):
        one = shelf.configurations[commit]
        if one.position <= newest.position:
            yield _change(Half.CONFIGURATION, commit, one.committed_at, None)


def _images(
    tally: Tally, artifact: ArtifactName, shelf: Shelf, before: Digest, digest: Digest
) -> Iterator[Change]:
    if digest == before or _is_newer(shelf, digest, before) is False:
        return
    image, old = shelf.images.get(digest), shelf.images.get(before)
    if image is None:
        yield Change(Half.SOURCE, digest, Start.UNKNOWN, None)
        return
    if old is not None and _is_by_commits(image) and _is_by_commits(old):
        yield from _source_commits(tally.lines.get(artifact, Map()), image, old)
        return
    for one in _between(shelf, before, digest):
        yield _change(Half.SOURCE, one.source_commit or one.digest, None, one.built_at)


def _is_by_commits(image: Image) -> bool:
    """Say whether its place on its source's main line is what orders it."""
    return bool(image.rank) and image.rank[0] == "commits" and image.source_position is not None


def _source_commits(line: Map[int, SourceCommit], image: Image, old: Image) -> Iterator[Change]:
    first, last = (old.source_position or 0) + 1, image.source_position or 0
    known = [line[place] for place in range(first, last + 1) if place in line]
    for one in known:
        yield _change(Half.SOURCE, one.commit, one.committed_at, None)
    if missing := last + 1 - first - len(known):
        yield Change(Half.SOURCE, "", Start.UNKNOWN, None, missing)


def _between(shelf: Shelf, before: Digest, digest: Digest) -> Iterator[Image]:
    """Give the images that are newer than one, from another one down."""
    yield shelf.images[digest]
    older = dropwhile(lambda one: one != digest, shelf.newest_images)
    for one in islice(takewhile(lambda one: _is_newer(shelf, one, before), older), 1, None):
        yield shelf.images[one]


def _is_newer(shelf: Shelf, one: Digest, other: Digest) -> bool | None:
    """Say whether an image is newer than another; None: nobody knows."""
    mine, theirs = shelf.images.get(one), shelf.images.get(other)
    if one == other:
        return False
    if mine is None or theirs is None or not mine.rank or not theirs.rank or mine.rank == theirs.rank:
        return None
    return bool(mine.rank > theirs.rank) if mine.rank[0] == theirs.rank[0] else None


def _change(half: Half, commit: str, committed_at: datetime | None, built_at: datetime | None) -> Change:
    if committed_at is not None:
        return Change(half, commit, Start.COMMIT, committed_at)
    if built_at is not None:
        return Change(half, commit, Start.BUILD, built_at)
    return Change(half, commit, Start.UNKNOWN, None)
