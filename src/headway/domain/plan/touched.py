"""Whose plan a fact can change: what makes a new fact cost only what it touches."""

from dataclasses import dataclass
from typing import Any

from headway.domain.facts import (
    ApprovalGiven,
    ClockTaken,
    ConfigurationFound,
    DeploymentInterrupted,
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
    PromotionAsked,
    PromotionDecided,
    PromotionEnded,
    PromotionLanded,
    PromotionUnasked,
    QuarantineLifted,
    QuarantinePlaced,
    ReferencesFound,
    RenderingFound,
    RunningJudged,
    SourceAway,
    SourceBack,
    SourceCommitsFound,
    StandardsJudged,
    StandardsTaken,
    StopsLanded,
    VerificationEnded,
    VerificationStarted,
)
from headway.domain.gates.images import is_walked
from headway.domain.gates.judged import asks_together
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.situation.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """What must be planned anew."""

    everything: bool = False
    cells: frozenset[Cell] = frozenset()
    instances: frozenset[InstanceName] = frozenset()


_EVERYTHING = (EstateTaken, ClockTaken, StandardsTaken)
_OF_A_SOURCE = (SourceAway, SourceBack)
_NOTHING = (EstateRefused, EstateWaiting, EstateAccepted, SourceCommitsFound, RunningJudged)
_OF_AN_ARTIFACT = (
    ApprovalGiven,
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

_CHANGES_CELLS = (DeploymentSeen, PromotionLanded)
"""Of these, gates see only what they change in the cells themselves: what stands there, and its soak."""
_SEEN_EVERYWHERE = (PromotionDecided, PromotionEnded, NoChangePassed, InstanceFound)
_OF_NO_GATE = (DeploymentInterrupted, VerificationStarted, VerificationEnded, StopsLanded)
"""No gate asks for them; only the instance's own plan does."""
_OF_ONE_CELL = (PromotionAsked, PromotionUnasked, ReferencesFound, StandardsJudged)


def touched_by(before: Situation, situation: Situation, fact: Fact) -> Touches:
    """Say what a fact touches.

    Args:
        before: the situation without the fact.
        situation: the situation that it was folded into.
        fact: the fact.
    """
    body: Any = fact.body
    if body is None or isinstance(body, _NOTHING):
        return Touches()
    if isinstance(body, _EVERYTHING):
        return Touches(everything=True)
    if isinstance(body, _OF_AN_ARTIFACT):
        return _cells(situation, _artifacts_named(situation, body))
    if isinstance(body, _OF_ONE_CELL):
        cell = Cell(body.artifact, body.instance)
        return Touches(cells=frozenset({cell}), instances=frozenset({body.instance}))
    if isinstance(body, _OF_A_SOURCE):
        return _of_a_source(situation, body.name)
    return _of_an_instance(before, situation, body)


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


def _of_an_instance(before: Situation, situation: Situation, body: Any) -> Touches:  # noqa: ANN401  # any fact
    instance = body.instance
    if isinstance(body, _OF_NO_GATE):
        return Touches(instances=frozenset({instance}))
    artifacts = _artifacts_of(situation, body)
    if isinstance(body, _SEEN_EVERYWHERE):
        joined = _joined(situation, instance, artifacts)
        if not isinstance(body, InstanceFound):
            return joined
        judged = _judged_beside(situation, instance, artifacts)
        others = frozenset(cell.instance for cell in judged)
        return Touches(cells=joined.cells | judged, instances=joined.instances | others)
    if not isinstance(body, _SEEN_FROM_NEAR):
        return _joined(situation, instance, artifacts, only_here=True)
    if isinstance(body, _CHANGES_CELLS):
        artifacts = [one for one in artifacts if _has_changed(before, situation, Cell(one, instance))]
    near = _near(situation, instance)
    cells = frozenset(Cell(artifact, one) for artifact in artifacts for one in near)
    if isinstance(body, PromotionLanded):
        # Earlier waves step where later ones can follow, from what these run.
        cells |= _cells(situation, [one for one in artifacts if is_walked(situation, one)]).cells
        cells |= _judged_beside(situation, instance, artifacts)
    waiting = _waiting_for(situation, instance) if isinstance(body, DeploymentSeen) else frozenset()
    return Touches(cells=cells, instances=frozenset({instance, *waiting, *(cell.instance for cell in cells)}))


def _judged_beside(
    situation: Situation, instance: InstanceName, changed: list[ArtifactName]
) -> frozenset[Cell]:
    """Give the cells that are judged beside what changed in an instance, or by definitions that it holds."""
    cells = {
        cell for artifact in changed for cell in situation.resting.get(Cell(artifact, instance), frozenset())
    }
    if changed and asks_together(situation):
        cells |= {Cell(artifact, instance) for artifact in situation.artifacts_of(instance.application)}
    return frozenset(cells)


def _artifacts_of(situation: Situation, body: Any) -> list[ArtifactName]:  # noqa: ANN401  # any fact
    """Give the artifacts that a fact about an instance is about: those it names, else all that are there."""
    if isinstance(body, PromotionDecided):
        return [change.artifact for change in body.changes]
    if isinstance(body, NoChangePassed):
        return [body.artifact]
    if isinstance(body, PromotionEnded) and body.outcome is Outcome.VERIFIED:
        return [artifact for artifact, _ in body.verified]
    return list(situation.artifacts_of(body.instance.application))


def _has_changed(before: Situation, after: Situation, cell: Cell) -> bool:
    """Say whether a cell's state was folded anew: a state that a fact leaves alone is the same object."""
    return before.cell(cell) is not after.cell(cell)


def _artifacts_named(situation: Situation, body: Any) -> list[ArtifactName]:  # noqa: ANN401  # any fact
    if isinstance(body, ApprovalGiven):
        return [artifact for artifact, _ in body.entries]
    if isinstance(body, PresenceFound):
        return _sharing_images(situation, body.artifact)
    return [body.artifact]


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
