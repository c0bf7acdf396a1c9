"""Gate `admitted`: a wave takes one version of an artifact at a time, for all its instances."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from headway.domain.estate import AdmitRule
from headway.domain.facts import Outcome as Ended
from headway.domain.facts import Source
from headway.domain.gates.hold import holds_in_force
from headway.domain.gates.images import is_out_of_reach
from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.gates.quarantine import standing_quarantine, taken_back
from headway.domain.gates.rules import rules_at
from headway.domain.gates.step_forward import is_step_forward
from headway.domain.names import Cell, InstanceName, Version
from headway.domain.situation.records import Soak


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    """What the admitted version still has to do."""

    words: str
    next_at: datetime | None = None
    """When time alone may have done it; None: time alone never does."""


def admitted(question: Question) -> Outcome:
    """Let the wave's version in, and the next one once that has had its turn."""
    artifact = question.cell.artifact
    current = question.situation.wave(artifact, question.wave.name).admitted
    if current is None or current == question.version:
        return ALLOWED
    if question.asked is not None and question.asked.now:
        return ALLOWED
    shelf = question.situation.shelf(artifact)
    label = shelf.label(current)
    if is_out_of_reach(question.situation, question.cell, current) and shelf.is_newer(
        current, question.version
    ):
        # It is walked there, one image at a time.
        return ALLOWED
    waits = _has_its_turn(question, current)
    if waits is None:
        return ALLOWED
    return Blocked(
        gate="admitted",
        words=f"{question.wave.name} is taken by {label}: {waits.words}",
        who=f"its way through the wave, or a person: headway promote {artifact} "
        f"--to {question.cell.instance.instance} --now --reason …",
        next_at=waits.next_at,
    )


def admit_rule(question: Question) -> AdmitRule:
    """Give the wave's rule: as declared, else train where the next wave asks for a soak."""
    if question.wave.admit is not None:
        return question.wave.admit
    return AdmitRule.TRAIN if _soak_after(question) else AdmitRule.NEWEST


def _has_its_turn(question: Question, current: Version) -> _Wait | None:
    """Say what the admitted version still has to do here; None: nothing, the next may come."""
    situation, artifact = question.situation, question.cell.artifact
    instances = situation.wave_instances(artifact.application, question.wave)
    if any(_is_out(question, current, instance) for instance in instances):
        return None
    for instance in instances:
        waits = _waits_in(question, current, instance)
        if waits is not None:
            return _Wait(words=waits)
    if admit_rule(question) is AdmitRule.NEWEST:
        return None
    return _train_waits(question, current, instances)


def _is_out(question: Question, current: Version, instance: InstanceName) -> bool:
    """Say whether the admitted version is out of the race in an instance, and so in the wave."""
    situation, artifact = question.situation, question.cell.artifact
    cell = situation.cell(Cell(artifact, instance))
    shelf = situation.shelf(artifact)
    rendering = shelf.rendering(current, instance)
    return (
        cell.outcomes.get(current) in (Ended.FAILED, Ended.WITHDRAWN, Ended.LEFT)
        or (rendering is not None and rendering.problem is not None)
        or standing_quarantine(situation, artifact, current, instance) is not None
        or taken_back(situation, artifact, current, question.wave_index) is not None
    )


def _waits_in(question: Question, current: Version, instance: InstanceName) -> str | None:
    situation, artifact = question.situation, question.cell.artifact
    cell = situation.cell(Cell(artifact, instance))
    if current in cell.verified:
        return None
    if cell.standing != current and not is_step_forward(situation, Cell(artifact, instance), current):
        # It goes there no more by itself: what stands there is newer, or as new by a moved tag.
        return None
    if is_out_of_reach(situation, Cell(artifact, instance), current):
        # It follows by steps of its own, as far as there are any: whoever mends what lies between goes on.
        return None
    if not is_waited_for(question, instance):
        return None
    held = holds_in_force(situation, instance, artifact, question.now)
    if held:
        return f"{instance} is held by {held[0].owner}"
    return f"it is not verified in {instance} yet"


def is_waited_for(question: Question, instance: InstanceName) -> bool:
    """Say whether a wave waits for an instance: ``wait: false`` lets one be held or away."""
    return question.wave.waits_for_absent or not _is_absent(question, instance)


def _is_absent(question: Question, instance: InstanceName) -> bool:
    situation = question.situation
    environment = situation.environment_of(instance)
    return bool(
        holds_in_force(situation, instance, question.cell.artifact, question.now)
        or situation.instance(instance).touched
        or (environment is not None and (Source.ENGINE, environment) in situation.away)
    )


def _train_waits(question: Question, current: Version, instances: tuple[InstanceName, ...]) -> _Wait | None:
    if _has_left(question, current):
        return None
    needed = _soak_after(question)
    for instance in instances:
        cell = question.situation.cell(Cell(question.cell.artifact, instance))
        soak = cell.soak.get(current, Soak())
        if cell.standing != current or soak.at(question.now) >= needed:
            continue
        ends = _soak_ends(question, soak, needed)
        if ends is None or ends > question.now:
            return _Wait(words=f"it has not soaked {needed} in {instance} yet", next_at=ends)
    return None


def _soak_ends(question: Question, soak: Soak, needed: timedelta) -> datetime | None:
    """Give when a soak is over, or has stood still for so long that its version is sick.

    A sick version must not block its cure: after the deployment time-out it is waited for no longer.
    """
    if soak.since is not None:
        return question.now + needed - soak.at(question.now)
    return soak.stood_since + question.wave.deployment_timeout if soak.stood_since else None


def _has_left(question: Question, current: Version) -> bool:
    lane = question.situation.lane(question.cell.artifact.application)
    for wave in lane[question.wave_index + 1 :]:
        if question.situation.wave_instances(question.cell.artifact.application, wave):
            return question.situation.wave(question.cell.artifact, wave.name).admitted == current
    return True


def _soak_after(question: Question) -> timedelta:
    """Give the soak that the next wave which deploys this artifact asks for; zero: none."""
    application = question.cell.artifact.application
    for wave in question.situation.lane(application)[question.wave_index + 1 :]:
        if question.situation.wave_instances(application, wave):
            return rules_at(question.situation, application, wave).soak
    return timedelta(0)
