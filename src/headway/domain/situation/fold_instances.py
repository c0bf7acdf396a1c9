"""Folds of the facts about an instance: what the engine sees, who touched it, what stops it."""

from dataclasses import replace
from datetime import datetime

from headway.domain.deployment import ArtifactHealth, DeploymentState
from headway.domain.facts import (
    Change,
    DeploymentInterrupted,
    DeploymentSeen,
    Fact,
    HoldLifted,
    HoldPlaced,
    InstanceFound,
    InstanceTouched,
    InstanceUntouched,
    PromotionKind,
    StopsLanded,
)
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.situation.records import (
    Deployed,
    Hold,
    InstanceState,
    Soak,
    TakenBack,
    Touched,
    Underway,
    is_standing,
)
from headway.domain.situation.situation import Situation
from headway.domain.situation.soaks import soaking, stopped
from headway.domain.situation.taken_backs import without_evidence
from headway.domain.situation.watching import watched_anew


def deployment_seen(situation: Situation, fact: Fact, body: DeploymentSeen) -> Situation:
    """Take the engine's view of the present lock; a view of any other lock tells nothing."""
    state = situation.instance(body.instance)
    if body.promotion_id != state.deployment:
        return situation
    health = {name: seen for name, seen in body.artifacts.items() if name in (state.lock or {})}
    if state.touched is not None:
        # It is shown; of our versions it tells nothing.
        return situation.with_instance(
            body.instance, replace(state, health=health, health_at=fact.happened_at)
        )
    underway = tuple(_noticed_healthy(state, one, health, fact.happened_at) for one in state.underway)
    there = replace(
        situation,
        instances=situation.instances.set(
            body.instance,
            replace(state, health=health, health_at=fact.happened_at, underway=underway),
        ),
    )
    for name in state.lock or {}:
        there = _soaked(there, Cell(ArtifactName(body.instance.application, name), body.instance), fact)
    return there


def deployment_interrupted(situation: Situation, fact: Fact, body: DeploymentInterrupted) -> Situation:
    """The engine gave way to a promotion: its clock counts from then."""
    state = situation.instance(body.instance)
    at = fact.happened_at
    underway = tuple(
        replace(one, interrupted_at=at, begins_at=at if body.gave_up else one.begins_at)
        if one.promotion_id == body.promotion_id
        else one
        for one in state.underway
    )
    return situation.with_instance(body.instance, replace(state, underway=underway))


def _noticed_healthy(
    state: InstanceState, one: Underway, health: dict[str, ArtifactHealth], at: datetime
) -> Underway:
    if one.landed_at is None:
        return one
    mine = [
        health.get(change.artifact.artifact)
        for change in one.changes
        if change.after is not None and is_standing(state, change)
    ]
    healthy = all(seen is not None and seen.state is DeploymentState.HEALTHY for seen in mine)
    if healthy and one.healthy_at is None:
        return replace(one, healthy_at=at)
    if not healthy and one.healthy_at is not None:
        return replace(one, healthy_at=None)
    return one


def _soaked(situation: Situation, cell: Cell, fact: Fact) -> Situation:
    state = situation.cell(cell)
    version = state.standing
    if version is None or version not in state.verified:
        return situation
    soak = state.soak.get(version, Soak())
    after = soaking(situation, cell, soak, fact.happened_at)
    if after == soak:
        return situation
    changed = replace(state, soak=state.soak.set(version, after))
    return situation.with_cell(cell, changed)


def found(situation: Situation, fact: Fact, body: InstanceFound) -> Situation:
    """Take an instance as rebuild read it from Git."""
    state = replace(
        situation.instance(body.instance),
        lock=dict(body.lock),
        deployment=body.promotion_id,
        folder=body.folder,
        commit=body.commit,
    )
    there = situation.with_instance(body.instance, state)
    for name, version in body.lock.items():
        artifact = ArtifactName(body.instance.application, name)
        cell = Cell(artifact, body.instance)
        earlier = tuple(old for of, old in body.earlier if of == artifact)
        verified = {seen for of, seen in body.verified if of == artifact}
        known = there.cell(cell)
        kept = known.verified.update(dict.fromkeys(verified, fact.happened_at))
        there = replace(
            there,
            cells=there.cells.set(
                cell,
                replace(
                    known,
                    standing=version,
                    locked=version,
                    stays=(*earlier, version),
                    deployed=known.deployed.update(
                        {
                            old: Deployed(manifests=tree, reference=reference)
                            for of, old, tree, reference in body.deployed
                            if of == artifact
                        }
                    ),
                    verified=kept,
                    # Evidence may name versions that passed here without a lock of their own.
                    ready=tuple(dict.fromkeys(seen for of, seen in body.verified if of == artifact)),
                    soak=known.soak.set(version, Soak(stood_since=fact.happened_at))
                    if version in verified
                    else known.soak,
                ),
            ),
        )
    unverified = frozenset(
        name
        for name, version in body.lock.items()
        if version
        not in there.cell(Cell(ArtifactName(body.instance.application, name), body.instance)).verified
    )
    there = there.with_instance(
        body.instance, replace(there.instance(body.instance), never_verified=unverified)
    )
    if unverified:
        there = _judged_anew(there, fact, body, unverified)
    for artifact, version in body.taken_back:
        there = _taken_back_again(there, fact, body.instance, artifact, version, whole_digest=True)
    for artifact, version in body.taken_back_alone:
        there = _taken_back_again(there, fact, body.instance, artifact, version, whole_digest=False)
    return there


