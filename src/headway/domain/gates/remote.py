"""Gate `remote`: what the remote refused is pushed again later and later; meanwhile its words are said."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.names import ArtifactName, InstanceName, Version
from headway.domain.situation.records import Lost
from headway.domain.situation.situation import Situation

FIRST_WAIT = timedelta(seconds=5)
"""After the second loss; the first may be a lost race, and is planned anew at once."""
LONGEST_WAIT = timedelta(minutes=10)


def remote(question: Question) -> Outcome:
    """Refuse for a while what was lost on its way to the branch more than once."""
    lost = cooling(
        question.situation,
        question.cell.instance,
        [(question.cell.artifact, question.version)],
        question.now,
    )
    return ALLOWED if lost is None else refused(question.cell.instance, lost)


def refused(instance: InstanceName, lost: Lost) -> Blocked:
    """Say that a commit did not reach the branch, why, and when it is tried again."""
    return Blocked(
        gate="remote",
        words=f"its commit for {instance} was lost {lost.times} times: {lost.words}",
        who="whoever owns the environment's branch and its protection",
        next_at=cools_until(lost),
    )


def cooling(
    situation: Situation,
    instance: InstanceName,
    entries: Iterable[tuple[ArtifactName, Version | None]],
    now: datetime,
) -> Lost | None:
    """Give what was lost of exactly these entries and is still waited for; None: it may be tried now."""
    lost = situation.instance(instance).lost.get(frozenset(entries))
    return lost if lost is not None and cools_until(lost) > now else None


def cools_until(lost: Lost) -> datetime:
    """Give when it may be tried again: each time later, at most `LONGEST_WAIT` after the last loss."""
    if lost.times < 2:
        return lost.at
    doubled: int = 2 ** min(lost.times - 2, 20)
    return lost.at + min(LONGEST_WAIT, FIRST_WAIT * doubled)
