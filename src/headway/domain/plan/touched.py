"""Whose plan a fact can change: what makes a new fact cost only what it touches."""

from dataclasses import dataclass
from typing import Any

from headway.domain.facts import (
    ApprovalGiven,
    ConfigurationFound,
    DeploymentSeen,
    EstateAccepted,
    EstateRefused,
    EstateTaken,
    EstateWaiting,
    Fact,
    HoldLifted,
    HoldPlaced,
    ImageFound,
    ImagesLookedAt,
    InstanceFound,
    InstanceTouched,
    InstanceUntouched,
    NoChangePassed,
    Outcome,
    PresenceFound,
    PromotionDecided,
    PromotionEnded,
    PromotionLanded,
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


_OF_A_SOURCE = (SourceAway, SourceBack)
_NOTHING = (EstateRefused, EstateWaiting, EstateAccepted)
_OF_ONE_ARTIFACT = (
    ImageFound,
    ImagesLookedAt,
    ConfigurationFound,
    QuarantinePlaced,
    QuarantineLifted,
    RenderingFound,
    PresenceFound,
)
_SEEN_FROM_NEAR = (
    DeploymentSeen,
    HoldPlaced,
    HoldLifted,
    InstanceTouched,
    InstanceUntouched,
    PromotionLanded,
)
"""They change what an instance stands at, how it soaks or whether it is waited for."""


def touched_by(situation: Situation, fact: Fact) -> Touches:
    """Say what a fact touches, in the situation that it was folded into."""
    body: Any = fact.body
    if body is None or isinstance(body, _NOTHING):
        return Touches()
    if isinstance(body, EstateTaken):
        return Touches(everything=True)
    if isinstance(body, _OF_A_SOURCE):
        return _of_a_source(situation, body.name)
    if isinstance(body, ApprovalGiven):
        return _cells(situation, [artifact for artifact, _ in body.entries])
    if isinstance(body, _OF_ONE_ARTIFACT):
        shared = isinstance(body, PresenceFound)
        return _cells(situation, _sharing_images(situation, body.artifact) if shared else [body.artifact])
    return _of_an_instance(situation, body)


def _of_a_source(situation: Situation, name: str) -> Touches:
    """Clocks of what is under way stand while a source is away; a wave may go on without its engine."""
    estate = situation.estate
    if estate is None:
        return Touches()
    cells = frozenset(
        Cell(artifact.name, instance)
        for application in estate.applications.values()
        for wave in estate.waves(application.name)
        if not wave.waits_for_absent and name in wave.instances.values()
        for instance in situation.wave_instances(application.name, wave)
        for artifact in application.artifacts.values()
    )
    busy = frozenset(instance for instance, state in situation.instances.items() if state.underway)
    return Touches(cells=cells, instances=busy)


def _of_an_instance(situation: Situation, body: Any) -> Touches:  # noqa: ANN401  # any fact about an instance
    instance = body.instance
    if isinstance(body, PromotionDecided):
        return _joined(situation, instance, [change.artifact for change in body.changes])
    if isinstance(body, NoChangePassed):
        return _joined(situation, instance, [body.artifact])
    if isinstance(body, PromotionEnded) and body.outcome is Outcome.VERIFIED:
        return _joined(situation, instance, [artifact for artifact, _ in body.verified])
    artifacts = list(situation.artifacts_of(instance.application))
    if isinstance(body, PromotionEnded | InstanceFound):
        return _joined(situation, instance, artifacts)
    if not isinstance(body, _SEEN_FROM_NEAR):
        return _joined(situation, instance, artifacts, only_here=True)
    near = _near(situation, instance)
    cells = frozenset(Cell(artifact, one) for artifact in artifacts for one in near)
    waiting = _waiting_for(situation, instance) if isinstance(body, DeploymentSeen) else frozenset()
    return Touches(cells=cells, instances=near | waiting)


def _sharing_images(situation: Situation, name: ArtifactName) -> list[ArtifactName]:
    """Give the artifacts that run images of the same repository: what is told of one is told of all."""
    estate = situation.estate
    if estate is None or not estate.has_artifact(name):
        return [name]
    source = estate.applications[name.application].artifacts[name.artifact].image
    return [
        other.name
        for application in estate.applications.values()
        for other in application.artifacts.values()
        if other.name == name
        or (source is not None and other.image is not None and other.image.repository == source.repository)
    ]


def _near(situation: Situation, instance: InstanceName) -> frozenset[InstanceName]:
    """Give the instances whose gates look at this one: those of its wave, and of the next that has any."""
    index = situation.wave_index(instance)
    if index is None:
        return frozenset({instance})
    lane = situation.lane(instance.application)
    near = {instance, *situation.wave_instances(instance.application, lane[index])}
    for wave in lane[index + 1 :]:
        following = situation.wave_instances(instance.application, wave)
        if following:
            near |= set(following)
            break
    return frozenset(near)


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
