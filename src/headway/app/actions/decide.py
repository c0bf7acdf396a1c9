"""Decide: make a promotion's content, and record it before it is pushed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from headway.app.actions.render import manifest, not_rendered
from headway.app.actions.unmet import unmet_by
from headway.app.desk import Desk
from headway.app.instance_folder import LockedFolder, empty_folder, read_folder_at
from headway.domain.errors import Conflict, UsageError
from headway.domain.facts import Change, NewFact, PromotionDecided, PromotionKind
from headway.domain.facts.fact import HEADWAY, Actor
from headway.domain.lock import LockEntry
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.plan import plan_cell, plan_instance
from headway.domain.plan.actions import Decide, PassNoChange
from headway.domain.promotion_id import promotion_id
from headway.domain.situation import Situation


async def decide(desk: Desk, action: Decide) -> None:
    """Decide what the plan asks for, if it still asks for it once the manifests are made."""
    try:
        body = await prepare(desk, action)
    except UsageError as error:
        await _set_aside(desk, action, error)
        return

    artifacts = [change.artifact for change in action.changes]
    await record_decision(desk, action, body, still_wanted(desk, action, artifacts))


def still_wanted(
    desk: Desk, action: Decide | PassNoChange, artifacts: Sequence[ArtifactName]
) -> Callable[[Situation], bool]:
    """Give what says whether an action is still asked for, once these artifacts are planned anew."""

    def is_wanted(situation: Situation) -> bool:
        # Facts may have come since the plan was made that it has not taken in yet.
        cells = [Cell(artifact, action.instance) for artifact in artifacts]
        fresh = {cell.artifact: plan_cell(situation, cell, desk.now) for cell in cells}
        plans = {**desk.planner.cell_plans(action.instance), **fresh}
        return action in plan_instance(situation, action.instance, plans, desk.now).actions

    return is_wanted


async def record_decision(
    desk: Desk,
    action: Decide,
    body: PromotionDecided,
    only_if: Callable[[Situation], bool],
    *,
    also: Sequence[NewFact] = (),
) -> bool:
    """Record a decision, and what belongs to it, if `only_if` still holds; say whether it was recorded."""
    actor = HEADWAY if action.asked_by is None else Actor(f"person:{action.asked_by}")
    decision = desk.fact(body, reason=action.reason, actor=actor)
    return await desk.recorder.record([*also, decision], only_if=only_if)


async def prepare(desk: Desk, action: Decide) -> PromotionDecided:
    """Make everything that the promotion's commit will hold.

    Raises:
        UsageError: a version's manifests are at fault.
        Conflict: the branch is not where the situation has it; it is compared first.
    """
    manifests, _ = desk.repository_of(action.instance)
    branch = f"environments/{desk.environment_of(action.instance)}"
    tip = desk.pusher_of(action.instance).tips.get(branch)
    state = desk.situation.instance(action.instance)
    folder = await read_folder_at(manifests, tip, action.instance)
    if (folder.id if folder else None) != state.folder:
        raise Conflict(
            "branch-moved",
            f"{branch} does not hold what Headway last saw of {action.instance}",
            why="it moved meanwhile",
            next_step="Headway compares it and decides anew",
        )
    changes = [await _made(desk, action, change) for change in action.changes]
    goes_back = action.kind in (PromotionKind.ROLLBACK, PromotionKind.WITHDRAWAL)
    promotion = promotion_id(action.instance, changes, state.deployment)
    after = changed(folder or empty_folder(desk.situation.estate, action.instance), changes).named(promotion)
    return PromotionDecided(
        promotion_id=promotion,
        instance=action.instance,
        kind=action.kind,
        changes=tuple(changes),
        folder=after.id,
        previous=state.deployment,
        supersedes=action.supersedes,
        asked_by=action.asked_by,
        unmet=await unmet_by(desk, action.instance, changes) if goes_back else (),
    )


def changed(folder: LockedFolder, changes: Sequence[Change]) -> LockedFolder:
    """Give an instance's folder with changes made."""
    for change in changes:
        name = change.artifact.artifact
        if change.after is None or change.manifests is None:
            folder = folder.without(name)
        else:
            entry = LockEntry(
                digest=change.after.digest, commit=change.after.commit, reference=change.reference
            )
            folder = folder.with_entry(name, entry, change.manifests)
    return folder


async def _made(desk: Desk, action: Decide, change: Change) -> Change:
    if change.after is None:
        return change
    cell = Cell(change.artifact, action.instance)
    deployed = desk.situation.cell(cell).deployed.get(change.after)
    if deployed is not None and action.kind in (PromotionKind.ROLLBACK, PromotionKind.WITHDRAWAL):
        # What ran here before needs no rendering, no registry and no `main`.
        return replace(change, manifests=deployed.manifests, reference=deployed.reference)
    made = await manifest(desk, cell, change.after)
    return replace(change, manifests=made.tree, reference=made.reference)


async def _set_aside(desk: Desk, action: Decide, error: UsageError) -> None:
    """A version that does not render is set aside by its name; the plan goes on without it."""
    facts = []
    for change in action.changes:
        if change.after is not None and await _is_at_fault(desk, action.instance, change):
            body = not_rendered(Cell(change.artifact, action.instance), change.after, error)
            facts.append(desk.fact(body))
    await desk.record(*facts)


async def _is_at_fault(desk: Desk, instance: InstanceName, change: Change) -> bool:
    if change.after is None:
        return False
    try:
        await manifest(desk, Cell(change.artifact, instance), change.after)
    except UsageError:
        return True
    return False
