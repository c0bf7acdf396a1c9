"""Versions of an artifact: both halves, where they stand, and what became of them."""

from dataclasses import dataclass
from datetime import datetime

from headway.app.desk import Desk
from headway.app.naming import estate_instances, known_versions
from headway.domain.names import ArtifactName, Cell, CommitId, Digest, Version
from headway.domain.promotion_id import full


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionShown:
    """One version."""

    label: str
    version: str
    """Whole, as other commands take it."""
    digest: Digest | None
    commit: CommitId
    tags: tuple[str, ...]
    source_commit: str | None
    subject: str
    author: str
    built_at: datetime | None
    found_at: datetime | None
    stands_in: tuple[str, ...]
    verified_in: tuple[str, ...]
    quarantined: str | None
    """Why; None: it is not."""
    taken_back: str | None


def versions(desk: Desk, artifact: ArtifactName, limit: int = 20) -> tuple[VersionShown, ...]:
    """Give an artifact's versions, newest first."""
    return tuple(
        shown_version(desk, artifact, one) for one in known_versions(desk.situation, artifact)[:limit]
    )


def shown_version(desk: Desk, artifact: ArtifactName, version: Version) -> VersionShown:
    """Show one version."""
    situation = desk.situation
    shelf = situation.shelf(artifact)
    image = shelf.images.get(version.digest) if version.digest else None
    configuration = shelf.configurations.get(version.commit)
    quarantine = situation.quarantine_of(artifact, version)
    taken = [one for one in situation.taken_back.get(artifact, ()) if one.version == version]
    instances = estate_instances(situation, artifact.application)
    cells = [(str(one), situation.cell(Cell(artifact, one))) for one in instances]
    found = [one.found_at for one in (image, configuration) if one is not None]
    return VersionShown(
        label=shelf.label(version),
        version=full(version),
        digest=version.digest,
        commit=version.commit,
        tags=image.tags if image else (),
        source_commit=image.source_commit if image else None,
        subject=configuration.subject if configuration else "",
        author=configuration.author if configuration else "",
        built_at=image.built_at if image else None,
        found_at=max(found, default=None),
        stands_in=tuple(name for name, state in cells if state.standing == version),
        verified_in=tuple(name for name, state in cells if version in state.verified),
        quarantined=quarantine.reason if quarantine else None,
        taken_back=f"{taken[-1].instance} by {taken[-1].by}: {taken[-1].reason}" if taken else None,
    )
