"""Gate `admitted`: a wave takes one version of an artifact at a time, for all its instances."""

from datetime import timedelta

from headway.domain.estate import AdmitRule
from headway.domain.facts import Outcome as Ended
from headway.domain.facts import Source
from headway.domain.gates.hold import holds_in_force
from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.gates.quarantine import standing_quarantine, taken_back
from headway.domain.gates.rules import rules_at
from headway.domain.names import Cell, InstanceName, Version
from headway.domain.situation.records import Soak


def admitted(question: Question) -> Outcome:
    """Let the wave's version in, and the next one once that has had its turn."""
    artifact = question.cell.artifact
    current = question.situation.wave(artifact, question.wave.name).admitted
    if current is None or current == question.version:
        return ALLOWED
    if question.asked is not None and question.asked.now:
        return ALLOWED
    label = question.situation.shelf(artifact).label(current)
    waits = _has_its_turn(question, current)
    if waits is None:
        return ALLOWED
    return Blocked(
        gate="admitted",
        words=f"{question.wave.name} is taken by {label}: {waits}",
        who=f"its way through the wave, or a person: headway promote {artifact} --now",
    )


def admit_rule(question: Question) -> AdmitRule:
    """Give the wave's rule: as declared, else train where the next wave asks for a soak."""
    if question.wave.admit is not None:
        return question.wave.admit
    return AdmitRule.TRAIN if _soak_after(question) else AdmitRule.NEWEST


def _has_its_turn(question: Question, current: Version) -> str | None:
    """Say what the admitted version still has to do here; None: nothing, the next may come."""
    situation, artifact = question.situation, question.cell.artifact
    instances = situation.wave_instances(artifact.application, question.wave)
    if any(_is_out(question, current, instance) for instance in instances):
        return None
    for instance in instances:
        waits = _waits_in(question, current, instance)
        if waits is not None:
            return waits
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
    if cell.standing is not None and situation.shelf(artifact).is_newer(cell.standing, current):
        return None
    if not question.wave.waits_for_absent and _is_absent(question, instance):
        return None
    held = holds_in_force(situation, instance, artifact, question.now)
    if held:
        return f"{instance} is held by {held[0].owner}"
    return f"it is not verified in {instance} yet"


def _is_absent(question: Question, instance: InstanceName) -> bool:
    situation = question.situation
    environment = situation.environment_of(instance)
    return bool(
        holds_in_force(situation, instance, question.cell.artifact, question.now)
        or situation.instance(instance).touched
        or (environment is not None and (Source.ENGINE, environment) in situation.away)
    )


def _train_waits(question: Question, current: Version, instances: tuple[InstanceName, ...]) -> str | None:
    if _has_left(question, current):
        return None
    needed = _soak_after(question)
    for instance in instances:
        cell = question.situation.cell(Cell(question.cell.artifact, instance))
        soak = cell.soak.get(current, Soak())
        if cell.standing != current or soak.at(question.now) >= needed:
            continue
        if soak.since is None and _ill_too_long(question, instance):
            continue
        return f"it has not soaked {needed} in {instance} yet"
    return None


def _ill_too_long(question: Question, instance: InstanceName) -> bool:
    """A sick version must not block its cure: after the deployment time-out it waits no longer."""
    state = question.situation.instance(instance)
    since = state.health_at
    return since is not None and question.now - since > question.wave.deployment_timeout


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
