"""Folds of a promotion's way to its branch: decided, landed or lost."""

from dataclasses import replace

from immutables import Map

from headway.domain.facts import (
    Change,
    Fact,
    PromotionDecided,
    PromotionKind,
    PromotionLanded,
    PromotionLost,
)
from headway.domain.names import Cell, InstanceName, Version
from headway.domain.situation.records import READY_KEPT, Deployed, Lost, Underway
from headway.domain.situation.situation import Situation
from headway.domain.situation.soaks import stopped
from headway.domain.situation.taken_backs import given_again, rolled_back
from headway.domain.situation.underways import without_underway


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
    there = situation.with_instance(body.instance, replace(state, underway=(*state.underway, underway)))
    for change in body.changes:
        there = _decided_change(there, fact, body, change)
    return there


def _decided_change(situation: Situation, fact: Fact, body: PromotionDecided, change: Change) -> Situation:
    cell = Cell(change.artifact, body.instance)
    state = situation.cell(cell)
    asked = None if state.asked and state.asked.version == change.after else state.asked
    situation = situation.with_cell(cell, replace(state, asked=asked, taken_at=fact.happened_at))
    if body.kind is PromotionKind.ROLLBACK:
        return rolled_back(situation, fact, body, change)
    if body.kind is PromotionKind.WITHDRAWAL:
        return situation
    if body.asked_by is not None and change.after is not None:
        situation = given_again(situation, change.artifact, change.after)
    return _admitted(situation, change, body.instance)


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
    there = situation.with_instance(
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
    return situation.with_cell(
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
    there = without_underway(situation, body.instance, body.promotion_id)
    if mine is None:
        return there
    entries = frozenset((change.artifact, change.after) for change in mine.changes)
    before = state.lost.get(entries)
    again = Lost(times=1 + (before.times if before else 0), at=fact.happened_at, words=body.why)
    state = there.instance(body.instance)
    return there.with_instance(body.instance, replace(state, lost=state.lost.set(entries, again)))
