"""An artifact's shelf: every image and configuration of it that was seen, and which is newer.

Newest, of images: by semver where the artifact declares a range; else by the order of source commits where it
names its source's address, and then an image without a place on the source's main line has no order until it
gets one; else in the order in which they were first seen, and those of one first look have no order. Of
configurations: `main`'s first-parent order. Build time is shown, never compared.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from immutables import Map
from semantic_version import SimpleSpec
from semantic_version import Version as SemanticVersion

from headway.domain.checks import Check
from headway.domain.estate import ImageSource
from headway.domain.names import CommitId, Digest, InstanceName, TreeId, Version

Rank = tuple[Any, ...]
"""Compares the images of one shelf; equal ranks of two images mean that nobody knows which is newer.

Nested tuples of text and numbers, no library's objects: a situation is plain data, which can be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image of the artifact."""

    digest: Digest
    tags: tuple[str, ...]
    rank: Rank
    first_seen: int
    """The sequence of the fact that found it; 0 for those of the first look."""
    found_at: datetime
    source_commit: str | None
    source_position: int | None
    """Its source commit's place on the source's main line; None: not known, or not on it."""
    built_at: datetime | None
    platforms: tuple[str, ...]

    @property
    def label(self) -> str:
        """Give the tag that people know it by, or the digest's beginning."""
        return max(self.tags, key=_by_semver, default=self.digest.removeprefix("sha256:")[:12])


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One configuration commit of the artifact."""

    commit: CommitId
    position: int
    author: str
    subject: str
    overlays: frozenset[str]
    checks: tuple[Check, ...]
    found_at: datetime
    committed_at: datetime | None = None
    """By the committer's clock; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a configuration renders to in one instance, its image aside."""

    tree: TreeId | None
    problem: str | None
    image_is_apart: bool = False
    """Whether another image's manifests follow from it without rendering again."""
    references: tuple[str, ...] = ()
    """Objects that the manifests name and do not hold: ``Secret/database``."""
    images: tuple[str, ...] | None = None
    """Images beside the artifact's own, by digest; None: nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is known of one artifact's halves."""

    images: Map[Digest, Image] = field(default_factory=Map)
    newest_images: tuple[Digest, ...] = ()
    """Those that count as versions, newest first."""
    configurations: Map[CommitId, Configuration] = field(default_factory=Map)
    newest_configurations: tuple[CommitId, ...] = ()
    """Newest first."""
    renderings: Map[tuple[CommitId, InstanceName], Rendering] = field(default_factory=Map)
    told_to: int | None = None
    """The place of the source commit up to which commits are recorded; None: none are."""
    looked_at: bool = False
    """Whether its image repository was looked at to the end at least once."""

    def rendering(self, version: Version, instance: InstanceName) -> Rendering | None:
        """Give what a version's configuration renders to in an instance; None: not known yet."""
        return self.renderings.get((version.commit, instance))

    def renders_same(self, one: Version, other: Version, instance: InstanceName) -> bool:
        """Say whether two versions are known to render the same there, image and all."""
        if one == other:
            return True
        if one.digest != other.digest:
            return False
        mine, theirs = self.rendering(one, instance), self.rendering(other, instance)
        return mine is not None and theirs is not None and mine.tree is not None and mine.tree == theirs.tree

    def same_checks(self, one: Version, other: Version) -> bool:
        """Say whether two versions carry the same checks."""
        mine, theirs = self.configurations.get(one.commit), self.configurations.get(other.commit)
        return mine is not None and theirs is not None and mine.checks == theirs.checks

    def is_newer(self, one: Version, other: Version) -> bool:
        """Say whether no half of `one` is older than `other`'s and one half is newer."""
        image = _compare_images(self, one.digest, other.digest)
        configuration = _compare_configurations(self, one.commit, other.commit)
        if image is None or configuration is None:
            return False
        return image >= 0 and configuration >= 0 and (image > 0 or configuration > 0)

    def newest_image(self, excluded: frozenset[Digest]) -> Digest | None:
        """Give the newest image that is not excluded; None: there is none, or nobody knows which."""
        left = [digest for digest in self.newest_images if digest not in excluded]
        if not left or (len(left) > 1 and self.images[left[0]].rank == self.images[left[1]].rank):
            return None
        return left[0]

    def label(self, version: Version) -> str:
        """Name a version for people: ``1.4.2+0b12cd34``."""
        image = self.images.get(version.digest) if version.digest else None
        head = image.label if image else str(version).split("+", maxsplit=1)[0]
        return version.commit[:8] if version.digest is None else f"{head}+{version.commit[:8]}"


