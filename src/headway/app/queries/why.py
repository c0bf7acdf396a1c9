"""Why: the same gates that the plan asks, asked without acting, for one artifact in one instance."""

from dataclasses import dataclass
from datetime import datetime

from headway.app.desk import Desk
from headway.domain.gates import Blocked, Question, blocks
from headway.domain.gates.slot import slot_of, spoken
from headway.domain.names import Cell, InstanceName, Version
from headway.domain.plan import plan_cell
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.situation.records import Underway


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One version, and what keeps it from this instance."""

    version: str
    blocked: tuple[Blocked, ...]
    """Empty: nothing does, it goes or is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything that explains one cell."""

    artifact: str
    instance: InstanceName
    at: datetime
    stands_at: str | None
    health: str
    underway: tuple[str, ...]
    """What happens in the instance now, with how far it is."""
    answers: tuple[Answer, ...]
    """Newest first; empty: there is nothing newer than what stands there."""
    conclusion: str
    """The whole in one sentence."""


def why(desk: Desk, cell: Cell, version: Version | None = None) -> Why:
    """Explain why a version (None: the newest) is not in an instance, or that it is."""
    situation = desk.situation
    shelf = situation.shelf(cell.artifact)
    state, instance = situation.cell(cell), situation.instance(cell.instance)
    seen = instance.health.get(cell.artifact.artifact)
    answers = _answers(desk, cell, version)
    return Why(
        artifact=str(cell.artifact),
        instance=cell.instance,
        at=desk.now,
        stands_at=shelf.label(state.standing) if state.standing else None,
        health=f"{seen.state}{': ' + seen.words if seen.words else ''}" if seen else "unknown",
        underway=tuple(_progress(desk, one) for one in instance.underway),
        answers=answers,
        conclusion=_conclusion(desk, cell, answers, version),
    )


def _answers(desk: Desk, cell: Cell, version: Version | None) -> tuple[Answer, ...]:
    situation = desk.situation
    label = situation.shelf(cell.artifact).label
    index = situation.wave_index(cell.instance)
    if index is None:
        return ()
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
        return (Answer(version=label(version), blocked=blocks(question)),)
    if situation.instance(cell.instance).lock is None:
        first = plan_first_lock(situation, cell.instance, desk.now)
        mine = [one for artifact, one in first.entries if artifact == cell.artifact]
        named = label(mine[0]) if mine else "the first lock"
        return (Answer(version=named, blocked=first.blocked),) if mine or first.blocked else ()
    shut = slot_of(situation, cell.instance)
    busy = (shut,) if isinstance(shut, Blocked) else ()
    weighed = plan_cell(situation, cell, desk.now).weighed
    return tuple(Answer(version=label(one.version), blocked=(*one.blocked, *busy)) for one in weighed)


def _progress(desk: Desk, one: Underway) -> str:
    words = spoken(desk.situation, one)
    if one.landed_at is None:
        return f"{words}: decided, not yet on its branch"
    if one.healthy_at is None:
        return f"{words}: on its branch since {one.landed_at:%H:%M:%S}, not healthy yet"
    if one.verifying is not None:
        return f"{words}: healthy, being verified (attempt {one.attempts})"
    return f"{words}: healthy since {one.healthy_at:%H:%M:%S}, verified soon"


def _conclusion(desk: Desk, cell: Cell, answers: tuple[Answer, ...], version: Version | None) -> str:
    situation = desk.situation
    state = situation.cell(cell)
    label = situation.shelf(cell.artifact).label
    if version is not None and state.standing == version:
        return f"{cell.instance} stands at {label(version)}."
    if not answers:
        if state.standing is None:
            return f"No version of {cell.artifact} has come as far as {cell.instance}."
        return f"{cell.instance} stands at {label(state.standing)}, and nothing newer has come this far."
    newest = answers[0]
    if not newest.blocked:
        return f"{newest.version} may enter {cell.instance} and is about to."
    first = newest.blocked[0]
    opens = f" It can open at {first.next_at:%Y-%m-%d %H:%M:%S} UTC." if first.next_at else ""
    blocked = f"{newest.version} is not in {cell.instance} because of {first.gate}: {first.words}."
    return f"{blocked}{opens} Who can change that: {first.who}."
