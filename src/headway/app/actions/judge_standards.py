"""Judge: find out what of the standards a version does not meet in an instance, and record it."""

import logging
from collections.abc import Mapping

from headway.app.actions.render import manifest, not_rendered
from headway.app.desk import Desk
from headway.app.standards.asking import Answer, Rendered
from headway.domain.errors import HeadwayError, UsageError
from headway.domain.facts import StandardsJudged
from headway.domain.gates.judged import (
    Beside,
    asks_parity,
    asks_together,
    entering_beside,
    fingerprint_of,
)
from headway.domain.names import ArtifactName, Cell, InstanceName, TreeId, Version
from headway.domain.plan.actions import JudgeStandards
from headway.domain.situation import Situation
from headway.domain.situation.records import Judged
from headway.domain.standards import Judgement
from headway.domain.standards.waiver import Weighed, weigh

_LOG = logging.getLogger(__name__)
_NOTHING = Judgement()


async def judge_standards(desk: Desk, action: JudgeStandards) -> None:
    """Judge exactly what would be deployed; recorded if all that it depends on is still as it was."""
    cell, version = action.cell, action.version
    if not _is_of_now(desk.situation, action):
        return
    try:
        made = await manifest(desk, cell, version)
        beside = await _beside(desk, action)
    except UsageError as error:
        await desk.record(desk.fact(not_rendered(cell, version, error)))
        return
    asked = Rendered(
        cell=cell,
        manifests=made.tree,
        beside=beside,
        replaces=running_manifests(desk.situation, cell),
        enters_together=action.together is not None,
        first=await first_rendered(desk, cell, version),
    )
    answer, failure = await _ask(desk, asked)
    body = StandardsJudged(
        artifact=cell.artifact,
        instance=cell.instance,
        version=version,
        fingerprint=action.fingerprint,
        violations=answer.judgement.violations,
        unjudged=answer.judgement.unjudged,
        rests_on=tuple((*other, tree) for other, tree in answer.rests_on),
        failure=failure,
    )

    def is_new(situation: Situation) -> bool:
        known = situation.judged_in(cell).get(version)
        return _is_of_now(situation, action) and not _says_the_same(known, body)

    await desk.recorder.record([desk.fact(body)], only_if=is_new)


async def _ask(desk: Desk, asked: Rendered) -> tuple[Answer, str]:
    """Ask the judge; one that fails is no pass, and says so."""
    try:
        return await desk.asking.ask(desk, asked), ""
    except HeadwayError:
        raise
    except Exception as error:
        _LOG.exception("%s could not be judged", asked.cell)
        # Its words might hold what stands in the manifests.
        return Answer(judgement=_NOTHING), f"{type(error).__name__}: the log of `headway serve` says more"


def _is_of_now(situation: Situation, action: JudgeStandards) -> bool:
    """Say whether all that the verdict depends on is as it was when it was asked for."""
    others: Beside | None = None
    if action.together is not None:
        others = entering_beside(situation, action.cell, action.together)
    return fingerprint_of(situation, action.cell, action.version, others) == action.fingerprint


async def _beside(desk: Desk, action: JudgeStandards) -> Mapping[ArtifactName, TreeId]:
    """Give the manifests of all else that the instance would hold."""
    instance = action.cell.instance
    if action.together is not None:
        return {
            artifact: (await manifest(desk, Cell(artifact, instance), version)).tree
            for artifact, version in action.together
            if artifact != action.cell.artifact
        }
    return locked_manifests(desk.situation, action.cell)


def locked_manifests(situation: Situation, cell: Cell) -> Mapping[ArtifactName, TreeId]:
    """Give the manifests of all else that the lock of an instance holds, where any rule looks at them."""
    if not asks_together(situation):
        return {}
    found = {}
    for name, version in (situation.instance(cell.instance).lock or {}).items():
        artifact = ArtifactName(cell.instance.application, name)
        deployed = situation.cell(Cell(artifact, cell.instance)).deployed.get(version)
        if artifact != cell.artifact and deployed is not None:
            found[artifact] = deployed.manifests
    return found


def running_manifests(situation: Situation, cell: Cell) -> TreeId | None:
    """Give the manifests that the lock of an instance holds of an artifact; None: it holds none."""
    state = situation.cell(cell)
    deployed = state.deployed.get(state.locked) if state.locked is not None else None
    return deployed.manifests if deployed is not None else None


async def first_rendered(desk: Desk, cell: Cell, version: Version) -> tuple[InstanceName, TreeId] | None:
    """Give how the lane's first instance that has a version renders it; None: it is this, or nobody asks.

    Raises:
        Transient: the renderer or the repository could not be used.
    """
    estate = desk.situation.estate
    if estate is None or not asks_parity(desk.situation):
        return None
    for instance in estate.instances(cell.artifact.application):
        if instance == cell.instance:
            return None
        try:
            return instance, (await manifest(desk, Cell(cell.artifact, instance), version)).tree
        except UsageError:
            # It has no overlay there, or a broken one, which keeps it out there.
            continue
    return None


async def weighed_now(desk: Desk, cell: Cell, version: Version, manifests: TreeId) -> Weighed:
    """Judge what would stand in a cell beside what its instance holds, and weigh the waivers.

    Raises:
        HeadwayError: it cannot be judged now.
    """
    asked = Rendered(
        cell=cell,
        manifests=manifests,
        beside=locked_manifests(desk.situation, cell),
        replaces=running_manifests(desk.situation, cell),
        first=await first_rendered(desk, cell, version),
    )
    answer = await desk.asking.ask(desk, asked)
    waivers = desk.situation.estate.waivers if desk.situation.estate else ()
    return weigh(answer.judgement, waivers, cell.artifact, cell.instance, desk.now)


def _says_the_same(known: Judged | None, body: StandardsJudged) -> bool:
    return known is not None and (
        known.fingerprint,
        known.judgement.violations,
        known.judgement.unjudged,
        tuple((*cell, tree) for cell, tree in known.rests_on),
        known.failure,
    ) == (body.fingerprint, body.violations, body.unjudged, body.rests_on, body.failure)
