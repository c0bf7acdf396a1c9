"""Whose plan a fact can change: what makes a new fact cost only what it touches."""

from dataclasses import dataclass
from typing import Any

from headway.domain.facts import (
    ApprovalGiven,
    ConfigurationFound,
    DeploymentSeen,
    EstateRefused,
    EstateTaken,
    Fact,
    ImageFound,
    ImagesLookedAt,
    NoChangePassed,
    PresenceFound,
    PromotionDecided,
    PromotionEnded,
    QuarantineLifted,
    QuarantinePlaced,
    RenderingFound,
    SourceAway,
    SourceBack,
)
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.situation.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """What must be planned anew."""

    everything: bool = False
    cells: frozenset[Cell] = frozenset()
    instances: frozenset[InstanceName] = frozenset()


_EVERYTHING = (EstateTaken, SourceAway, SourceBack)
_OF_ONE_ARTIFACT = (
    ImageFound,
    ImagesLookedAt,
    ConfigurationFound,
    QuarantinePlaced,
    QuarantineLifted,
    RenderingFound,
    PresenceFound,
)


def touched_by(situation: Situation, fact: Fact) -> Touches:
    """Say what a fact touches, in the situation that it was folded into."""
    body: Any = fact.body
    if body is None or isinstance(body, EstateRefused):
        return Touches()
    if isinstance(body, _EVERYTHING):
        return Touches(everything=True)
    if isinstance(body, ApprovalGiven):
        return _cells(situation, [artifact for artifact, _ in body.entries])
    if isinstance(body, _OF_ONE_ARTIFACT):
        return _cells(situation, [body.artifact])
    return _of_an_instance(situation, body)


def _of_an_instance(situation: Situation, body: Any) -> Touches:  # noqa: ANN401  # any fact about an instance
    instance = body.instance
    if isinstance(body, PromotionDecided):
        return _joined(situation, instance, [change.artifact for change in body.changes])
    if isinstance(body, NoChangePassed):
        return _joined(situation, instance, [body.artifact])
    artifacts = list(situation.artifacts_of(instance.application))
    if isinstance(body, PromotionEnded):
        return _joined(situation, instance, artifacts)
    here = _joined(situation, instance, artifacts, only_here=True)
    if isinstance(body, DeploymentSeen):
        waiting = _waiting_for(situation, instance)
        return Touches(cells=here.cells, instances=here.instances | waiting)
    return here


def _waiting_for(situation: Situation, instance: InstanceName) -> frozenset[InstanceName]:
    """Give the instances whose first lock waits for this application's health."""
    estate = situation.estate
    if estate is None:
        return frozenset()
    return frozenset(
        other
        for application in estate.applications.values()
        if instance.application in application.needs
        for other in estate.instances(application.name)
        if situation.instance(other).lock is None
    )


def _cells(situation: Situation, artifacts: list[ArtifactName]) -> Touches:
    """Evidence, admission and quarantine of an artifact matter in all its instances."""
    estate = situation.estate
    if estate is None:
        return Touches()
    cells = frozenset(
        Cell(artifact, instance)
        for artifact in artifacts
        if artifact.application in estate.applications
        for instance in estate.instances(artifact.application)
    )
    return Touches(cells=cells, instances=frozenset(cell.instance for cell in cells))


def _joined(
    situation: Situation, instance: InstanceName, artifacts: list[ArtifactName], *, only_here: bool = False
) -> Touches:
    here = Touches(
        cells=frozenset(Cell(artifact, instance) for artifact in artifacts),
        instances=frozenset({instance}),
    )
    if only_here:
        return here
    there = _cells(situation, artifacts)
    return Touches(cells=here.cells | there.cells, instances=here.instances | there.instances)
