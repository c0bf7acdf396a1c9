"""An instance's first lock: one change that puts in every artifact that has a version for it (rule 1)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from headway.domain.facts import Change, PromotionKind
from headway.domain.gates import Allowed, Blocked, Question
from headway.domain.gates.approvals import Entries, approved
from headway.domain.gates.freeze import freeze
from headway.domain.gates.hold import hold
from headway.domain.gates.outcome import Outcome
from headway.domain.gates.present import present
from headway.domain.gates.quarantine import quarantine, standing_quarantine, taken_back
from headway.domain.gates.references import references
from headway.domain.gates.remote import cooling, refused
from headway.domain.gates.soak import soak
from headway.domain.gates.standards import standards
from headway.domain.gates.verified import verified
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.plan.actions import Action, Decide, LookForReferences, Render
from headway.domain.plan.candidates import later_wave_versions
from headway.domain.plan.cell import look_for_image, to_judge
from headway.domain.plan.first_lock_waits import needs, paused
from headway.domain.plan.pairs import first_wave_pairs
from headway.domain.situation.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLockPlan:
    """What an instance without a lock wants."""

    entries: tuple[tuple[ArtifactName, Version], ...] = ()
    shared: tuple[Blocked, ...] = ()
    """What keeps the whole lock."""
    own: tuple[tuple[ArtifactName, Blocked], ...] = ()
    """What keeps it because of one artifact: the others wait with that one."""
    lacks: tuple[tuple[ArtifactName, Blocked], ...] = ()
    """Why an artifact is no part of it yet; the lock goes without it, and it is added later."""
    coming: tuple[tuple[ArtifactName, Version], ...] = ()
    """Of those that it lacks, the versions that are on their way."""
    actions: tuple[Action, ...] = ()
    next_at: datetime | None = None

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """Give all that keeps the lock."""
        return (*self.shared, *(one for _, one in self.own))

    def blocked_for(self, artifact: ArtifactName) -> tuple[Blocked, ...]:
        """Give all that keeps one artifact from the instance: first its own, last what others wait for."""
        mine = [one for name, one in (*self.lacks, *self.own) if name == artifact]
        return (*mine, *self.shared, *(one for name, one in self.own if name != artifact))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lacking:
    """An artifact that comes later."""

    version: Version | None = None
    """The one that is on its way; None: none is."""
    shut: Blocked | None
    """None: no version of it is known."""


def plan_first_lock(situation: Situation, instance: InstanceName, now: datetime) -> FirstLockPlan:
    """Choose the first lock's versions and say what keeps it; pure."""
    index = situation.wave_index(instance)
    if index is None:
        return FirstLockPlan()
    chosen = {
        artifact: _choose(situation, Cell(artifact, instance), now, index)
        for artifact in situation.artifacts_of(instance.application)
    }
    questions = _together(_as_approved([one for one in chosen.values() if isinstance(one, Question)]))
    entries = tuple((one.cell.artifact, one.version) for one in questions)
    own = [(artifact, one) for artifact, one in chosen.items() if isinstance(one, Blocked)]
    own += [(one.cell.artifact, shut) for one in questions for shut in _shut_alone(one)]
    shared = _shut_together(situation, instance, questions)
    blocked = [*shared, *(one for _, one in own)]
    actions = [action for one in questions for action in _to_find_out(one)]
    if entries and not blocked and not actions:
        actions.append(_decide(instance, entries))
    return FirstLockPlan(
        entries=entries,
        shared=tuple(shared),
        own=tuple(own),
        lacks=tuple(
            (artifact, one.shut)
            for artifact, one in chosen.items()
            if isinstance(one, _Lacking) and one.shut is not None
        ),
        coming=tuple(
            (artifact, one.version)
            for artifact, one in chosen.items()
            if isinstance(one, _Lacking) and one.version is not None
        ),
        actions=tuple(actions),
        next_at=_next_at(questions, blocked),
    )


def _next_at(questions: list[Question], blocked: list[Blocked]) -> datetime | None:
    """Give when time alone can open what is shut, or shut what is open: a waiver ends."""
    instants = [one.next_at for one in blocked]
    instants += [one.until for one in map(standards, questions) if isinstance(one, Allowed)]
    return min((one for one in instants if one), default=None)


