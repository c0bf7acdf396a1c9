"""Quarantine: call a version bad, or lift that."""

from dataclasses import dataclass

from headway.app.commands.allowed import require, require_reason
from headway.app.desk import Desk
from headway.app.naming import estate_instances
from headway.domain.errors import UsageError
from headway.domain.facts import QuarantineLifted, QuarantinePlaced
from headway.domain.facts.fact import Actor
from headway.domain.names import ArtifactName, InstanceName, Version
from headway.domain.permissions import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A version's quarantine, placed or lifted."""

    artifact: ArtifactName
    version: str
    lifted: bool
    runs_in: tuple[InstanceName, ...]
    """Where it runs: a quarantine takes nothing back by itself."""


async def quarantine(
    desk: Desk, who: str, artifact: ArtifactName, version: Version, *, whole_digest: bool = False, reason: str
) -> Quarantined:
    """Let no gate take a version anywhere any more; what runs stays until somebody rolls it back.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`.
    """
    require(desk.situation, who, Verb.QUARANTINE, str(artifact))
    words = require_reason(reason)
    where = next(iter(estate_instances(desk.situation, artifact.application)), None)
    body = QuarantinePlaced(artifact=artifact, version=version, instance=where, whole_digest=whole_digest)
    await desk.record(desk.fact(body, reason=words, actor=Actor(f"person:{who}")))
    return _quarantined(desk, artifact, version, lifted=False)


async def lift_quarantine(
    desk: Desk, who: str, artifact: ArtifactName, version: Version, *, reason: str
) -> Quarantined:
    """Let a version go out again.

    Raises:
        NotAllowed: `not-allowed`.
        UsageError: `reason-missing`, `not-quarantined`.
    """
    require(desk.situation, who, Verb.LIFT, str(artifact))
    words = require_reason(reason)
    placed = desk.situation.quarantine_of(artifact, version)
    if placed is None:
        raise UsageError(
            "not-quarantined",
            f"{desk.situation.shelf(artifact).label(version)} of {artifact} is not quarantined",
            why="no quarantine names it",
            next_step="see `headway versions`",
        )
    body = QuarantineLifted(artifact=artifact, version=placed.version)
    await desk.record(desk.fact(body, reason=words, actor=Actor(f"person:{who}")))
    return _quarantined(desk, artifact, version, lifted=True)


def _quarantined(desk: Desk, artifact: ArtifactName, version: Version, *, lifted: bool) -> Quarantined:
    running = tuple(
        instance
        for instance in estate_instances(desk.situation, artifact.application)
        if (desk.situation.instance(instance).lock or {}).get(artifact.artifact) == version
    )
    label = desk.situation.shelf(artifact).label(version)
    return Quarantined(artifact=artifact, version=label, lifted=lifted, runs_in=running)
