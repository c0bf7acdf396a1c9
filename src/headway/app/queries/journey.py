"""A version's journey: where it came from, and what happened to it in each instance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headway.app.desk import Desk
from headway.app.naming import estate_instances
from headway.app.ports import Ledger, PromotionHistory
from headway.app.queries.progress import Arrival, Progress, progress
from headway.app.queries.versions import VersionShown, shown_version
from headway.domain.checks import CheckResult
from headway.domain.facts import VerificationEnded
from headway.domain.facts.subjects import about_promotion
from headway.domain.names import ArtifactName, Cell, CommitId, InstanceName, PromotionId, Version
from headway.domain.promotion_id import full
from headway.domain.promotion_record import PromotionRecord

MOST_PROMOTIONS = 500
"""How far back an artifact's promotions are looked through for those of one version."""
_MOST_FACTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One verification of it."""

    at: datetime
    attempt: int
    verdict: str
    results: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """One promotion that brought it into an instance."""

    promotion_id: PromotionId
    kind: str
    before: str | None
    """What ran there before; None: nothing did."""
    by: str
    reason: str
    decided_at: datetime
    landed_at: datetime | None
    commit: CommitId | None
    previous_commit: CommitId | None
    """What the instance stood at before it, where that is known: the other side of what it changed."""
    outcome: str
    ended_at: datetime | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """One instance on the way, in lane order."""

    instance: InstanceName
    wave: str
    region: str | None
    stands_here: bool
    progress: Progress
    promotions: tuple[Arriving, ...]
    """Newest first; empty: none brought it here, or longer ago than is looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The whole way of one version."""

    artifact: ArtifactName
    version: VersionShown
    source: str | None
    """The Git repository that builds its image, as `application.yaml` names it."""
    halts: tuple[Halt, ...]
    furthest: InstanceName | None
    """The last instance in lane order where it is verified; None: nowhere."""


async def journey(
    desk: Desk, history: PromotionHistory, ledger: Ledger, artifact: ArtifactName, version: Version
) -> Journey:
    """Tell a version's way through its lane."""
    records = await history.promotions(artifact=artifact, limit=MOST_PROMOTIONS)
    halts = [
        await _halt(desk, ledger, Cell(artifact, one), version, records)
        for one in estate_instances(desk.situation, artifact.application)
    ]
    reached = [one.instance for one in halts if one.progress.arrival is Arrival.VERIFIED]
    estate = desk.situation.estate
    image = estate.applications[artifact.application].artifacts[artifact.artifact].image if estate else None
    return Journey(
        artifact=artifact,
        version=shown_version(desk, artifact, version),
        source=image.source if image else None,
        halts=tuple(halts),
        furthest=reached[-1] if reached else None,
    )


async def _halt(
    desk: Desk, ledger: Ledger, cell: Cell, version: Version, records: Sequence[PromotionRecord]
) -> Halt:
    situation = desk.situation
    environment = desk.environment_of(cell.instance)
    index = situation.wave_index(cell.instance) or 0
    here = [one for one in records if one.instance == cell.instance]
    mine = [
        one for one in here if any(c.artifact == cell.artifact and c.after == version for c in one.changes)
    ]
    return Halt(
        instance=cell.instance,
        wave=situation.lane(cell.instance.application)[index].name,
        region=situation.estate.environments[environment].region if situation.estate else None,
        stands_here=situation.cell(cell).standing == version,
        progress=progress(desk, cell, full(version)),
        promotions=tuple([await _arriving(desk, ledger, cell, one, here) for one in mine]),
    )


async def _arriving(
    desk: Desk, ledger: Ledger, cell: Cell, record: PromotionRecord, here: Sequence[PromotionRecord]
) -> Arriving:
    before = next(one.before for one in record.changes if one.artifact == cell.artifact)
    earlier = [one for one in here if one.sequence < record.sequence and one.commit is not None]
    facts = await ledger.about(about_promotion(record.promotion_id), limit=_MOST_FACTS)
    return Arriving(
        promotion_id=record.promotion_id,
        kind=record.kind.value,
        before=desk.situation.shelf(cell.artifact).label(before) if before else None,
        by=record.asked_by or "headway",
        reason=record.reason,
        decided_at=record.decided_at,
        landed_at=record.landed_at,
        commit=record.commit,
        previous_commit=earlier[0].commit if earlier else None,
        outcome="lost" if record.lost else (record.outcome.value if record.outcome else "under way"),
        ended_at=record.ended_at,
        evidence=tuple(
            Evidence(
                at=fact.happened_at,
                attempt=fact.body.attempt,
                verdict=fact.body.verdict.value,
                results=fact.body.results,
            )
            for fact in reversed(facts)
            if isinstance(fact.body, VerificationEnded)
        ),
    )
