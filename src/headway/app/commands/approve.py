"""Approve: let exactly this change into a wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.domain.errors import NotAllowed, UsageError
from headway.domain.estate import Approvals, Wave
from headway.domain.facts import ApprovalGiven
from headway.domain.facts.fact import Actor
from headway.domain.gates import Blocked, Question, blocks
from headway.domain.gates.approvals import (
    APPROVAL_LASTS,
    Entries,
    difference_of,
    holders,
    is_involved,
    label_of,
    nobody_else,
    own_configuration,
)
from headway.domain.gates.rules import rules_at
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.permissions import OPERATOR, Verb
from headway.domain.plan import plan_cell
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A gate that is still shut for what was approved, in one of the wave's instances."""

    instance: InstanceName
    gate: str
    words: str
    who: str
    next_at: datetime | None
    """When time alone can open it; None: time alone never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approval that was given."""

    application: str
    wave: str
    entries: tuple[str, ...]
    instances: tuple[InstanceName, ...]
    until: datetime
    waits_for: tuple[Waits, ...]
    """What still keeps it out; empty: nothing, it goes."""


async def approve(
    desk: Desk,
    who: str,
    application: str,
    wave_name: str,
    *,
    artifact: ArtifactName | None = None,
    version: Version | None = None,
    reason: str,
) -> Approved:
    """Approve what waits for it at a wave: one artifact's version, or an instance's whole first lock.

    Raises:
        NotAllowed: `not-allowed`, `own-change`.
        UsageError: `reason-missing`, `wave-unknown`, `no-approval-needed`, `nothing-waits`.
    """
    situation = desk.situation
    require(situation, who, Verb.APPROVE, application)
    words = require_reason(reason)
    wave = _wave(situation, application, wave_name)
    rule = rules_at(situation, application, wave).approvals
    if rule is None:
        raise UsageError(
            "no-approval-needed",
            f"{wave_name} asks for no approvals",
            why="its gates name none",
            next_step="nothing is to be done",
        )
    _require_role(situation, who, rule.roles)
    instances = situation.wave_instances(application, wave)
    entries = _entries(desk, instances, artifact, version)
    _refuse_own(situation, who, rule, entries)
    differences = {str(one): difference_of(situation, one, entries) for one in instances}
    body = ApprovalGiven(
        application=application, wave=wave_name, entries=tuple(sorted(entries)), differences=differences
    )
    await desk.record(desk.fact(body, reason=words, actor=Actor(f"person:{who}")))
    return Approved(
        application=application,
        wave=wave_name,
        entries=tuple(label_of(situation, *entry) for entry in sorted(entries)),
        instances=instances,
        until=desk.now + APPROVAL_LASTS,
        waits_for=tuple(one for instance in instances for one in _still_waits(desk, instance, entries)),
    )


def _still_waits(desk: Desk, instance: InstanceName, entries: Entries) -> tuple[Waits, ...]:
    situation = desk.situation
    index = situation.wave_index(instance)
    if index is None:
        return ()
    if situation.instance(instance).lock is None:
        plan = plan_first_lock(situation, instance, desk.now)
        shut = plan.blocked if frozenset(plan.entries) == entries else ()
    else:
        shut = tuple(
            one
            for artifact, version in sorted(entries)
            for one in blocks(
                Question(
                    situation=situation,
                    cell=Cell(artifact, instance),
                    version=version,
                    now=desk.now,
                    wave_index=index,
                    wave=situation.lane(instance.application)[index],
                    asked=situation.cell(Cell(artifact, instance)).asked,
                )
            )
        )
    return tuple(
        Waits(instance=instance, gate=one.gate, words=one.words, who=one.who, next_at=one.next_at)
        for one in shut
    )


def _refuse_own(situation: Situation, who: str, rule: Approvals, entries: Entries) -> None:
    """Refuse the author of what would go, and say who may instead."""
    found = own_configuration(situation, who, entries)
    if found is None:
        return
    artifact, mine = found
    others = sorted(one for one in holders(situation, rule) if not is_involved(situation, one, entries))
    raise NotAllowed(
        "own-change",
        f"{who} may not approve {', '.join(label_of(situation, *entry) for entry in sorted(entries))}",
        why=f"{mine.author} is the author of its configuration commit {mine.commit[:8]} "
        f"({mine.subject or 'no subject'}) of {artifact}, and nobody approves a change of their own",
        next_step=f"ask one of: {', '.join(others)}"
        if len(others) >= rule.count
        else f"ask {nobody_else(situation, rule, {who})}",
    )


def _wave(situation: Situation, application: str, name: str) -> Wave:
    lane = situation.lane(application)
    for wave in lane:
        if wave.name == name:
            return wave
    raise UsageError(
        "wave-unknown",
        f"{application} has no wave {name!r}",
        why="its lane does not name it",
        next_step=f"choose one of: {', '.join(wave.name for wave in lane) or 'none'}",
    )


def _require_role(situation: Situation, who: str, roles: Sequence[str]) -> None:
    estate = situation.estate
    people = {person for role in roles for person in (estate.roles.get(role, ()) if estate else ())}
    if who in people:
        return
    why = f"{who} is in none of them" if who != OPERATOR else "the operator's token stands for no person"
    raise NotAllowed(
        "not-allowed",
        f"{who} may not approve here",
        why=f"the gate asks for {' or '.join(roles)}, and {why}",
        next_step=f"ask one of: {', '.join(sorted(people)) or 'nobody holds the role'}",
    )


def _entries(
    desk: Desk,
    instances: Sequence[InstanceName],
    artifact: ArtifactName | None,
    version: Version | None,
) -> Entries:
    """Find what waits for an approval: as asked for, else the newest that only people keep back."""
    if artifact is not None and version is not None:
        return frozenset({(artifact, version)})
    shut: list[Blocked] = []
    for instance in instances:
        if desk.situation.instance(instance).lock is None:
            plan = plan_first_lock(desk.situation, instance, desk.now)
            if plan.entries:
                return frozenset(plan.entries)
            shut += [*plan.blocked, *(one for _, one in plan.lacks)]
        elif artifact is not None:
            weighed = plan_cell(desk.situation, Cell(artifact, instance), desk.now).weighed
            for one in weighed:
                if any(gate.gate == "approvals" for gate in one.blocked):
                    return frozenset({(artifact, one.version)})
            shut += [gate for one in weighed[:1] for gate in one.blocked]
    raise _nothing_waits(artifact, shut)


def _nothing_waits(artifact: ArtifactName | None, shut: Sequence[Blocked]) -> UsageError:
    """Say what else is waited for, and until when."""
    whose, found = artifact or "its first lock", list(dict.fromkeys(shut))
    opens = min((one.next_at for one in found if one.next_at), default=None)
    later = f"approve again at {opens:%H:%M:%S} UTC" if opens else "approve once those are open"
    beforehand = ", or beforehand with --version" if artifact is not None else ""
    return UsageError(
        "nothing-waits",
        f"nothing of {whose} waits for an approval there",
        why="; ".join(f"{one.gate}: {one.words}" for one in found)
        or "no version that could enter the wave asks for one",
        next_step=f"{later}{beforehand}; `headway why` follows it"
        if found
        else "name a version with --version, or see `headway why`",
    )
