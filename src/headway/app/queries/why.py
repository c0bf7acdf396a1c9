"""Why: the same gates that the plan asks, asked without acting, for one artifact in one instance."""

from dataclasses import dataclass, replace
from datetime import datetime

from headway.app.desk import Desk
from headway.app.queries.away import said_away
from headway.app.queries.standards import FindingShown, running, shown
from headway.app.queries.underway import said_underway
from headway.domain.gates import Blocked, Question, blocks
from headway.domain.gates.outcome import SOON
from headway.domain.gates.quarantine import quarantine
from headway.domain.gates.slot import slot_of
from headway.domain.gates.standards import weighed_of
from headway.domain.names import Cell, InstanceName, Version
from headway.domain.plan import plan_cell
from headway.domain.plan.cell import HOPELESS
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.situation import Situation
from headway.domain.situation.absence import engine_away, sources_of
from headway.domain.situation.order import newest_unordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One version, and what keeps it from this instance."""

    version: str
    blocked: tuple[Blocked, ...]
    """Empty: nothing does, it goes or is there."""
    standards: tuple[FindingShown, ...] = ()
    """What was found of it by the standards in force, what is waived too; empty: nothing, or not yet."""
    look: str | None = None
    """The command that says, on a clone, in which file and line that is written; None: nothing was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that waits in the cell: until it went or was dropped, the plan chooses nothing else."""

    version: str
    by: str
    reason: str
    at: datetime
    now: bool
    """Whether it cuts in before the version that the wave took up."""
    cancel: str
    """The command that takes it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything that explains one cell."""

    artifact: str
    instance: InstanceName
    at: datetime
    stands_at: str | None
    health: str
    """While its engine is away it is unknown, whatever was seen before."""
    away: tuple[str, ...]
    """Whom the instance hangs on and who does not answer: its clocks stand meanwhile."""
    underway: tuple[str, ...]
    """What happens in the instance now, with how far it is."""
    request: Request | None
    """None: nobody asked, or what was asked for has gone."""
    answers: tuple[Answer, ...]
    """Newest first; empty: there is nothing newer than what stands there."""
    running: tuple[FindingShown, ...]
    """What of today's standards does not hold for what runs there; it is said, and never touched."""
    conclusion: str
    """The whole in one sentence."""


def why(desk: Desk, cell: Cell, version: Version | None = None) -> Why:
    """Explain why a version (None: the newest) is not in an instance, or that it is."""
    situation = desk.situation
    shelf = situation.shelf(cell.artifact)
    state = situation.cell(cell)
    answers = _answers(desk, cell, version)
    return Why(
        artifact=str(cell.artifact),
        instance=cell.instance,
        at=desk.now,
        stands_at=shelf.label(state.standing) if state.standing else None,
        health=_health(situation, cell),
        away=said_away(situation, sources_of(situation, cell.instance)),
        underway=said_underway(desk, cell.instance),
        request=_request(desk, cell),
        answers=answers,
        running=running(situation, cell, desk.now),
        conclusion=_conclusion(desk, cell, answers, version),
    )


def _health(situation: Situation, cell: Cell) -> str:
    seen = situation.instance(cell.instance).health.get(cell.artifact.artifact)
    if seen is None:
        return "unknown"
    told = f"{seen.state}{': ' + seen.words if seen.words else ''}"
    since = engine_away(situation, cell.instance)
    return f"unknown since {since:%H:%M:%S} UTC, before that {told}" if since else told


def _request(desk: Desk, cell: Cell) -> Request | None:
    asked = desk.situation.cell(cell).asked
    if asked is None:
        return None
    return Request(
        version=desk.situation.shelf(cell.artifact).label(asked.version),
        by=asked.by,
        reason=asked.reason,
        at=asked.at,
        now=asked.now,
        cancel=f"headway promote {cell.artifact} --to {cell.instance} --cancel --reason …",
    )


def _answers(desk: Desk, cell: Cell, version: Version | None) -> tuple[Answer, ...]:
    situation = desk.situation
    label = situation.shelf(cell.artifact).label
    index = situation.wave_index(cell.instance)
    if index is None:
        return ()
    has_lock = situation.instance(cell.instance).lock is not None
    if version is not None:
        question = Question(
            situation=situation,
            cell=cell,
            version=version,
            now=desk.now,
            wave_index=index,
            wave=situation.lane(cell.instance.application)[index],
            asked=situation.cell(cell).asked,
        )
        blocked = blocks(question) if has_lock else _first_lock_keeps(desk, question)
        return (_answer(question, blocked),)
    if not has_lock:
        first = plan_first_lock(situation, cell.instance, desk.now)
        mine = [one for artifact, one in (*first.entries, *first.coming) if artifact == cell.artifact]
        named = label(mine[0]) if mine else f"a first version of {cell.artifact.artifact}"
        blocked = first.blocked_for(cell.artifact)
        return (Answer(version=named, blocked=blocked),) if mine or blocked else ()
    shut = slot_of(situation, cell.instance)
    busy = (shut,) if isinstance(shut, Blocked) else ()
    weighed = plan_cell(situation, cell, desk.now).weighed
    wave = situation.lane(cell.instance.application)[index]
    found = tuple(
        _answer(
            Question(
                situation=situation,
                cell=cell,
                version=one.version,
                now=desk.now,
                wave_index=index,
                wave=wave,
            ),
            (*one.blocked, *busy),
        )
        for one in weighed
    )
    return found or _set_aside(desk, cell, index)


