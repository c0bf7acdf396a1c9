"""An instance's first lock: one change that puts in every artifact that has a version for it (rule 1)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from headway.domain.deployment import DeploymentState
from headway.domain.facts import Change, PromotionKind
from headway.domain.gates import Blocked, Question
from headway.domain.gates.approvals import Entries, approved
from headway.domain.gates.freeze import freeze
from headway.domain.gates.hold import hold
from headway.domain.gates.outcome import Outcome
from headway.domain.gates.present import present
from headway.domain.gates.quarantine import quarantine, standing_quarantine, taken_back
from headway.domain.gates.references import references
from headway.domain.gates.remote import cooling, refused
from headway.domain.gates.soak import soak
from headway.domain.names import ArtifactName, Cell, EnvironmentName, InstanceName, Version
from headway.domain.plan.actions import Action, Decide, LookForReferences, Render
from headway.domain.plan.candidates import first_wave_pair, later_wave_versions
from headway.domain.plan.cell import look_for_image
from headway.domain.situation.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLockPlan:
    """What an instance without a lock wants."""

    entries: tuple[tuple[ArtifactName, Version], ...] = ()
    blocked: tuple[Blocked, ...] = ()
    actions: tuple[Action, ...] = ()
    next_at: datetime | None = None


def plan_first_lock(situation: Situation, instance: InstanceName, now: datetime) -> FirstLockPlan:
    """Choose the first lock's versions and say what keeps it; pure."""
    index = situation.wave_index(instance)
    if index is None:
        return FirstLockPlan()
    questions: list[Question] = []
    waits: list[Blocked] = []
    for artifact in situation.artifacts_of(instance.application):
        chosen = _choose(situation, Cell(artifact, instance), now, index)
        if isinstance(chosen, Blocked):
            waits.append(chosen)
        elif chosen is not None:
            questions.append(chosen)
    if not questions:
        return FirstLockPlan(blocked=tuple(waits))
    questions = _as_approved(questions)
    entries = tuple((one.cell.artifact, one.version) for one in questions)
    blocked = [*waits, *_shut(situation, instance, questions, frozenset(entries))]
    actions = [action for one in questions for action in _to_find_out(one)]
    if not blocked and not actions:
        changes = tuple(
            Change(artifact=artifact, before=None, after=version) for artifact, version in entries
        )
        reason = f"first lock of {instance}"
        actions.append(
            Decide(instance=instance, kind=PromotionKind.FIRST_LOCK, changes=changes, reason=reason)
        )
    ends = [one.next_at for one in blocked if one.next_at]
    return FirstLockPlan(
        entries=entries,
        blocked=tuple(blocked),
        actions=tuple(actions),
        next_at=min(ends, default=None),
    )


def _choose(situation: Situation, cell: Cell, now: datetime, index: int) -> Question | Blocked | None:
    """Choose one artifact's version; Blocked: the lock waits for it; None: it comes later."""
    wave = situation.lane(cell.instance.application)[index]

    def question(version: Version) -> Question:
        return Question(situation=situation, cell=cell, version=version, now=now, wave_index=index, wave=wave)

    blank = question(Version(None, ""))  # type: ignore[arg-type]  # stands for "whichever"
    sibling = _of_a_sibling(situation, cell, index)
    if sibling is not None:
        return question(sibling)
    if blank.wave_before() is None:
        return _of_first_wave(situation, cell, index, question)
    for version in later_wave_versions(blank):
        asked = question(version)
        if _is_fit(situation, cell, version, index) and not isinstance(soak(asked), Blocked):
            return asked
    return None


def _of_first_wave(
    situation: Situation, cell: Cell, index: int, question: Callable[[Version], Question]
) -> Question | Blocked | None:
    shelf = situation.shelf(cell.artifact)
    estate = situation.estate
    source = (
        estate.applications[cell.artifact.application].artifacts[cell.artifact.artifact].image
        if estate is not None
        else None
    )
    if source is not None and not shelf.looked_at:
        return Blocked(
            gate="present",
            words=f"{source.repository} has not been looked at yet",
            who="Headway, as soon as the registry answers",
        )
    pair = first_wave_pair(situation, cell, index)
    return None if pair is None else question(pair)


