"""Folds of what verification said of a promotion, and of its end."""

from dataclasses import replace

from headway.domain.facts import (
    Change,
    Fact,
    NoChangePassed,
    Outcome,
    PromotionEnded,
    PromotionKind,
    VerificationEnded,
    VerificationStarted,
)
from headway.domain.names import Cell, Version
from headway.domain.situation.records import READY_KEPT, Soak, Turn, Underway, is_standing
from headway.domain.situation.situation import Situation
from headway.domain.situation.soaks import soaking, stopped
from headway.domain.situation.underways import with_underway, without_underway

_NEXT_TURN = {
    Turn.NEWEST_TWO: Turn.DIGEST_FIRST,
    Turn.DIGEST_FIRST: Turn.COMMIT_SECOND,
    Turn.COMMIT_SECOND: Turn.NEWEST_TWO,
}


def verification_started(situation: Situation, _: Fact, body: VerificationStarted) -> Situation:
    """An attempt runs."""
    return with_underway(
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
    return with_underway(
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
    there = without_underway(situation, body.instance, body.promotion_id)
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
    there = situation.with_cell(
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
        there = there.with_instance(cell.instance, replace(instance, never_verified=left))
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
    there = situation.with_cell(cell, state)
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
    there = situation.with_cell(
        cell,
        replace(
            state,
            standing=body.version,
            soak=state.soak.set(body.version, state.soak.get(body.before, Soak())),
            asked=None if state.asked and state.asked.version == body.version else state.asked,
        ),
    )
    return _verified(there, fact, cell, body.version)
