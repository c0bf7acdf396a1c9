"""Interrupt: have the engine give up an older lock, and record it if it was busy with one."""

from headway.app.desk import Desk
from headway.domain.facts import DeploymentInterrupted
from headway.domain.plan.actions import Interrupt
from headway.domain.situation import Situation


async def interrupt(desk: Desk, action: Interrupt) -> None:
    """Ask the engine; asked again it does nothing more.

    Raises:
        Transient: `engine-away`, `engine-denied`: it is wanted again.
    """
    engine = desk.engine_of(desk.environment_of(action.instance))
    gave_up = await engine.interrupt(action.instance)
    if not gave_up and not action.is_last:
        return

    def waits(situation: Situation) -> bool:
        return any(
            one.promotion_id == action.promotion_id and one.interrupted_at is None
            for one in situation.instance(action.instance).underway
        )

    body = DeploymentInterrupted(promotion_id=action.promotion_id, instance=action.instance, gave_up=gave_up)
    await desk.recorder.record([desk.fact(body)], only_if=waits)
