"""Gate `slot`: one change at a time in an instance, from its commit to its verdict."""

from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.names import InstanceName
from headway.domain.situation.records import Underway
from headway.domain.situation.situation import Situation


def slot(question: Question) -> Outcome:
    """Refuse while a change is under way in the instance."""
    return slot_of(question.situation, question.cell.instance)


def slot_of(situation: Situation, instance: InstanceName) -> Outcome:
    """Say whether an instance's slot is free."""
    underway = situation.instance(instance).underway
    if not underway:
        return ALLOWED
    return Blocked(
        gate="slot",
        words=f"{instance} is busy: {'; '.join(spoken(situation, one) for one in underway)}",
        who="its verdict",
    )


def spoken(situation: Situation, underway: Underway) -> str:
    """Say what a promotion under way does, for people."""
    changes = ", ".join(
        f"{change.artifact.artifact} to {situation.shelf(change.artifact).label(change.after)}"
        if change.after
        else f"{change.artifact.artifact} out"
        for change in underway.changes
    )
    return f"{underway.kind} of {changes}"