def _together(questions: list[Question]) -> list[Question]:
    """Let each be asked about beside all others: none of them is in a lock yet."""
    entries = tuple((one.cell.artifact, one.version) for one in questions)
    return [replace(one, together=entries) for one in questions]


def _decide(instance: InstanceName, entries: tuple[tuple[ArtifactName, Version], ...]) -> Decide:
    changes = tuple(Change(artifact=artifact, before=None, after=version) for artifact, version in entries)
    reason = f"first lock of {instance}"
    return Decide(instance=instance, kind=PromotionKind.FIRST_LOCK, changes=changes, reason=reason)


def _choose(situation: Situation, cell: Cell, now: datetime, index: int) -> Question | Blocked | _Lacking:
    """Choose one artifact's version; Blocked: the lock waits for it."""
    wave = situation.lane(cell.instance.application)[index]

    def question(version: Version) -> Question:
        return Question(situation=situation, cell=cell, version=version, now=now, wave_index=index, wave=wave)

    blank = question(Version(None, ""))  # type: ignore[arg-type]  # stands for "whichever"
    sibling = _of_a_sibling(situation, cell, index)
    if sibling is not None:
        return question(sibling)
    before = blank.wave_before()
    if before is None:
        return _of_first_wave(situation, cell, index, now, question)
    soaks: list[_Lacking] = []
    for version in later_wave_versions(blank):
        asked = question(version)
        if not _is_fit(situation, cell, version, index):
            continue
        shut = soak(asked)
        if not isinstance(shut, Blocked):
            return asked
        soaks.append(_Lacking(version=version, shut=_named(cell.artifact, shut)))
    return soaks[0] if soaks else _Lacking(shut=_not_verified(cell.artifact, before[1]))


def _not_verified(artifact: ArtifactName, before: tuple[InstanceName, ...]) -> Blocked:
    return Blocked(
        gate="verified",
        words=f"no version of {artifact} that may go on is verified in {', '.join(map(str, before))} yet",
        who=f"its way there: headway why {artifact} --in {before[0]}",
    )


def _named(artifact: ArtifactName, shut: Blocked) -> Blocked:
    """Say whose version a gate speaks of: a first lock holds those of several artifacts."""
    return replace(shut, words=f"{artifact.artifact}: {shut.words}")


def _of_first_wave(
    situation: Situation, cell: Cell, index: int, now: datetime, question: Callable[[Version], Question]
) -> Question | Blocked | _Lacking:
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
    pairs = first_wave_pairs(situation, cell, index, now)
    return question(pairs[-1]) if pairs else _Lacking(shut=None)


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
    if not questions:
        return []
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
        if all(_may_enter(one) for one in kept):
            return kept
    return questions


def _may_enter(question: Question) -> bool:
    """Say whether an approved version may go in a first lock: of a sibling, or verified and soaked before."""
    situation, cell, index = question.situation, question.cell, question.wave_index
    if not _is_fit(situation, cell, question.version, index):
        return False
    if question.version == _of_a_sibling(situation, cell, index):
        return True
    return not any(isinstance(gate(question), Blocked) for gate in (verified, soak))


def _shut_alone(question: Question) -> list[Blocked]:
    outcomes = [gate(question) for gate in (quarantine, references, standards, present)]
    return [_named(question.cell.artifact, one) for one in outcomes if isinstance(one, Blocked)]


def _shut_together(situation: Situation, instance: InstanceName, questions: list[Question]) -> list[Blocked]:
    shut: list[Blocked] = []
    if questions:
        first = questions[0]
        entries: Entries = frozenset((one.cell.artifact, one.version) for one in questions)
        outcomes: list[Outcome] = [*map(hold, questions), freeze(first), approved(first, entries)]
        # A hold on the whole instance is the same answer for each of its artifacts.
        shut += dict.fromkeys(one for one in outcomes if isinstance(one, Blocked))
        lost = cooling(situation, instance, entries, first.now)
        shut += [refused(instance, lost)] if lost else []
    return shut + paused(situation, instance) + needs(situation, instance)


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
    return [*found, *to_judge(question)]
