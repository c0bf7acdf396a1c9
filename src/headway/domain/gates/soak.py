"""Gate `soak`: the version has been verified and healthy long enough in each instance of the wave before."""

from datetime import datetime, timedelta

from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.gates.rules import rules_at
from headway.domain.names import Cell
from headway.domain.situation.records import CellState, Soak


def soak(question: Question) -> Outcome:
    """Ask each instance of the wave before for its soak of this version."""
    needed = rules_at(question.situation, question.cell.artifact.application, question.wave).soak
    before = question.wave_before()
    if before is None or not needed:
        return ALLOWED
    short: list[str] = []
    opens: list[datetime | None] = []
    for instance in before[1]:
        cell = question.situation.cell(Cell(question.cell.artifact, instance))
        left = left_to_soak(cell, question, needed)
        if left > timedelta(0):
            running = cell.soak.get(question.version, Soak()).since is not None
            opens.append(question.now + left if running else None)
            short.append(f"{_spoken(left)} more in {instance}{'' if running else ' (standing still)'}")
    if not short:
        return ALLOWED
    return Blocked(
        gate="soak",
        words=f"{question.label} soaks {_spoken(needed)} before {question.wave.name}: {', '.join(short)}",
        who="time",
        next_at=max(one for one in opens if one) if all(opens) else None,
    )


def left_to_soak(cell: CellState, question: Question, needed: timedelta) -> timedelta:
    """Give how much soak is missing; zero or less: none."""
    return needed - cell.soak.get(question.version, Soak()).at(question.now)


def _spoken(span: timedelta) -> str:
    seconds = int(span.total_seconds()) + (1 if span.microseconds else 0)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    words = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{seconds}s" if seconds else ""]
    return "".join(words) or "0s"
