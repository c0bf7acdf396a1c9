"""Facts about the two halves of versions, and what they render to."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from headway.domain.checks import Check
from headway.domain.names import ArtifactName, CommitId, Digest, InstanceName, TreeId


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFound:
    """An image was seen in its repository; recorded again when its tags or what is known of it change."""

    TYPE: ClassVar = "image-found"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    digest: Digest
    tags: tuple[str, ...]
    source_commit: str | None = None
    source_position: int | None = None
    """Its source commit's place on the source repository's main line; None: not known."""
    built_at: datetime | None = None
    platforms: tuple[str, ...] = ()
    in_first_look: bool = False
    """Found by a look that knew nothing, together with others: no order among them follows from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesLookedAt:
    """An artifact's image repository was looked at to its end for the first time."""

    TYPE: ClassVar = "images-looked-at"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationFound:
    """A commit on `main` changed what an artifact's overlays can read, or its checks."""

    TYPE: ClassVar = "configuration-found"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    commit: CommitId
    position: int
    """Its place on `main`'s first-parent line: the order of configurations."""
    author: str
    subject: str
    overlays: tuple[str, ...]
    """The instances, by short name, for which the commit holds an overlay."""
    checks: tuple[Check, ...] = ()
    committed_at: datetime | None = None
    """When it was committed, by the committer's clock; None: recorded before that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCommit:
    """One commit on the main line of the repository that an artifact's image is built from."""

    commit: str
    position: int
    """How many first-parent commits come before it."""
    committed_at: datetime | None
    """By the committer's clock; None: what it says is no date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCommitsFound:
    """Commits came onto the main line of an artifact's source, up to that of its newest image."""

    TYPE: ClassVar = "source-commits-found"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    commits: tuple[SourceCommit, ...]
    """In order; how they came there, by a pull request or straight, is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderingFound:
    """What a configuration renders to in an instance, its image aside."""

    TYPE: ClassVar = "rendering-found"
    SCHEMA: ClassVar = 1
    artifact: ArtifactName
    instance: InstanceName
    commit: CommitId
    tree: TreeId | None
    """The manifests with the image made neutral: equal trees render the same. None: see `problem`."""
    problem: str | None = None
    """Why it does not render, for people; None: it does."""
    image_is_apart: bool = False
    """Whether the image stands in the manifests only as a whole reference: any other can take its place."""
    references: tuple[str, ...] = ()
    """Objects that the manifests name and do not hold: ``Secret/database``."""
    images: tuple[str, ...] | None = None
    """References of the images beside the artifact's own; None: nobody looked, or it does not render."""