def _of_a_sibling(situation: Situation, cell: Cell, index: int) -> Version | None:
    wave = situation.lane(cell.instance.application)[index]
    for instance in situation.wave_instances(cell.instance.application, wave):
        state = situation.cell(Cell(cell.artifact, instance))
        version = state.standing
        if instance == cell.instance or version is None or version not in state.verified:
            continue
        if _is_fit(situation, cell, version, index):
            return version
    return None


def _is_fit(situation: Situation, cell: Cell, version: Version, index: int) -> bool:
    return (
        standing_quarantine(situation, cell.artifact, version, cell.instance) is None
        and taken_back(situation, cell.artifact, version, index) is None
    )


def _as_approved(questions: list[Question]) -> list[Question]:
    """Keep to a set that was approved as a whole, though newer versions came since."""
    first = questions[0]
    key = (first.cell.instance.application, first.wave.name)
    for approval in reversed(first.situation.approvals.get(key, ())):
        versions = dict(approval.entries)
        if set(versions) != {one.cell.artifact for one in questions}:
            continue
        if isinstance(approved(first, approval.entries), Blocked):
            continue
        kept = [
            Question(
                situation=one.situation,
                cell=one.cell,
                version=versions[one.cell.artifact],
                now=one.now,
                wave_index=one.wave_index,
                wave=one.wave,
            )
            for one in questions
        ]
        if all(_is_fit(one.situation, one.cell, one.version, one.wave_index) for one in kept):
            return kept
    return questions


def _shut(
    situation: Situation, instance: InstanceName, questions: list[Question], entries: Entries
) -> list[Blocked]:
    first = questions[0]
    outcomes: list[Outcome] = [hold(first), freeze(first), approved(first, entries)]
    outcomes += [gate(one) for one in questions for gate in (quarantine, references, present)]
    shut = [one for one in outcomes if isinstance(one, Blocked)]
    shut += _paused(situation, instance)
    lost = cooling(situation, instance, entries, first.now)
    return shut + ([refused(instance, lost)] if lost else []) + _needs(situation, instance)


def _paused(situation: Situation, instance: InstanceName) -> list[Blocked]:
    """After a rebuild an application is paused whole: where it had no lock there is nothing to be held."""
    estate = situation.estate
    held = [
        str(other)
        for other in (estate.instances(instance.application) if estate else ())
        if any(one.owner == "rebuild" for one in situation.instance(other).holds.values())
    ]
    if not held:
        return []
    return [
        Blocked(
            gate="hold",
            words=f"the ledger was rebuilt, and {', '.join(held)} is still paused",
            who=f"a person: headway resume {held[0]}",
        )
    ]


def _needs(situation: Situation, instance: InstanceName) -> list[Blocked]:
    estate = situation.estate
    if estate is None:
        return []
    environment = situation.environment_of(instance)
    return [
        Blocked(
            gate="references",
            words=f"{instance} needs {needed}, which is not healthy in {environment} yet",
            who=f"{needed}'s own delivery",
        )
        for needed in estate.applications[instance.application].needs
        if not _is_healthy_in(situation, needed, environment)
    ]


def _is_healthy_in(situation: Situation, application: str, environment: EnvironmentName | None) -> bool:
    estate = situation.estate
    if estate is None or application not in estate.applications:
        return False
    there = [one for one in estate.instances(application) if situation.environment_of(one) == environment]
    return bool(there) and all(_is_healthy(situation, one) for one in there)


def _is_healthy(situation: Situation, instance: InstanceName) -> bool:
    state = situation.instance(instance)
    return bool(state.lock) and all(
        (seen := state.health.get(name)) is not None and seen.state is DeploymentState.HEALTHY
        for name in state.lock or {}
    )


def _to_find_out(question: Question) -> list[Action]:
    situation, cell, version = question.situation, question.cell, question.version
    rendering = situation.shelf(cell.artifact).rendering(version, cell.instance)
    if rendering is None:
        return [Render(cell=cell, version=version)]
    found: list[Action] = []
    if isinstance(references(question), Blocked) and rendering.references and rendering.problem is None:
        found.append(LookForReferences(cell=cell, commit=version.commit, references=rendering.references))
    if isinstance(present(question), Blocked):
        found += look_for_image(situation, cell, version)
    return found
