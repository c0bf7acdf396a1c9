"""The plan of one instance: what its cells share is its slot, its stops and its first lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from headway.domain.facts import Change, Outcome, PromotionKind
from headway.domain.gates.remote import cooling, cools_until
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.plan.actions import Action, Decide, LiftHold, WriteStops
from headway.domain.plan.cell import CellPlan
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.plan.judge import Trial, judge
from headway.domain.plan.stops import fingerprint
from headway.domain.rollback import earlier_lock, last_good
from headway.domain.situation.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancePlan:
    """What one instance wants done now, and when time alone can change that."""

    actions: tuple[Action, ...] = ()
    next_at: datetime | None = None


def plan_instance(
    situation: Situation, instance: InstanceName, cells: Mapping[ArtifactName, CellPlan], now: datetime
) -> InstancePlan:
    """Plan an instance from its cells' plans. Pure; the same arguments give the same plan."""
    index = situation.wave_index(instance)
    state = situation.instance(instance)
    if index is None:
        # A name that left the estate is frozen as it stands.
        return InstancePlan()
    actions: list[Action] = _expired(situation, instance, now)
    instants = [hold.until for hold in state.holds.values() if hold.until and hold.until > now]
    # In the order of names: the same situation asks for the same actions however its plans came about.
    actions += [action for _, plan in sorted(cells.items()) for action in plan.actions]
    instants += [plan.next_at for plan in cells.values() if plan.next_at]
    wave = situation.lane(instance.application)[index]
    for one in state.underway:
        judgement = judge(
            Trial(
                situation=situation,
                instance=instance,
                underway=one,
                wave=wave,
                wave_index=index,
                now=now,
            )
        )
        actions += [judgement.action] if judgement.action else []
        instants += [judgement.next_at] if judgement.next_at else []
    decision, next_at = _decision(situation, instance, cells, now)
    actions += decision
    instants += [next_at] if next_at else []
    actions += _stops(situation, instance, now, decision)
    return InstancePlan(actions=tuple(actions), next_at=min(instants, default=None))


def _decision(
    situation: Situation, instance: InstanceName, cells: Mapping[ArtifactName, CellPlan], now: datetime
) -> tuple[list[Action], datetime | None]:
    """Choose the one next change: a remedy before all else, then the first lock, then who waited longest."""
    state = situation.instance(instance)
    if state.touched is not None:
        return [], None
    remedies = _remedies(situation, instance)
    if remedies:
        return _not_cooling(situation, remedies, now)
    if state.underway:
        return [], None
    if state.lock is None:
        first = plan_first_lock(situation, instance, now)
        return list(first.actions), first.next_at
    ready = [plan for plan in cells.values() if plan.takes is not None]
    if not ready:
        return [], None
    longest = min(ready, key=lambda plan: (plan.since or now, plan.cell.artifact))
    return [_promotion(situation, longest)], None


def _not_cooling(
    situation: Situation, remedies: list[Decide], now: datetime
) -> tuple[list[Action], datetime | None]:
    """Choose the first remedy that the remote did not just refuse, again and again."""
    instants = []
    for remedy in remedies:
        entries = [(change.artifact, change.after) for change in remedy.changes]
        lost = cooling(situation, remedy.instance, entries, now)
        if lost is None:
            return [remedy], None
        instants.append(cools_until(lost))
    return [], min(instants)


def _promotion(situation: Situation, plan: CellPlan) -> Decide:
    state = situation.cell(plan.cell)
    label = situation.shelf(plan.cell.artifact).label
    reason = plan.reason or (
        f"{label(plan.takes)} is the newest that every gate lets in" if plan.takes else ""
    )
    return Decide(
        instance=plan.cell.instance,
        kind=PromotionKind.PROMOTION,
        changes=(Change(artifact=plan.cell.artifact, before=state.locked, after=plan.takes),),
        reason=reason,
        supersedes=_passed_over(situation, plan),
        asked_by=plan.asked_by,
    )


def _passed_over(situation: Situation, plan: CellPlan) -> tuple[Version, ...]:
    """Give the versions that were ready for this cell and are older than what it takes."""
    index = situation.wave_index(plan.cell.instance)
    if plan.takes is None or not index:
        return ()
    before = situation.lane(plan.cell.instance.application)[index - 1]
    shelf, standing = situation.shelf(plan.cell.artifact), situation.cell(plan.cell).standing
    found: list[Version] = []
    for instance in situation.wave_instances(plan.cell.artifact.application, before)[:1]:
        for version in reversed(situation.cell(Cell(plan.cell.artifact, instance)).ready):
            if version == standing:
                break
            if shelf.is_newer(plan.takes, version) and (
                standing is None or shelf.is_newer(version, standing)
            ):
                found.append(version)
    return tuple(found)


def _remedies(situation: Situation, instance: InstanceName) -> list[Decide]:
    """Give what takes back a version that failed or was withdrawn and still stands in the lock."""
    state = situation.instance(instance)
    busy = {artifact for one in state.underway for artifact in one.artifacts}
    found: list[Decide] = []
    for name, version in (state.lock or {}).items():
        artifact = ArtifactName(instance.application, name)
        cell = Cell(artifact, instance)
        outcome = situation.cell(cell).outcomes.get(version)
        if artifact in busy or outcome not in (Outcome.FAILED, Outcome.WITHDRAWN):
            continue
        failed = outcome is Outcome.FAILED
        target = last_good(situation, cell) if failed else earlier_lock(situation, cell)
        label = situation.shelf(artifact).label(version)
        found.append(
            Decide(
                instance=instance,
                kind=PromotionKind.ROLLBACK if failed else PromotionKind.WITHDRAWAL,
                changes=(Change(artifact=artifact, before=version, after=target),),
                reason=f"{label} {'failed here' if failed else 'could not be judged in time'}",
            )
        )
    return found


def _expired(situation: Situation, instance: InstanceName, now: datetime) -> list[Action]:
    return [
        LiftHold(instance=instance, hold_id=hold.hold_id)
        for hold in situation.instance(instance).holds.values()
        if hold.until is not None and hold.until <= now
    ]


def _stops(
    situation: Situation, instance: InstanceName, now: datetime, decision: list[Action]
) -> list[Action]:
    """Write holds and quarantines, unless a commit that carries them is about to go out."""
    state = situation.instance(instance)
    if state.touched is not None or state.lock is None:
        return []
    if any(isinstance(action, Decide) for action in decision) or any(
        one.landed_at is None for one in state.underway
    ):
        return []
    wanted = fingerprint(situation, instance, now)
    return [] if wanted == state.stops_written else [WriteStops(instance=instance, fingerprint=wanted)]
