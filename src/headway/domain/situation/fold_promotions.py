"""Folds of the facts on a promotion's way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from immutables import Map

from headway.domain.deployment import DeploymentState
from headway.domain.facts import (
    Change,
    Fact,
    NoChangePassed,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    PromotionLanded,
    PromotionLost,
    VerificationEnded,
    VerificationStarted,
)
from headway.domain.names import ArtifactName, Cell, InstanceName, PromotionId, Version
from headway.domain.situation.records import (
    CellState,
    Deployed,
    InstanceState,
    Lost,
    Soak,
    TakenBack,
    Turn,
    Underway,
    is_standing,
)
from headway.domain.situation.situation import Situation

_ILL = (DeploymentState.DEGRADED, DeploymentState.FAILED)

READY_KEPT = 500
"""How many versions with evidence a wave offers the next: enough for weeks behind a freeze."""

_NEXT_TURN = {
    Turn.NEWEST_TWO: Turn.DIGEST_FIRST,
    Turn.DIGEST_FIRST: Turn.COMMIT_SECOND,
    Turn.COMMIT_SECOND: Turn.NEWEST_TWO,
}


def decided(situation: Situation, fact: Fact, body: PromotionDecided) -> Situation:
    """Take a promotion under way."""
    underway = Underway(
        promotion_id=body.promotion_id,
        kind=body.kind,
        changes=body.changes,
        folder=body.folder,
        previous=body.previous,
        decided_at=fact.happened_at,
        reason=fact.reason,
        actor=fact.actor,
        asked_by=body.asked_by,
        unmet=body.unmet,
    )
    state = situation.instance(body.instance)
    there = _with_instance(situation, body.instance, replace(state, underway=(*state.underway, underway)))
    for change in body.changes:
        there = _decided_change(there, fact, body, change)
    return there


def _decided_change(situation: Situation, fact: Fact, body: PromotionDecided, change: Change) -> Situation:
    cell = Cell(change.artifact, body.instance)
    state = situation.cell(cell)
    asked = None if state.asked and state.asked.version == change.after else state.asked
    situation = _with_cell(situation, cell, replace(state, asked=asked, taken_at=fact.happened_at))
    if body.kind is PromotionKind.ROLLBACK:
        return _rolled_back(situation, fact, body, change)
    if body.kind is PromotionKind.WITHDRAWAL:
        return situation
    if body.asked_by is not None and change.after is not None:
        situation = _given_again(situation, change.artifact, change.after)
    return _admitted(situation, change, body.instance)


def _rolled_back(situation: Situation, fact: Fact, body: PromotionDecided, change: Change) -> Situation:
    cell = Cell(change.artifact, body.instance)
    state = situation.cell(cell)
    if body.asked_by is None:
        remedied = replace(state, remedies=(*state.remedies[-20:], fact.happened_at))
        return _with_cell(situation, cell, remedied)
    if change.before is None:
        return situation
    changes_digest = change.after is None or change.after.digest != change.before.digest
    taken = TakenBack(
        instance=body.instance,
        version=state.standing or change.before,
        whole_digest=changes_digest and change.before.digest is not None,
        by=body.asked_by,
        reason=fact.reason,
        at=fact.happened_at,
    )
    earlier = situation.taken_back.get(change.artifact, ())
    there = replace(situation, taken_back=situation.taken_back.set(change.artifact, (*earlier, taken)))
    return without_evidence(there, cell, taken)


def without_evidence(situation: Situation, cell: Cell, taken: TakenBack) -> Situation:
    """Withdraw the evidence of what was taken back from its cell."""
    state = situation.cell(cell)
    withdrawn = [version for version in state.verified if is_meant(situation, cell.artifact, taken, version)]
    verified = state.verified
    for version in withdrawn:
        verified = verified.delete(version)
    ready = tuple(version for version in state.ready if version not in withdrawn)
    return _with_cell(situation, cell, replace(state, verified=verified, ready=ready))


def is_meant(situation: Situation, artifact: ArtifactName, taken: TakenBack, version: Version) -> bool:
    """Say whether a version is what was taken back: it, what renders the same there, what has its digest.

    The last only where taking it back changed the digest.
    """
    if taken.whole_digest and taken.version.digest == version.digest:
        return True
    return situation.shelf(artifact).renders_same(taken.version, version, taken.instance)


def _given_again(situation: Situation, artifact: ArtifactName, version: Version) -> Situation:
    """A person promoted it: what was taken back of it is so no longer."""
    earlier = situation.taken_back.get(artifact, ())
    kept = tuple(taken for taken in earlier if not is_meant(situation, artifact, taken, version))
    if len(kept) == len(earlier):
        return situation
    return replace(situation, taken_back=situation.taken_back.set(artifact, kept))


def _admitted(situation: Situation, change: Change, instance: InstanceName) -> Situation:
    index = situation.wave_index(instance)
    if index is None or change.after is None:
        return situation
    wave = situation.lane(instance.application)[index].name
    state = situation.wave(change.artifact, wave)
    if state.admitted == change.after or _is_a_step(situation, change, state.admitted):
        return situation
    key = (change.artifact, wave)
    return replace(situation, waves=situation.waves.set(key, replace(state, admitted=change.after)))


def _is_a_step(situation: Situation, change: Change, admitted: Version | None) -> bool:
    """Say whether an instance only comes after its wave, where images change one at a time."""
    estate = situation.estate
    if admitted is None or change.after is None or estate is None or not estate.has_artifact(change.artifact):
        return False
    artifact = estate.applications[change.artifact.application].artifacts[change.artifact.artifact]
    newer = situation.shelf(change.artifact).is_newer(admitted, change.after)
    return artifact.one_image_at_a_time and newer


def landed(situation: Situation, fact: Fact, body: PromotionLanded) -> Situation:
    """Move the instance's lock on; attempts on the lock before it are void."""
    state = situation.instance(body.instance)
    mine = next((one for one in state.underway if one.promotion_id == body.promotion_id), None)
    if mine is None or mine.landed_at is not None:
        return situation
    lock = dict(state.lock or {})
    for change in mine.changes:
        if change.after is None:
            lock.pop(change.artifact.artifact, None)
        else:
            lock[change.artifact.artifact] = change.after
    underway = tuple(
        replace(one, landed_at=fact.happened_at, commit=body.commit)
        if one is mine
        else replace(one, verifying=None, verdict=None, results=(), healthy_at=None)
        for one in state.underway
    )
    first = {change.artifact.artifact for change in mine.changes if mine.kind is PromotionKind.FIRST_LOCK}
    there = _with_instance(
        situation,
        body.instance,
        replace(
            state,
            lock=lock,
            deployment=body.promotion_id,
            folder=mine.folder,
            commit=body.commit,
            underway=underway,
            health={},
            health_at=None,
            lost=Map(),
            never_verified=(state.never_verified | first) & frozenset(lock),
        ),
    )
    for change in mine.changes:
        there = _landed_change(there, fact, body.instance, change)
    return there


