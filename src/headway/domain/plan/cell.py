"""The plan of one cell: which version it could take, and what keeps it from that."""

from dataclasses import dataclass
from datetime import datetime

from headway.domain.gates import Blocked, Question, blocks, open_until
from headway.domain.gates.images import to_be_rendered
from headway.domain.gates.present import deployed_reference
from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.gates.standards import to_be_judged
from headway.domain.names import Cell, Version
from headway.domain.plan.actions import (
    Action,
    JudgeStandards,
    LookForImage,
    LookForReferences,
    PassNoChange,
    Render,
)
from headway.domain.plan.candidates import later_wave_versions, waiting_since
from headway.domain.plan.checks import checks_of
from headway.domain.plan.pairs import can_be_tried, first_wave_pairs
from headway.domain.plan.steps import walked_later, walked_pairs
from headway.domain.situation.situation import Situation

WEIGHED_AT_MOST = 20
"""How many versions are asked about, newest first: further back nobody would look for the reason."""

HOPELESS = frozenset({"quarantine", "verified", "permission"})
"""While one of these is shut, the outside world is not asked about the version."""

_OF_NO_CHANGE = frozenset(
    {
        "slot",
        "parallel",
        "admitted",
        "images",
        "soak",
        "freeze",
        "approvals",
        "present",
        "references",
        "standards",
    }
)
"""What renders the same as what runs is not asked these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A version and the gates that are shut for it, the slot aside."""

    version: Version
    blocked: tuple[Blocked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """What one cell wants."""

    cell: Cell
    weighed: tuple[Weighed, ...] = ()
    """Newest first, down to the one it takes."""
    takes: Version | None = None
    """The newest that passes every gate but the slot."""
    since: datetime | None = None
    """Since when it has had something to take."""
    asked_by: str | None = None
    reason: str = ""
    actions: tuple[Action, ...] = ()
    """What must be found out, and what passes without a commit."""
    next_at: datetime | None = None
    """When time alone can change this plan."""


def plan_cell(situation: Situation, cell: Cell, now: datetime) -> CellPlan:
    """Weigh what a cell could take now. Pure; the same arguments give the same plan."""
    index = situation.wave_index(cell.instance)
    if index is None or situation.estate is None or not situation.estate.has_artifact(cell.artifact):
        return CellPlan(cell=cell)
    questions = _questions(situation, cell, now, index)
    weighed: list[Weighed] = []
    actions: list[Action] = []
    instants: list[datetime | None] = []
    takes: Question | None = None
    for question in questions[:WEIGHED_AT_MOST]:
        passing = _no_change(question)
        if passing is not None:
            actions.append(passing)
            break
        shut = blocks(question, but=frozenset({"slot"}))
        weighed.append(Weighed(version=question.version, blocked=shut))
        actions += _to_find_out(question, shut)
        instants += [*(one.next_at for one in shut), open_until(question)]
        if not shut:
            takes = question
            break
    return CellPlan(
        cell=cell,
        weighed=tuple(weighed),
        takes=takes.version if takes else None,
        since=waiting_since(situation, cell) if takes else None,
        asked_by=takes.asked.by if takes and takes.asked else None,
        reason=takes.asked.reason if takes and takes.asked else "",
        actions=tuple(actions),
        next_at=min((one for one in instants if one), default=None),
    )


def _questions(situation: Situation, cell: Cell, now: datetime, index: int) -> list[Question]:
    wave = situation.lane(cell.instance.application)[index]
    asked = situation.cell(cell).asked
    wanted: list[Question] = []
    if asked is not None:
        # What a person asked for comes before what the plan would choose.
        wanted.append(
            Question(
                situation=situation,
                cell=cell,
                version=asked.version,
                now=now,
                wave_index=index,
                wave=wave,
                asked=asked,
            )
        )
        if standing_quarantine(situation, cell.artifact, asked.version, cell.instance) is None:
            return wanted
        # It was found bad since it was asked for: waiting for it would starve everything after it.
    anything = Version(None, "")  # type: ignore[arg-type]  # stands for "whichever": only the wave is asked
    blank = Question(situation=situation, cell=cell, version=anything, now=now, wave_index=index, wave=wave)
    if blank.wave_before() is None:
        versions = (
            _first_wave_versions(situation, cell, index, now) if _is_first(situation, cell, index) else ()
        )
    else:
        versions = walked_later(situation, cell, index, later_wave_versions(blank))
    return wanted + [
        Question(situation=situation, cell=cell, version=version, now=now, wave_index=index, wave=wave)
        for version in versions
        if asked is None or version != asked.version
    ]


def _first_wave_versions(situation: Situation, cell: Cell, index: int, now: datetime) -> tuple[Version, ...]:
    """Give the pairs to weigh, and the one that the wave has admitted: nothing else goes in before it did."""
    admitted = situation.wave(cell.artifact, situation.lane(cell.instance.application)[index].name).admitted
    pairs = first_wave_pairs(situation, cell, index, now)
    if admitted is not None and not can_be_tried(situation, cell, admitted, index):
        admitted = None
    return walked_pairs(situation, cell, index, pairs, admitted)


def _is_first(situation: Situation, cell: Cell, index: int) -> bool:
    """Only the lane's own first wave makes pairs; an artifact left out of all before waits for a person."""
    earlier = situation.lane(cell.instance.application)[:index]
    return not any(situation.wave_instances(cell.instance.application, wave) for wave in earlier)


def _no_change(question: Question) -> PassNoChange | None:
    """Find whether the version renders what runs, which is verified: it needs no commit and no admission."""
    situation, cell = question.situation, question.cell
    state = situation.cell(cell)
    shelf = situation.shelf(cell.artifact)
    if state.locked is None or state.standing is None or state.standing not in state.verified:
        return None
    if not shelf.renders_same(question.version, state.locked, cell.instance):
        return None
    if blocks(question, but=_OF_NO_CHANGE):
        return None
    checks = (
        ()
        if shelf.same_checks(question.version, state.standing)
        else checks_of(situation, ((cell.artifact, question.version),), question.wave)
    )
    return PassNoChange(
        instance=cell.instance,
        artifact=cell.artifact,
        before=state.standing,
        version=question.version,
        checks=checks,
    )


def _to_find_out(question: Question, shut: tuple[Blocked, ...]) -> list[Action]:
    gates = {one.gate for one in shut}
    if gates & HOPELESS:
        return []
    situation, cell, version = question.situation, question.cell, question.version
    rendering = situation.shelf(cell.artifact).rendering(version, cell.instance)
    if rendering is None:
        return [Render(cell=cell, version=version)]
    found: list[Action] = []
    if "images" in gates:
        found += [Render(cell=cell, version=one) for one in to_be_rendered(situation, cell, version)]
    if "references" in gates and rendering.references:
        found.append(LookForReferences(cell=cell, commit=version.commit, references=rendering.references))
    if "present" in gates:
        found += look_for_image(situation, cell, version)
    return [*found, *to_judge(question)]


def to_judge(question: Question) -> list[Action]:
    """Give what judges a version by the standards; nothing: it is judged, or nothing judges."""
    situation, cell = question.situation, question.cell
    if question.together is None and situation.instance(cell.instance).lock is None:
        # It enters with the others of a first lock, beside which it is judged.
        return []
    rendering = situation.shelf(cell.artifact).rendering(question.version, cell.instance)
    if rendering is None or rendering.problem is not None or (fingerprint := to_be_judged(question)) is None:
        return []
    return [
        JudgeStandards(
            cell=cell,
            version=question.version,
            fingerprint=fingerprint,
            together=question.together,
        )
    ]


def look_for_image(situation: Situation, cell: Cell, version: Version) -> list[Action]:
    """Give what asks whether a version's image can be pulled where the cell runs; nothing: it has none."""
    environment = situation.environment_of(cell.instance)
    if version.digest is None or environment is None or situation.estate is None:
        return []
    reference = deployed_reference(situation, cell.artifact, version.digest, environment)
    if reference is None:
        return []
    platform = situation.estate.environments[environment].platform
    return [
        LookForImage(artifact=cell.artifact, environment=environment, reference=reference, platform=platform)
    ]
