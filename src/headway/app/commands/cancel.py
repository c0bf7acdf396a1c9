"""Cancel: drop what was asked for and has not gone yet, so that the plan chooses again."""

from collections.abc import Sequence
from dataclasses import dataclass

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.domain.errors import Conflict, UsageError
from headway.domain.facts import PromotionUnasked
from headway.domain.facts.fact import Actor
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.permissions import Verb
from headway.domain.situation import Situation
from headway.domain.situation.records import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """A request that waits no longer in one instance."""

    instance: InstanceName
    artifact: ArtifactName
    label: str
    by: str
    """Who had asked."""


async def cancel(
    desk: Desk,
    who: str,
    artifact: ArtifactName,
    instances: Sequence[InstanceName],
    *,
    reason: str,
    dry_run: bool = False,
) -> tuple[Cancelled, ...]:
    """Drop the requests that wait in these instances, whoever asked; an instance without one is passed over.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`, `nothing-asked`: none of them has a request.
        Conflict: `request-changed`: one was met or replaced by then; nothing was dropped.
    """
    for instance in instances:
        require(desk.situation, who, Verb.PROMOTE, f"{artifact} into {instance}")
    words = require_reason(reason) if not dry_run else reason
    waiting = _waiting(desk.situation, artifact, instances)
    if not waiting:
        raise UsageError(
            "nothing-asked",
            f"nobody's request for {artifact} waits in {', '.join(map(str, instances)) or 'any instance'}",
            why="none was made, or it has gone: what was decided is on its way or there",
            next_step=f"see `headway why {artifact} --in INSTANCE`; `headway rollback` takes back what went",
        )
    if not dry_run:
        await _record(desk, who, artifact, waiting, words)
    label = desk.situation.shelf(artifact).label
    return tuple(
        Cancelled(instance=instance, artifact=artifact, label=label(asked.version), by=asked.by)
        for instance, asked in waiting.items()
    )


def _waiting(
    situation: Situation, artifact: ArtifactName, instances: Sequence[InstanceName]
) -> dict[InstanceName, Asked]:
    found = {one: situation.cell(Cell(artifact, one)).asked for one in instances}
    return {instance: asked for instance, asked in found.items() if asked is not None}


async def _record(
    desk: Desk, who: str, artifact: ArtifactName, waiting: dict[InstanceName, Asked], words: str
) -> None:
    """Drop exactly the requests that were looked at: one that came since is a later word."""
    actor = Actor(f"person:{who}")
    facts = [
        desk.fact(PromotionUnasked(artifact=artifact, instance=one), reason=words, actor=actor)
        for one in waiting
    ]
    if await desk.recorder.record(
        facts, only_if=lambda now: _waiting(now, artifact, list(waiting)) == waiting
    ):
        return
    raise Conflict(
        "request-changed",
        f"a request for {artifact} changed while it was cancelled",
        why="it was met, or somebody asked for another version meanwhile",
        next_step="look at `headway why`, then ask again",
    )
