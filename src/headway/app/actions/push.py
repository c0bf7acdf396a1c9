"""Push: bring a decided promotion, or what stops, to its branch, and record what the remote then holds."""

from headway.app.actions.decide import changed
from headway.app.commit_text import AUTHOR, promotion_message, stops_message
from headway.app.desk import Desk
from headway.app.instance_folder import LockedFolder, branch_of, empty_folder, folder_of, read_folder_at
from headway.app.lock_text import write_lock
from headway.app.ports import NewCommit, PushResult
from headway.app.stops_text import stops_edits
from headway.domain.errors import Conflict, UsageError
from headway.domain.facts import PromotionLanded, PromotionLost, StopsLanded
from headway.domain.names import CommitId, InstanceName, TreeId
from headway.domain.plan.actions import Push, WriteStops
from headway.domain.plan.stops import fingerprint
from headway.domain.situation.records import Underway


async def push(desk: Desk, action: Push) -> None:
    """Push a promotion; its content is made again from what was decided, so it is the same after a crash.

    Raises:
        Transient: the remote is away: what it holds is compared before it is tried again.
        Conflict: it is there already: that is compared.
    """
    state = desk.situation.instance(action.instance)
    mine = next((one for one in state.underway if one.promotion_id == action.promotion_id), None)
    if mine is None or mine.landed_at is not None:
        return
    manifests, _ = desk.repository_of(action.instance)
    branch = branch_of(desk.environment_of(action.instance))
    written = fingerprint(desk.situation, action.instance, desk.now)
    is_there = False

    async def build(tip: CommitId | None) -> NewCommit | str:
        if all(
            one.promotion_id != mine.promotion_id for one in desk.situation.instance(action.instance).underway
        ):
            return "it was dropped"
        folder = await read_folder_at(manifests, tip, action.instance)
        found = folder.id if folder is not None else None
        if found == mine.folder:
            nonlocal is_there
            is_there = True
            return "it is there already"
        if found != state.folder:
            # What other hands did must not be gone with the manifests that this promotion replaces.
            return "the instance's folder is not the one that was decided on"
        before = folder or empty_folder(desk.situation.estate, action.instance)
        after = changed(before, mine.changes).named(mine.promotion_id)
        if after.id != mine.folder:
            return "the instance's folder is not the one that was decided on"
        return _commit(desk, action.instance, mine, after)

    try:
        pushed = await desk.pusher_of(action.instance).push(branch, action.instance, build)
    except UsageError as error:
        # Its manifests are gone with a clone that was made anew, say: the plan makes them again.
        await _not_landed(desk, action.instance, mine, f"{error.what}: {error.why}")
        return
    if is_there:
        raise _there_already(branch, mine)
    if pushed.result is PushResult.LANDED and pushed.commit is not None:
        await landed(desk, action.instance, mine, pushed.commit, stops=written)
    else:
        await _not_landed(desk, action.instance, mine, pushed.words)


def _there_already(branch: str, promotion: Underway) -> Conflict:
    return Conflict(
        "branch-moved",
        f"{branch} holds {promotion.promotion_id} already",
        why="an earlier push of it arrived, and the answer did not",
        next_step="Headway compares the branch",
    )


async def landed(
    desk: Desk, instance: InstanceName, promotion: Underway, commit: CommitId, *, stops: str | None = None
) -> None:
    """Record that a promotion was seen on the remote, once, and hint to the engine."""
    facts = [
        desk.fact(PromotionLanded(promotion_id=promotion.promotion_id, instance=instance, commit=commit))
    ]
    if stops is not None and stops != desk.situation.instance(instance).stops_written:
        facts.append(desk.fact(StopsLanded(instance=instance, fingerprint=stops)))
    recorded = await desk.recorder.record(
        facts,
        only_if=lambda situation: any(
            one.promotion_id == promotion.promotion_id and one.landed_at is None
            for one in situation.instance(instance).underway
        ),
    )
    if recorded:
        environment = desk.environment_of(instance)
        await desk.engine_of(environment).ask(environment, commit)


async def _not_landed(desk: Desk, instance: InstanceName, promotion: Underway, words: str) -> None:
    await desk.recorder.record(
        [
            desk.fact(
                PromotionLost(promotion_id=promotion.promotion_id, instance=instance, why=words or "refused")
            )
        ],
        only_if=lambda situation: any(
            one.promotion_id == promotion.promotion_id and one.landed_at is None
            for one in situation.instance(instance).underway
        ),
    )


def _commit(desk: Desk, instance: InstanceName, promotion: Underway, after: LockedFolder) -> NewCommit:
    folder = folder_of(instance)
    edits: dict[str, bytes | TreeId | None] = {f"{folder}/lock.yaml": write_lock(after.lock)}
    for change in promotion.changes:
        edits[f"{folder}/manifests/{change.artifact.artifact}"] = change.manifests
    edits |= stops_edits(desk.situation, instance, desk.now)
    return NewCommit(
        edits=edits,
        message=promotion_message(desk.situation, instance, promotion),
        author=AUTHOR,
        at=promotion.decided_at,
    )


async def write_stops(desk: Desk, action: WriteStops) -> None:
    """Write holds and quarantines to the branch, in a commit of their own.

    Raises:
        Transient: the remote is away; the stops bind all the same, and are written when it is back.
    """
    branch = branch_of(desk.environment_of(action.instance))
    manifests, _ = desk.repository_of(action.instance)
    state = desk.situation.instance(action.instance)

    async def build(tip: CommitId | None) -> NewCommit | str:
        folder = await read_folder_at(manifests, tip, action.instance)
        if folder is None or folder.id != state.folder:
            return "the instance's folder is not the one that Headway last wrote"
        edits: dict[str, bytes | TreeId | None] = {}
        edits |= stops_edits(desk.situation, action.instance, desk.now)
        message = stops_message(desk.situation, action.instance, action.fingerprint)
        return NewCommit(edits=edits, message=message, author=AUTHOR, at=desk.now)

    pushed = await desk.pusher_of(action.instance).push(branch, action.instance, build)
    if pushed.result is PushResult.LANDED:
        await desk.record(desk.fact(StopsLanded(instance=action.instance, fingerprint=action.fingerprint)))