def _judged_anew(
    situation: Situation, fact: Fact, body: InstanceFound, unverified: frozenset[str]
) -> Situation:
    """Judge what runs without evidence, like a first lock: without a commit, and never rolled back."""
    changes = tuple(
        Change(artifact=ArtifactName(body.instance.application, name), before=None, after=body.lock[name])
        for name in sorted(unverified)
    )
    judged = Underway(
        promotion_id=body.promotion_id,
        kind=PromotionKind.FIRST_LOCK,
        changes=changes,
        folder=body.folder,
        previous=None,
        decided_at=fact.happened_at,
        reason="found running when the ledger was rebuilt",
        actor=fact.actor,
        asked_by=None,
        landed_at=fact.happened_at,
        commit=body.commit,
    )
    state = situation.instance(body.instance)
    return situation.with_instance(body.instance, replace(state, underway=(judged,)))


def _taken_back_again(
    situation: Situation,
    fact: Fact,
    instance: InstanceName,
    artifact: ArtifactName,
    version: Version,
    *,
    whole_digest: bool,
) -> Situation:
    taken = TakenBack(
        instance=instance,
        version=version,
        whole_digest=whole_digest and version.digest is not None,
        by="git",
        reason="Rolls-Back in the branch's history",
        at=fact.happened_at,
    )
    earlier = situation.taken_back.get(artifact, ())
    situation = without_evidence(situation, Cell(artifact, instance), taken)
    return replace(situation, taken_back=situation.taken_back.set(artifact, (*earlier, taken)))


def touched(situation: Situation, fact: Fact, body: InstanceTouched) -> Situation:
    """Other hands changed the folder: attempts are void, and soaks stand, for what runs need not be ours."""
    mark = Touched(commit=body.commit, author=body.author, words=body.words, at=fact.happened_at)
    state = situation.instance(body.instance)
    underway = tuple(replace(one, verifying=None, verdict=None, results=()) for one in state.underway)
    there = situation.with_instance(body.instance, replace(state, touched=mark, underway=underway))
    for name in state.lock or {}:
        cell = Cell(ArtifactName(body.instance.application, name), body.instance)
        known = there.cell(cell)
        if known.standing is not None:
            stands = replace(known, soak=stopped(known, known.standing, fact.happened_at))
            there = there.with_cell(cell, stands)
    return there


def untouched(situation: Situation, fact: Fact, body: InstanceUntouched) -> Situation:
    """The folder is ours again: what the engine makes of it has to be seen anew."""
    state = replace(situation.instance(body.instance), touched=None)
    return situation.with_instance(body.instance, watched_anew(state, fact.happened_at))


def stops_landed(situation: Situation, _: Fact, body: StopsLanded) -> Situation:
    """The branch holds these stops."""
    state = replace(situation.instance(body.instance), stops_written=body.fingerprint)
    return situation.with_instance(body.instance, state)


def hold_placed(situation: Situation, fact: Fact, body: HoldPlaced) -> Situation:
    """Place a hold; the same id twice is one hold."""
    hold = Hold(
        hold_id=body.hold_id,
        instance=body.instance,
        artifact=body.artifact,
        owner=body.owner,
        reason=fact.reason,
        placed_at=fact.happened_at,
        until=body.until,
    )
    state = situation.instance(body.instance)
    return situation.with_instance(body.instance, replace(state, holds=state.holds.set(body.hold_id, hold)))


def hold_lifted(situation: Situation, _: Fact, body: HoldLifted) -> Situation:
    """Lift a hold; one that is not there is passed over."""
    state = situation.instance(body.instance)
    if body.hold_id not in state.holds:
        return situation
    return situation.with_instance(body.instance, replace(state, holds=state.holds.delete(body.hold_id)))
