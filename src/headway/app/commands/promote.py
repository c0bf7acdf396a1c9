"""Promote: ask for a version; it goes as soon as the gates let it, before any automatic choice."""

from dataclasses import dataclass

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.domain.errors import Refused, UsageError
from headway.domain.facts import PromotionAsked
from headway.domain.facts.fact import Actor
from headway.domain.gates import Blocked, Question, blocks
from headway.domain.gates.standards import weighed_of
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.permissions import Verb
from headway.domain.situation.records import Asked

_FINAL = frozenset({"quarantine", "verified", "hold", "permission"})
"""Gates that a wait does not open: asking is refused at once, so that nobody waits for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRequest:
    """What a person asks for in one instance."""

    instance: InstanceName
    artifact: ArtifactName
    version: Version
    label: str
    runs: str | None
    waits_for: tuple[Blocked, ...]
    """Gates that are shut now and may open."""


async def promote(
    desk: Desk,
    who: str,
    artifact: ArtifactName,
    instance: InstanceName,
    version: Version,
    *,
    now: bool = False,
    reason: str,
    dry_run: bool = False,
) -> PromotionRequest:
    """Ask for a version in an instance.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`, `runs-already`, `instance-without-lock`.
        Refused: `gate-shut`: a gate that waiting does not open says no.
    """
    require(desk.situation, who, Verb.PROMOTE, f"{artifact} into {instance}")
    words = require_reason(reason) if not dry_run else reason
    situation = desk.situation
    cell = Cell(artifact, instance)
    label = situation.shelf(artifact).label(version)
    state = situation.cell(cell)
    if situation.instance(instance).lock is None:
        raise UsageError(
            "instance-without-lock",
            f"{instance} has no lock yet",
            why="its first lock puts in all artifacts together",
            next_step=f"see `headway why {artifact} --in {instance}`",
        )
    if state.locked == version:
        raise UsageError(
            "runs-already",
            f"{label} is what {instance} runs",
            why="its lock file names it",
            next_step="nothing is to be done",
        )
    asked = Asked(version=version, by=who, reason=words, now=now, at=desk.now)
    shut, is_unmet = _shut(desk, cell, asked)
    final = [one for one in shut if one.gate in _FINAL or (one.gate == "standards" and is_unmet)]
    if final:
        raise Refused(
            "gate-shut",
            f"{label} may not enter {instance}",
            why="; ".join(f"{one.gate}: {one.words}" for one in final),
            next_step="; ".join(dict.fromkeys(one.who for one in final)),
        )
    if not dry_run:
        body = PromotionAsked(artifact=artifact, instance=instance, version=version, now=now)
        await desk.record(desk.fact(body, reason=words, actor=Actor(f"person:{who}")))
    return PromotionRequest(
        instance=instance,
        artifact=artifact,
        version=version,
        label=label,
        runs=situation.shelf(artifact).label(state.locked) if state.locked else None,
        waits_for=shut,
    )


def _shut(desk: Desk, cell: Cell, asked: Asked) -> tuple[tuple[Blocked, ...], bool]:
    """Give the gates that are shut, and whether the version is known not to meet the standards."""
    index = desk.situation.wave_index(cell.instance)
    if index is None:
        return (), False
    question = Question(
        situation=desk.situation,
        cell=cell,
        version=asked.version,
        now=desk.now,
        wave_index=index,
        wave=desk.situation.lane(cell.instance.application)[index],
        asked=asked,
    )
    weighed = weighed_of(question)
    return blocks(question), weighed is not None and bool(weighed.standing)
