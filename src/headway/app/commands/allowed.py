"""Asks the one place that decides what people may do, and turns a no into an error."""

from headway.domain.errors import NotAllowed, UsageError
from headway.domain.permissions import Verb, may, roles_of
from headway.domain.situation import Situation


def require(situation: Situation, who: str, verb: Verb, what: str) -> None:
    """Let a person through, or say who may.

    Raises:
        NotAllowed: `not-allowed`.
    """
    if may(situation.estate, who, verb):
        return
    roles = ", ".join(roles_of(situation.estate, who)) or "no role"
    raise NotAllowed(
        "not-allowed",
        f"{who} may not {verb} {what}",
        why=f"{who} has {roles}",
        next_step="ask the platform team for a role in estate.yaml, or somebody who has one",
    )


def require_reason(reason: str) -> str:
    """Everything that changes state says why.

    Raises:
        UsageError: `reason-missing`.
    """
    words = " ".join(reason.split())
    if not words:
        raise UsageError(
            "reason-missing",
            "no reason was given",
            why="whoever looks later must know why",
            next_step="add --reason",
        )
    return words[:500]
