"""Roll back: give one artifact of one or several instances its last good version again (rule 6)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from headway.app.actions.decide import prepare, record_decision
from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.app.ports import Presence
from headway.domain.errors import Refused, Transient, UsageError
from headway.domain.facts import Change, HoldPlaced, PromotionDecided, PromotionKind, PromotionLost
from headway.domain.facts.fact import Actor
from headway.domain.names import ArtifactName, Cell, InstanceName, PromotionId, Version
from headway.domain.permissions import Verb
from headway.domain.plan.actions import Decide
from headway.domain.rollback import last_good
from headway.domain.situation import Situation

_ASKS_REGISTRY_FOR = timedelta(seconds=1.5)
"""A rollback works while the registry is away, so it does not wait for it."""
_WAITS_FOR_PUSH = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """A rollback that was decided, or would be."""

    instance: InstanceName
    artifact: ArtifactName
    promotion_id: PromotionId
    before: str
    after: str | None
    """None: it had no last good version there and is taken out."""
    hold_id: str
    jobs: tuple[str, ...]
    """Jobs of the version that comes back: they run again."""
    others: tuple[InstanceName, ...]
    """Instances of the same wave where the version landed already: it stays there until asked for too."""
    dropped: tuple[InstanceName, ...]
    """Instances of the same wave where it was about to go, and does not."""
    unmet: tuple[str, ...]
    """The standards that what comes back does not meet: they stop no rollback."""


async def roll_back(
    desk: Desk,
    who: str,
    artifact: ArtifactName,
    instances: Sequence[InstanceName],
    *,
    to: Version | None = None,
    reason: str,
    dry_run: bool = False,
) -> tuple[RolledBack, ...]:
    """Roll an artifact back in each of the instances, each with a hold in the same commit.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`, `nothing-runs`, `runs-already`.
        Refused: `instance-touched`, `digest-gone`.
        Transient: `promotion-on-its-way`: Git has not said yet what became of a promotion.
    """
    for instance in instances:
        require(desk.situation, who, Verb.ROLL_BACK, f"{artifact} in {instance}")
    words = require_reason(reason) if not dry_run else reason
    return tuple(
        [
            await _roll_back_one(desk, who, Cell(artifact, one), to=to, reason=words, dry_run=dry_run)
            for one in instances
        ]
    )


async def _roll_back_one(
    desk: Desk, who: str, cell: Cell, *, to: Version | None, reason: str, dry_run: bool
) -> RolledBack:
    artifact, instance = cell
    await _until_nothing_is_on_its_way(desk, instance)
    running = _running(desk, cell)
    target = to if to is not None else last_good(desk.situation, cell)
    if target == running:
        raise UsageError(
            "runs-already",
            f"{desk.situation.shelf(artifact).label(running)} is what {instance} runs",
            why="its lock file names it",
            next_step="name another version with --to",
        )
    await _refuse_gone(desk, cell, target)
    action = Decide(
        instance=instance,
        kind=PromotionKind.ROLLBACK,
        changes=(Change(artifact=artifact, before=running, after=target),),
        reason=reason,
        asked_by=who,
    )
    body = await prepare(desk, action)
    others, dropped = _siblings(desk, artifact, instance, running)
    label = desk.situation.shelf(artifact).label
    result = RolledBack(
        instance=instance,
        artifact=artifact,
        promotion_id=body.promotion_id,
        before=label(running),
        after=label(target) if target else None,
        hold_id=f"{body.promotion_id}-{artifact.artifact}",
        jobs=await _jobs(desk, instance, body),
        others=others,
        dropped=dropped,
        unmet=body.unmet,
    )
    if not dry_run:
        await _record(desk, action, body, result)
    return result


async def _jobs(desk: Desk, instance: InstanceName, body: PromotionDecided) -> tuple[str, ...]:
    """Find the Jobs among the manifests that come back."""
    manifests, _ = desk.repository_of(instance)
    trees = [change.manifests for change in body.changes if change.manifests is not None]
    files = [name for tree in trees for name in await manifests.read_tree(tree)]
    return tuple(sorted(name.removesuffix(".yaml") for name in files if name.startswith("job-")))


async def _record(desk: Desk, action: Decide, body: PromotionDecided, result: RolledBack) -> None:
    """Record the hold and the decision together, and drop what was about to follow elsewhere."""
    actor = Actor(f"person:{action.asked_by}")
    hold = HoldPlaced(
        hold_id=result.hold_id,
        instance=result.instance,
        artifact=result.artifact.artifact,
        owner=action.asked_by or "",
    )
    also = [desk.fact(hold, reason=f"rolled back: {action.reason}", actor=actor)]
    for other in result.dropped:
        for one in desk.situation.instance(other).underway:
            if one.landed_at is None and result.artifact in one.artifacts:
                lost = PromotionLost(
                    promotion_id=one.promotion_id, instance=other, why=f"taken back in {result.instance}"
                )
                also.append(desk.fact(lost, actor=actor))

    def is_unchanged(situation: Situation) -> bool:
        return situation.instance(result.instance).deployment == body.previous

    if not await record_decision(desk, action, body, is_unchanged, also=also):
        raise Transient(
            "promotion-on-its-way",
            f"{result.instance} changed while the rollback was made",
            why="another promotion landed meanwhile",
            next_step="ask again",
        )


def _running(desk: Desk, cell: Cell) -> Version:
    touched = desk.situation.instance(cell.instance).touched
    if touched is not None:
        raise Refused(
            "instance-touched",
            f"{cell.instance} was changed by other hands",
            why=f"{touched.author}: {touched.words}",
            next_step="revert that commit on the environment branch, then roll back",
        )
    running = desk.situation.cell(cell).locked
    if running is None:
        raise UsageError(
            "nothing-runs",
            f"{cell.artifact} does not run in {cell.instance}",
            why="its lock file does not name it",
            next_step="see `headway status`",
        )
    return running


async def _refuse_gone(desk: Desk, cell: Cell, target: Version | None) -> None:
    """Refuse a digest that its registry says is gone; a registry that is away stops no rollback."""
    if target is None or target.digest is None:
        return
    deployed = desk.situation.cell(cell).deployed.get(target)
    environment = desk.situation.environment_of(cell.instance)
    estate = desk.situation.estate
    if deployed is None or deployed.reference is None or environment is None or estate is None:
        return
    platform = estate.environments[environment].platform
    try:
        async with asyncio.timeout(_ASKS_REGISTRY_FOR.total_seconds()):
            seen = await desk.outside.registry.presence(deployed.reference, platform)
    except TimeoutError:
        return
    if seen.presence is Presence.ABSENT:
        raise Refused(
            "digest-gone",
            f"{desk.situation.shelf(cell.artifact).label(target)} cannot run in {cell.instance} again",
            why=f"{deployed.reference}: {seen.words}",
            next_step="push the image again, or name another version with --to",
        )


def _siblings(
    desk: Desk, artifact: ArtifactName, instance: InstanceName, version: Version
) -> tuple[tuple[InstanceName, ...], tuple[InstanceName, ...]]:
    index = desk.situation.wave_index(instance)
    if index is None:
        return (), ()
    wave = desk.situation.lane(instance.application)[index]
    landed: list[InstanceName] = []
    dropped: list[InstanceName] = []
    for other in desk.situation.wave_instances(instance.application, wave):
        if other == instance:
            continue
        if (desk.situation.instance(other).lock or {}).get(artifact.artifact) == version:
            landed.append(other)
        for one in desk.situation.instance(other).underway:
            heads_there = any(c.artifact == artifact and c.after == version for c in one.changes)
            if one.landed_at is None and heads_there:
                pushing = desk.pusher_of(other).is_pushing(other)
                (landed if pushing else dropped).append(other)
    return tuple(landed), tuple(dropped)


async def _until_nothing_is_on_its_way(desk: Desk, instance: InstanceName) -> None:
    """A decided promotion lands or is lost within a moment; until then nobody knows what runs."""
    deadline = desk.now + _WAITS_FOR_PUSH
    while any(one.landed_at is None for one in desk.situation.instance(instance).underway):
        if not await desk.recorder.changed(desk.outside.clock, deadline):
            raise Transient(
                "promotion-on-its-way",
                f"a promotion into {instance} is on its way",
                why="Git has not said yet whether it landed",
                next_step="ask again once Git answers; see `headway why`",
            )
