"""Gate `permission`: what a person asked for, that person may still ask for."""

from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.permissions import Verb, may


def permission(question: Question) -> Outcome:
    """Ask the one place that decides what people may do; the plan's own choices need no permission."""
    if question.asked is None or may(question.situation.estate, question.asked.by, Verb.PROMOTE):
        return ALLOWED
    return Blocked(
        gate="permission",
        words=f"{question.asked.by} may not promote {question.cell.artifact} any more",
        who="the platform team, by a role in estate.yaml",
    )