def _answer(question: Question, blocked: tuple[Blocked, ...]) -> Answer:
    """Answer of one version, with what was found of it by the standards."""
    first_shut = next((one.gate for one in blocked if one.gate in HOPELESS), None)
    if first_shut is not None:
        # Nothing is found out about it meanwhile.
        later = f"Headway, once {first_shut} is open"
        blocked = tuple(replace(one, who=later) if one.who == SOON else one for one in blocked)
    found = shown(weighed_of(question))
    artifact, estate = question.cell.artifact, question.situation.estate
    look = None
    if found and estate is not None:
        repository = estate.applications[artifact.application].repository
        look = f"headway check --commit {question.version.commit[:8]} {repository}"
    return Answer(version=question.label, blocked=blocked, standards=found, look=look)


def _set_aside(desk: Desk, cell: Cell, index: int) -> tuple[Answer, ...]:
    """Give the newest version that was tried here and found bad, which the plan weighs no more."""
    situation = desk.situation
    shelf, state = situation.shelf(cell.artifact), situation.cell(cell)
    newest: Answer | None = None
    above = state.standing
    for version in state.outcomes:
        if above is None or not shelf.is_newer(version, above):
            continue
        question = Question(
            situation=situation,
            cell=cell,
            version=version,
            now=desk.now,
            wave_index=index,
            wave=situation.lane(cell.instance.application)[index],
        )
        shut = quarantine(question)
        if isinstance(shut, Blocked):
            newest, above = Answer(version=shelf.label(version), blocked=(shut,)), version
    return (newest,) if newest else ()


def _first_lock_keeps(desk: Desk, question: Question) -> tuple[Blocked, ...]:
    """Give what keeps a version out of an instance that waits for its first lock."""
    artifact = question.cell.artifact
    first = plan_first_lock(desk.situation, question.cell.instance, desk.now)
    if (artifact, question.version) in first.entries:
        return first.blocked_for(artifact)
    # The lock chose another version: this one's gates, and what keeps the lock, whichever it takes.
    asked_together = frozenset({"slot", "parallel", "hold", "freeze", "approvals", "admitted"})
    return (*blocks(question, but=asked_together), *first.shared)


def _unordered(situation: Situation, cell: Cell) -> str:
    """Name an image that goes nowhere by itself, where people would wonder about it: in the first wave."""
    found = newest_unordered(situation, cell.artifact)
    if found is None or situation.wave_index(cell.instance) != 0:
        return ""
    return (
        f" {found[0].label} has no place in the order of versions: {found[1]}; "
        "a person may promote it, with --digest and --commit."
    )


def _goes(desk: Desk, cell: Cell) -> Version | None:
    """Give the version that goes into the cell next; None: none does."""
    if desk.situation.instance(cell.instance).lock is None:
        return dict(plan_first_lock(desk.situation, cell.instance, desk.now).entries).get(cell.artifact)
    return plan_cell(desk.situation, cell, desk.now).takes


def _conclusion(desk: Desk, cell: Cell, answers: tuple[Answer, ...], version: Version | None) -> str:
    situation = desk.situation
    state = situation.cell(cell)
    label = situation.shelf(cell.artifact).label
    if version is not None and state.standing == version:
        return f"{cell.instance} stands at {label(version)}."
    if not answers:
        if state.standing is None:
            none = f"No version of {cell.artifact} has come as far as {cell.instance}."
            return none + _unordered(situation, cell)
        stands = f"{cell.instance} stands at {label(state.standing)}, and nothing newer has come this far."
        return stands + _unordered(situation, cell)
    newest = answers[0]
    if not newest.blocked:
        goes = _goes(desk, cell)
        if version in (None, goes):
            return f"{newest.version} may enter {cell.instance} and is about to."
        return f"No gate keeps {newest.version} out of {cell.instance}, and it does not go by itself: " + (
            f"{label(goes)} is chosen." if goes else "it is no step forward there. A person may promote it."
        )
    first = newest.blocked[0]
    opens = f" It can open at {first.next_at:%Y-%m-%d %H:%M:%S} UTC." if first.next_at else ""
    blocked = f"{newest.version} is not in {cell.instance} because of {first.gate}: {first.words}."
    return f"{blocked}{opens} Who can change that: {first.who}."
