"""Accept: let an estate that loosens something take force."""

from dataclasses import dataclass

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.domain.errors import UsageError
from headway.domain.facts import EstateAccepted
from headway.domain.facts.fact import Actor
from headway.domain.permissions import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What was accepted."""

    loosens: tuple[str, ...]


async def accept(desk: Desk, who: str, *, reason: str) -> Accepted:
    """Accept what waits: exactly the commits that were looked at, by somebody who held the power before.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`, `nothing-waits`.
    """
    require(desk.situation, who, Verb.ACCEPT, "a change of the estate")
    words = require_reason(reason)
    waiting = desk.situation.waiting
    if waiting is None:
        raise UsageError(
            "nothing-waits",
            "no change of the estate waits",
            why="what stands on main is in force, or cannot be read",
            next_step="see `headway status`",
        )
    body = EstateAccepted(fingerprint=waiting.fingerprint)
    await desk.record(desk.fact(body, reason=words, actor=Actor(f"person:{who}")))
    return Accepted(loosens=waiting.loosens)
