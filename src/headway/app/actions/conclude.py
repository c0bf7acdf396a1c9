"""Conclude: record how a promotion ended, with what follows from it, in one transaction."""

from headway.app.desk import Desk
from headway.domain.facts import HoldLifted, HoldPlaced, PromotionEnded, QuarantinePlaced
from headway.domain.plan.actions import Conclude, LiftHold
from headway.domain.situation import Situation


async def conclude(desk: Desk, action: Conclude) -> None:
    """Close a promotion; its quarantine and holds bind from the same instant."""

    def is_open(situation: Situation) -> bool:
        state = situation.instance(action.instance)
        return state.touched is None and any(
            one.promotion_id == action.promotion_id for one in state.underway
        )

    ended = PromotionEnded(
        promotion_id=action.promotion_id,
        instance=action.instance,
        outcome=action.outcome,
        verified=action.verified,
    )
    facts = [desk.fact(ended, reason=action.reason)]
    for artifact, version in action.quarantines:
        placed = QuarantinePlaced(artifact=artifact, version=version, instance=action.instance)
        facts.append(desk.fact(placed, reason=f"failed in {action.instance}: {action.reason}"))
    for name in action.holds:
        hold = HoldPlaced(
            hold_id=f"{action.promotion_id}-{name or 'all'}",
            instance=action.instance,
            artifact=name,
            owner="headway",
        )
        facts.append(desk.fact(hold, reason=action.reason))
    await desk.recorder.record(facts, only_if=is_open)


async def lift_hold(desk: Desk, action: LiftHold) -> None:
    """End a hold whose time has come."""
    body = HoldLifted(hold_id=action.hold_id, instance=action.instance)
    await desk.recorder.record(
        [desk.fact(body, reason="its time came")],
        only_if=lambda situation: action.hold_id in situation.instance(action.instance).holds,
    )
