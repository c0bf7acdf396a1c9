"""Preview: the commit that a promotion would make now, made up to its message and pushed nowhere."""

from dataclasses import dataclass

from headway.app.actions.decide import prepare
from headway.app.actions.judge_standards import weighed_now
from headway.app.commit_text import promotion_message
from headway.app.desk import Desk
from headway.app.queries.standards import FindingShown, shown
from headway.domain.facts import Change, PromotionKind
from headway.domain.gates.judged import asked_of
from headway.domain.names import Cell, PromotionId, TreeId, Version
from headway.domain.plan.actions import Decide
from headway.domain.situation.records import Underway


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitPreview:
    """A commit as it would be made."""

    branch: str
    promotion_id: PromotionId
    message: str
    """With its trailers."""
    paths: tuple[str, ...]
    """What it would change on the branch."""
    standards: tuple[FindingShown, ...]
    """What of the standards it does not meet, waived or not."""


async def preview(desk: Desk, who: str, cell: Cell, version: Version, reason: str) -> CommitPreview:
    """Make the promotion of a version into an instance, without recording or pushing it.

    Raises:
        UsageError: the version's manifests are at fault.
        Conflict: `branch-moved`.
    """
    action = Decide(
        instance=cell.instance,
        kind=PromotionKind.PROMOTION,
        changes=(Change(artifact=cell.artifact, before=desk.situation.cell(cell).locked, after=version),),
        reason=reason,
        asked_by=who,
    )
    body = await prepare(desk, action)
    promotion = Underway(
        promotion_id=body.promotion_id,
        kind=body.kind,
        changes=body.changes,
        folder=body.folder,
        previous=body.previous,
        decided_at=desk.now,
        reason=reason,
        actor=f"person:{who}",
        asked_by=who,
    )
    folder = f"{cell.instance.application}/{cell.instance.instance}"
    return CommitPreview(
        branch=f"environments/{desk.environment_of(cell.instance)}",
        promotion_id=body.promotion_id,
        message=promotion_message(desk.situation, cell.instance, promotion),
        paths=(f"{folder}/lock.yaml", f"{folder}/manifests/{cell.artifact.artifact}/"),
        standards=await _found(desk, cell, version, body.changes[0].manifests),
    )


async def _found(
    desk: Desk, cell: Cell, version: Version, manifests: TreeId | None
) -> tuple[FindingShown, ...]:
    if manifests is None or not asked_of(desk.situation, cell.instance):
        return ()
    return shown(await weighed_now(desk, cell, version, manifests))
