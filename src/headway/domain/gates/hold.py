"""Gate `hold`: somebody, or a rule, stopped promotions into this instance."""

from datetime import datetime

from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.names import ArtifactName, InstanceName
from headway.domain.situation.records import Hold
from headway.domain.situation.situation import Situation


def hold(question: Question) -> Outcome:
    """Refuse while a hold on the artifact or the whole instance is in force, or other hands changed it."""
    instance = question.cell.instance
    touched = question.situation.instance(instance).touched
    if touched is not None:
        return Blocked(
            gate="hold",
            words=f"{instance} was changed by other hands: {touched.words}",
            who=f"{touched.author}, by a revert of that commit on the environment branch",
        )
    holds = holds_in_force(question.situation, instance, question.cell.artifact, question.now)
    if not holds:
        return ALLOWED
    ends = [one.until for one in holds]
    return Blocked(
        gate="hold",
        words="; ".join(f"held by {one.owner}: {one.reason or 'no reason given'}" for one in holds),
        who=f"a person: headway resume {instance}",
        next_at=max(end for end in ends if end) if all(ends) else None,
    )


def holds_in_force(
    situation: Situation, instance: InstanceName, artifact: ArtifactName | None, now: datetime
) -> tuple[Hold, ...]:
    """Give the holds that stop an artifact in an instance (None: any artifact)."""
    return tuple(
        one
        for one in situation.instance(instance).holds.values()
        if (one.until is None or one.until > now)
        and (artifact is None or one.artifact is None or one.artifact == artifact.artifact)
    )
