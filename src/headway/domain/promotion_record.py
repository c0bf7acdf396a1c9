"""One promotion's life in one record: what `history` shows. A pure fold over the facts about it."""

from dataclasses import dataclass, replace
from datetime import datetime

from headway.domain.facts import (
    Actor,
    Change,
    Fact,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    PromotionLanded,
    PromotionLost,
)
from headway.domain.names import CommitId, InstanceName, PromotionId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRecord:
    """A promotion from its decision to its end."""

    promotion_id: PromotionId
    sequence: int
    """Of the fact that decided it, the newest if it was lost and decided again: the order of history."""
    instance: InstanceName
    kind: PromotionKind
    changes: tuple[Change, ...]
    actor: Actor
    reason: str
    asked_by: str | None
    """The person who asked; None: the plan alone."""
    decided_at: datetime
    landed_at: datetime | None = None
    """None: not seen on the remote branch."""
    commit: CommitId | None = None
    outcome: Outcome | None = None
    """None: no verdict yet, or it was lost."""
    ended_at: datetime | None = None
    """When it got its outcome or was lost; None: neither yet."""
    lost: str | None = None
    """Why it never reached the branch; None: it did, or still may."""


PromotionFact = PromotionDecided | PromotionLanded | PromotionLost | PromotionEnded
"""The facts that change a record."""


def evolve_record(record: PromotionRecord | None, fact: Fact) -> PromotionRecord | None:
    """Fold one fact about a promotion into its record.

    `record` is that of the same promotion, None if there is none. Gives None where nothing was ever decided:
    a promotion that an earlier ledger knew.
    """
    body, at = fact.body, fact.happened_at
    if isinstance(body, PromotionDecided):
        return PromotionRecord(
            promotion_id=body.promotion_id,
            sequence=fact.sequence,
            instance=body.instance,
            kind=body.kind,
            changes=body.changes,
            actor=fact.actor,
            reason=fact.reason,
            asked_by=body.asked_by,
            decided_at=at,
        )
    if record is None:
        return None
    match body:
        case PromotionLanded():
            return replace(record, landed_at=at, commit=body.commit, lost=None)
        case PromotionLost():
            return replace(record, lost=body.why, ended_at=at)
        case PromotionEnded():
            return replace(record, outcome=body.outcome, ended_at=at)
        case _:
            return record
