"""Approve: let exactly this change into a wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.domain.errors import NotAllowed, UsageError
from headway.domain.estate import Wave
from headway.domain.facts import ApprovalGiven
from headway.domain.facts.fact import Actor
from headway.domain.gates.approvals import APPROVAL_LASTS, Entries, difference_of, is_involved, label_of
from headway.domain.gates.rules import rules_at
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.permissions import OPERATOR, Verb
from headway.domain.plan import plan_cell
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approval that was given."""

    application: str
    wave: str
    entries: tuple[str, ...]
    instances: tuple[InstanceName, ...]
    until: datetime


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
    if is_involved(situation, who, entries):
        raise NotAllowed(
            "own-change", f"{who} may not approve this", why="they wrote it", next_step="ask somebody else"
        )
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
    for instance in instances:
        if desk.situation.instance(instance).lock is None:
            plan = plan_first_lock(desk.situation, instance, desk.now)
            if plan.entries:
                return frozenset(plan.entries)
        elif artifact is not None:
            weighed = plan_cell(desk.situation, Cell(artifact, instance), desk.now).weighed
            for one in weighed:
                if any(shut.gate == "approvals" for shut in one.blocked):
                    return frozenset({(artifact, one.version)})
    raise UsageError(
        "nothing-waits",
        f"nothing of {artifact or 'it'} waits for an approval there",
        why="no version that could enter the wave asks for one",
        next_step="name a version with --version, or see `headway why`",
    )