def ranked(shelf: Shelf, source: ImageSource | None) -> Shelf:
    """Order a shelf's images anew, after one came or what is declared of them changed."""
    counted: dict[Digest, Image] = {}
    unplaced: dict[Digest, Image] = {}
    for image in shelf.images.values():
        rank = _rank(image, source)
        if rank is not None:
            counted[image.digest] = replace(image, rank=rank)
        elif source is not None and source.ordered_by is not None:
            # History was rewritten, or another rule ordered it before: what that said counts no more.
            unplaced[image.digest] = replace(image, rank=())
    order = sorted(counted.values(), key=lambda image: image.rank, reverse=True)
    return replace(
        shelf,
        images=shelf.images.update(counted | unplaced),
        newest_images=tuple(image.digest for image in order),
    )


def _rank(image: Image, source: ImageSource | None) -> Rank | None:
    """Give an image's rank, its rule first; None: it is none of the versions that have an order."""
    if source is not None and source.semver is not None:
        best = best_semver(image.tags, source.semver)
        return None if best is None else ("semver", best, image.first_seen)
    if source is not None and source.ordered_by is not None:
        place = image.source_position
        return None if place is None else ("commits", place, image.first_seen)
    return ("first seen", image.first_seen)


@lru_cache(maxsize=65536)
def best_semver(tags: tuple[str, ...], semver: str) -> Rank | None:
    """Give the sort key of the highest tag inside the range; None: no tag is inside it."""
    spec = SimpleSpec(semver)
    versions = [parsed for tag in tags if (parsed := parse_semver(tag)) and parsed in spec]
    return _precedence(max(versions)) if versions else None


def _precedence(version: SemanticVersion) -> Rank:
    """Sort as the library's `precedence_key` does."""
    released = ((2,),)
    before_release = tuple(_identifier(part) for part in version.prerelease or ())
    build = tuple(_identifier(part) for part in version.build or ())
    return (version.major, version.minor, version.patch, before_release or released, build)


def _identifier(part: str) -> Rank:
    """Numbers come before words."""
    return (0, int(part)) if part.isdigit() else (1, part)


@lru_cache(maxsize=65536)
def parse_semver(tag: str) -> SemanticVersion | None:
    """Read a tag such as ``1.4.2`` or ``v1.4.2``; None: it is no semantic version."""
    try:
        return SemanticVersion(tag.removeprefix("v"))
    except ValueError:
        return None


def _by_semver(tag: str) -> tuple[bool, Any, str]:
    parsed = parse_semver(tag)
    return (parsed is not None, parsed.precedence_key if parsed else (), tag)


def _compare_images(shelf: Shelf, one: Digest | None, other: Digest | None) -> int | None:
    if one == other:
        return 0
    mine = shelf.images.get(one) if one else None
    theirs = shelf.images.get(other) if other else None
    if mine is None or theirs is None or mine.rank == theirs.rank or not mine.rank or not theirs.rank:
        return None
    if mine.rank[0] != theirs.rank[0]:
        # One counts no more since the rule changed, so it keeps the rank that the earlier rule gave it.
        return None
    return 1 if mine.rank > theirs.rank else -1


def _compare_configurations(shelf: Shelf, one: CommitId, other: CommitId) -> int | None:
    if one == other:
        return 0
    mine, theirs = shelf.configurations.get(one), shelf.configurations.get(other)
    if mine is None or theirs is None:
        return None
    return 1 if mine.position > theirs.position else -1