def _landed_change(situation: Situation, fact: Fact, instance: InstanceName, change: Change) -> Situation:
    cell = Cell(change.artifact, instance)
    state = situation.cell(cell)
    stays = state.stays if change.after is None else (*state.stays[-READY_KEPT:], change.after)
    return _with_cell(
        situation,
        cell,
        replace(
            state,
            standing=change.after,
            locked=change.after,
            stays=stays,
            deployed=_deployed(situation, cell, change),
            # Its last outcome here was another promotion's; this one is judged anew.
            outcomes=state.outcomes.delete(change.after)
            if change.after is not None and change.after in state.outcomes
            else state.outcomes,
            soak=state.soak if state.standing is None else stopped(state, state.standing, fact.happened_at),
        ),
    )


def _deployed(situation: Situation, cell: Cell, change: Change) -> Map[Version, Deployed]:
    known = situation.cell(cell).deployed
    if change.after is None or change.manifests is None:
        return known
    rendering = situation.shelf(cell.artifact).rendering(change.after, cell.instance)
    neutral = rendering.tree if rendering else None
    deployed = Deployed(manifests=change.manifests, reference=change.reference, neutral=neutral)
    return known.set(change.after, deployed)


def lost(situation: Situation, fact: Fact, body: PromotionLost) -> Situation:
    """Drop a promotion that did not reach the branch, and count how often that happened."""
    state = situation.instance(body.instance)
    mine = next((one for one in state.underway if one.promotion_id == body.promotion_id), None)
    there = _without(situation, body.instance, body.promotion_id)
    if mine is None:
        return there
    entries = frozenset((change.artifact, change.after) for change in mine.changes)
    before = state.lost.get(entries)
    again = Lost(times=1 + (before.times if before else 0), at=fact.happened_at, words=body.why)
    state = there.instance(body.instance)
    return _with_instance(there, body.instance, replace(state, lost=state.lost.set(entries, again)))


