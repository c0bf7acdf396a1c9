"""History: promotions from the newest back, with versions as people name them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headway.app.desk import Desk
from headway.domain.names import ArtifactName, CommitId, InstanceName, PromotionId, Version
from headway.domain.promotion_record import PromotionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShown:
    """One artifact's step."""

    artifact: ArtifactName
    before: str | None
    """None: it was not in the lock file."""
    after: str | None
    """None: it was taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionShown:
    """One promotion from its decision to its end."""

    promotion_id: PromotionId
    sequence: int
    """Give it as `before` to get the page that follows."""
    instance: InstanceName
    kind: str
    changes: tuple[ChangeShown, ...]
    by: str
    """The person who asked, or ``headway``."""
    reason: str
    decided_at: datetime
    landed_at: datetime | None
    commit: CommitId | None
    outcome: str
    """``verified``, ``failed``, ``withdrawn``, ``left``, ``replaced``, ``lost`` or ``under way``."""
    ended_at: datetime | None
    lost: str | None


def history(desk: Desk, records: Sequence[PromotionRecord]) -> tuple[PromotionShown, ...]:
    """Show records as a page of history, in their order."""
    return tuple(_shown(desk, one) for one in records)


def _shown(desk: Desk, record: PromotionRecord) -> PromotionShown:
    return PromotionShown(
        promotion_id=record.promotion_id,
        sequence=record.sequence,
        instance=record.instance,
        kind=record.kind.value,
        changes=tuple(
            ChangeShown(
                artifact=one.artifact,
                before=_label(desk, one.artifact, one.before),
                after=_label(desk, one.artifact, one.after),
            )
            for one in record.changes
        ),
        by=record.asked_by or "headway",
        reason=record.reason,
        decided_at=record.decided_at,
        landed_at=record.landed_at,
        commit=record.commit,
        outcome="lost" if record.lost else (record.outcome.value if record.outcome else "under way"),
        ended_at=record.ended_at,
        lost=record.lost,
    )


def _label(desk: Desk, artifact: ArtifactName, version: Version | None) -> str | None:
    return desk.situation.shelf(artifact).label(version) if version else None
