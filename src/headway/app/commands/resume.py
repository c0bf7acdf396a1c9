"""Resume: lift holds, after saying what that would let in."""

from dataclasses import dataclass
from datetime import datetime

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.domain.errors import UsageError
from headway.domain.facts import Fact, HoldLifted
from headway.domain.facts.fact import Actor
from headway.domain.gates.hold import holds_in_force
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.permissions import Verb
from headway.domain.plan import plan_cell
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.situation import Situation, evolve


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """A version that would go, or went, when a hold is lifted."""

    artifact: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Holds that were lifted, or would be."""

    instance: InstanceName
    lifted: tuple[str, ...]
    owners: tuple[str, ...]
    lets_in: tuple[LetIn, ...]
    still_held: tuple[str, ...]
    """Other holds on the instance that stay."""


async def resume(
    desk: Desk,
    who: str,
    instance: InstanceName,
    *,
    artifact: str | None = None,
    reason: str,
    dry_run: bool = False,
) -> Resumed:
    """Lift the holds of an instance: all of them, or those on one artifact.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`, `nothing-held`.
    """
    require(desk.situation, who, Verb.RESUME, str(instance))
    words = require_reason(reason) if not dry_run else reason
    holds = [
        one
        for one in holds_in_force(desk.situation, instance, None, desk.now)
        if artifact is None or one.artifact == artifact
    ]
    if not holds:
        raise UsageError(
            "nothing-held",
            f"{instance} has no such hold",
            why=f"nothing holds {artifact or 'it'} there",
            next_step="see `headway status`",
        )
    bodies = [HoldLifted(hold_id=one.hold_id, instance=instance) for one in holds]
    lets_in = _lets_in(desk, instance, bodies)
    if not dry_run:
        actor = Actor(f"person:{who}")
        await desk.record(*(desk.fact(body, reason=words, actor=actor) for body in bodies))
    lifted = {one.hold_id for one in holds}
    rest = [
        one for one in holds_in_force(desk.situation, instance, None, desk.now) if one.hold_id not in lifted
    ]
    return Resumed(
        instance=instance,
        lifted=tuple(sorted(lifted)),
        owners=tuple(sorted({one.owner for one in holds})),
        lets_in=lets_in,
        still_held=tuple(one.hold_id for one in rest),
    )


def _lets_in(desk: Desk, instance: InstanceName, bodies: list[HoldLifted]) -> tuple[LetIn, ...]:
    """Plan the instance's cells as if the holds were lifted: the same gates, nothing recorded."""
    imagined: Situation = desk.situation
    for body in bodies:
        fact = Fact(
            sequence=imagined.sequence,
            body=body,
            happened_at=desk.now,
            recorded_at=desk.now,
            actor=Actor("nobody"),
            reason="",
        )
        imagined = evolve(imagined, fact)
    return tuple(
        LetIn(artifact=str(artifact), version=imagined.shelf(artifact).label(version))
        for artifact, version in _goes(imagined, instance, desk.now)
    )


def _goes(situation: Situation, instance: InstanceName, now: datetime) -> list[tuple[ArtifactName, Version]]:
    """Give what would go: a first lock whole or not at all, else each artifact for itself."""
    if situation.instance(instance).lock is None:
        first = plan_first_lock(situation, instance, now)
        return [] if first.blocked else list(first.entries)
    plans = [
        plan_cell(situation, Cell(artifact, instance), now)
        for artifact in situation.artifacts_of(instance.application)
    ]
    return [(plan.cell.artifact, plan.takes) for plan in plans if plan.takes is not None]