def verification_started(situation: Situation, _: Fact, body: VerificationStarted) -> Situation:
    """An attempt runs."""
    return _with_underway(
        situation,
        body.instance,
        body.promotion_id,
        lambda one: replace(
            one, attempts=body.attempt, verifying=body.deployment_id, verdict=None, results=()
        ),
    )


def verification_ended(situation: Situation, fact: Fact, body: VerificationEnded) -> Situation:
    """An attempt ended; one on a lock that is no longer the present one tells nothing."""
    if situation.instance(body.instance).deployment != body.deployment_id:
        return situation
    return _with_underway(
        situation,
        body.instance,
        body.promotion_id,
        lambda one: replace(
            one,
            verifying=None,
            verdict=body.verdict,
            results=body.results,
            attempted_at=fact.happened_at,
        ),
    )


def ended(situation: Situation, fact: Fact, body: PromotionEnded) -> Situation:
    """Close a promotion, and turn its verdict into evidence or the lack of it."""
    state = situation.instance(body.instance)
    mine = next((one for one in state.underway if one.promotion_id == body.promotion_id), None)
    there = _without(situation, body.instance, body.promotion_id)
    for artifact, version in body.verified:
        there = _verified(there, fact, Cell(artifact, body.instance), version)
    if mine is None or body.outcome is Outcome.REPLACED:
        return there
    for change in mine.changes:
        # What another promotion replaced meanwhile is judged by that one.
        if change.after is not None and is_standing(state, change):
            there = _ended_change(there, fact, body, mine, change)
    return there


def _verified(situation: Situation, fact: Fact, cell: Cell, version: Version) -> Situation:
    state = situation.cell(cell)
    soak = state.soak.get(version, Soak())
    running = soaking(situation, cell, soak, fact.happened_at)
    verified = state.verified
    if version not in verified:
        verified = verified.set(version, fact.happened_at)
    kept = tuple(one for one in state.ready if one != version)[-READY_KEPT:]
    there = _with_cell(
        situation,
        cell,
        replace(
            state,
            verified=verified,
            ready=(*kept, version),
            outcomes=state.outcomes.set(version, Outcome.VERIFIED),
            soak=state.soak.set(version, running) if state.standing == version else state.soak,
        ),
    )
    instance = there.instance(cell.instance)
    name = cell.artifact.artifact
    if name in instance.never_verified:
        left = instance.never_verified - {name}
        there = _with_instance(there, cell.instance, replace(instance, never_verified=left))
    return there


