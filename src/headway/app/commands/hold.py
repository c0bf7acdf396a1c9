"""Hold: stop promotions of an artifact, or of everything, into an instance."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.domain.errors import UsageError
from headway.domain.facts import HoldPlaced
from headway.domain.facts.fact import Actor
from headway.domain.names import InstanceName
from headway.domain.permissions import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold that was placed."""

    hold_id: str
    instance: InstanceName
    artifact: str | None
    until: datetime | None


async def hold(
    desk: Desk,
    who: str,
    instance: InstanceName,
    *,
    artifact: str | None = None,
    until: datetime | None = None,
    reason: str,
) -> Held:
    """Place a hold; it binds at once and is written to the environment's branch.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`, `until-past`.
    """
    require(desk.situation, who, Verb.HOLD, str(instance))
    words = require_reason(reason)
    if until is not None and until <= desk.now:
        raise UsageError(
            "until-past",
            f"{until.isoformat()} has passed",
            why="a hold ends later",
            next_step="name a later time",
        )
    text = f"{instance} {artifact} {who} {desk.now.isoformat()}"
    hold_id = f"hold-{sha256(text.encode()).hexdigest()[:12]}"
    body = HoldPlaced(hold_id=hold_id, instance=instance, artifact=artifact, owner=who, until=until)
    await desk.record(desk.fact(body, reason=words, actor=Actor(f"person:{who}")))
    return Held(hold_id=hold_id, instance=instance, artifact=artifact, until=until)
