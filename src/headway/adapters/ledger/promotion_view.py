"""The view `promotions`: one row for each promotion, folded by `headway.domain.promotion_record`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from headway.adapters.ledger.codec import changes_codec, read_instant, write_instant
from headway.adapters.ledger.schema import fact_subjects, promotions
from headway.domain.facts import Actor, Fact, Outcome, PromotionKind
from headway.domain.names import CommitId, InstanceName, PromotionId
from headway.domain.promotion_record import PromotionFact, PromotionRecord, evolve_record

VERSION = "1"
"""Grows when the fold or the columns change: the view is then made anew."""


def record_promotion(connection: Connection, fact: Fact) -> None:
    """Fold a fact into the row of the promotion that it is about, if it is about one."""
    if not isinstance(fact.body, PromotionFact):
        return
    mine = promotions.c.promotion_id == fact.body.promotion_id
    row = connection.execute(select(promotions).where(mine)).first()
    record = evolve_record(_record(row) if row else None, fact)
    if record is not None:
        connection.execute(delete(promotions).where(mine))
        connection.execute(insert(promotions), _row(record))


def read_promotions(
    connection: Connection, subjects: Sequence[str], *, limit: int, before: int | None
) -> list[PromotionRecord]:
    """Give the newest promotions whose deciding fact is about all of `subjects`."""
    query = select(promotions).order_by(promotions.c.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(promotions.c.sequence < before)
    for subject in subjects:
        about = select(fact_subjects.c.sequence).where(fact_subjects.c.subject == subject)
        query = query.where(promotions.c.sequence.in_(about))
    return [_record(row) for row in connection.execute(query)]


def _row(record: PromotionRecord) -> dict[str, Any]:
    return {
        "promotion_id": record.promotion_id,
        "sequence": record.sequence,
        "instance": str(record.instance),
        "kind": record.kind.value,
        "changes": changes_codec().encode(record.changes),
        "actor": record.actor,
        "reason": record.reason,
        "asked_by": record.asked_by,
        "decided_at": write_instant(record.decided_at),
        "landed_at": _write(record.landed_at),
        "commit": record.commit,
        "outcome": record.outcome.value if record.outcome else None,
        "ended_at": _write(record.ended_at),
        "lost": record.lost,
    }


def _record(row: Row[Any]) -> PromotionRecord:
    return PromotionRecord(
        promotion_id=PromotionId(row.promotion_id),
        sequence=row.sequence,
        instance=InstanceName(*row.instance.split("/", 1)),
        kind=PromotionKind(row.kind),
        changes=changes_codec().decode(row.changes),
        actor=Actor(row.actor),
        reason=row.reason,
        asked_by=row.asked_by,
        decided_at=read_instant(row.decided_at),
        landed_at=_read(row.landed_at),
        commit=CommitId(row.commit) if row.commit else None,
        outcome=Outcome(row.outcome) if row.outcome else None,
        ended_at=_read(row.ended_at),
        lost=row.lost,
    )


def _write(instant: datetime | None) -> str | None:
    return write_instant(instant) if instant else None


def _read(text: str | None) -> datetime | None:
    return read_instant(text) if text else None