def _ended_change(
    situation: Situation, fact: Fact, body: PromotionEnded, mine: Underway, change: Change
) -> Situation:
    cell = Cell(change.artifact, body.instance)
    state = situation.cell(cell)
    version = change.after
    if version is None:
        return situation
    if body.outcome is not Outcome.VERIFIED:
        state = replace(
            state,
            outcomes=state.outcomes.set(version, body.outcome),
            verified=state.verified.delete(version) if version in state.verified else state.verified,
            ready=tuple(one for one in state.ready if one != version),
            soak=stopped(state, version, fact.happened_at),
        )
    else:
        state = replace(state, outcomes=state.outcomes.set(version, Outcome.VERIFIED))
    there = _with_cell(situation, cell, state)
    if mine.kind is not PromotionKind.PROMOTION:
        return there
    return _turned(there, body, change)


def _turned(situation: Situation, body: PromotionEnded, change: Change) -> Situation:
    """In the first wave a failed pair hands the turn on; a verified one gives it back to the newest two."""
    if situation.wave_index(body.instance) != 0:
        return situation
    wave = situation.lane(body.instance.application)[0].name
    state = situation.wave(change.artifact, wave)
    if body.outcome is Outcome.FAILED:
        state = replace(state, turn=_NEXT_TURN[state.turn], failed_in=body.instance)
    elif body.outcome is Outcome.VERIFIED:
        state = replace(state, turn=Turn.NEWEST_TWO)
    return replace(situation, waves=situation.waves.set((change.artifact, wave), state))


def no_change_passed(situation: Situation, fact: Fact, body: NoChangePassed) -> Situation:
    """Let the instance stand at a version that renders what runs; evidence and soak go over to it."""
    cell = Cell(body.artifact, body.instance)
    state = situation.cell(cell)
    there = _with_cell(
        situation,
        cell,
        replace(
            state,
            standing=body.version,
            soak=state.soak.set(body.version, state.soak.get(body.before, Soak())),
            asked=None if state.asked and state.asked.version == body.version else state.asked,
        ),
    )
    return _verified(there, fact, cell, body.version)


def stopped(state: CellState, version: Version, at: datetime) -> Map[Version, Soak]:
    """Stop a version's soak; what it has so far is kept."""
    soak = state.soak.get(version)
    if soak is None or soak.since is None:
        return state.soak
    return state.soak.set(version, Soak(total=soak.at(at), stood_since=at))


def soaking(situation: Situation, cell: Cell, soak: Soak, at: datetime) -> Soak:
    """Let a soak run on or stand still, as the instance's health is.

    It runs while its own artifact is seen healthy and no other one of the instance is ill. What is only
    starting again is not healthy; otherwise a crash loop would soak between its crashes.
    """
    health = situation.instance(cell.instance).health
    own = health.get(cell.artifact.artifact)
    well = own is not None and own.state is DeploymentState.HEALTHY
    if well and not any(seen.state in _ILL for seen in health.values()):
        return soak if soak.since is not None else Soak(total=soak.total, since=at)
    if soak.since is None and soak.stood_since is not None:
        return soak
    return Soak(total=soak.at(at), stood_since=at)


def _without(situation: Situation, instance: InstanceName, promotion_id: PromotionId) -> Situation:
    state = situation.instance(instance)
    underway = tuple(one for one in state.underway if one.promotion_id != promotion_id)
    return _with_instance(situation, instance, replace(state, underway=underway))


def _with_underway(
    situation: Situation,
    instance: InstanceName,
    promotion_id: PromotionId,
    change: Callable[[Underway], Underway],
) -> Situation:
    state = situation.instance(instance)
    underway = tuple(change(one) if one.promotion_id == promotion_id else one for one in state.underway)
    return _with_instance(situation, instance, replace(state, underway=underway))


def _with_instance(situation: Situation, name: InstanceName, state: InstanceState) -> Situation:
    return replace(situation, instances=situation.instances.set(name, state))


def _with_cell(situation: Situation, cell: Cell, state: CellState) -> Situation:
    return replace(situation, cells=situation.cells.set(cell, state))
