"""The board: every artifact in every instance."""

from dataclasses import dataclass
from datetime import datetime

from headway.app.desk import Desk
from headway.app.queries.away import said_away
from headway.app.queries.standards import FindingShown, ending, running
from headway.app.queries.underway import said_underway
from headway.domain.facts import Outcome, Source
from headway.domain.gates import Blocked
from headway.domain.gates.hold import holds_in_force
from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.names import ArtifactName, Cell, EnvironmentName, InstanceName, Version
from headway.domain.plan.first_lock import plan_first_lock
from headway.domain.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStatus:
    """One artifact in one instance; three states that are never mixed."""

    artifact: ArtifactName
    instance: InstanceName
    version: str | None
    """None: it is not in the lock file."""
    health: str
    """The deployment's state as the engine last said: ``unknown`` where it said nothing."""
    words: str
    verification: str
    """``passed``, ``running``, ``none``, ``failed``, ``left`` or ``withdrawn``."""
    since: datetime | None
    underway: str | None
    """The version on its way in; None: none."""
    waits: str | None
    """What the newest version that is not here yet waits for; None: nothing newer."""
    gate: str | None = None
    """The gate that it waits for; None: for none."""
    who: str | None = None
    """Who or what can open that gate."""
    opens_at: datetime | None = None
    """When time alone can open it; None: time alone never does, or it waits for none."""
    newer: str | None
    """The newest version that could come; None: nothing newer."""
    held: tuple[str, ...]
    quarantined: bool
    unmet: tuple[FindingShown, ...]
    """What of today's standards does not hold for what runs, waived or not; it is said, and never touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceStatus:
    """One instance."""

    name: InstanceName
    wave: str
    environment: EnvironmentName
    region: str | None
    promotion_id: str | None
    underway: tuple[str, ...]
    held: tuple[str, ...]
    touched: str | None
    away: str | None
    cells: tuple[CellStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole board at one instant."""

    at: datetime
    sequence: int
    instances: tuple[InstanceStatus, ...]
    """By application, in lane order."""
    left: tuple[str, ...]
    """Instances and artifacts that run and that no file names any more: frozen as they are."""
    refused: tuple[str, ...]
    """What is wrong with the estate on `main`; the last good one is in force."""
    waiting: tuple[str, ...]
    """What the estate on `main` would loosen; it takes force once it is accepted."""
    standards: tuple[str, ...]
    """What makes standards on `main` unusable: nothing passes until it is mended."""
    waivers: tuple[str, ...]
    """Waivers that end within a week."""
    away: tuple[str, ...]
    """Outside systems that do not answer."""
    never_read: str | None
    """Why no estate was ever read; None: one was, or was refused."""
    unread: tuple[int, ...]
    """The sequences of facts that could not be read and are passed over."""


def status(desk: Desk, application: str | None = None) -> Status:
    """Give the board, of one application or of all."""
    estate = desk.situation.estate
    names = [
        instance
        for name in (estate.applications if estate else ())
        if application in (None, name)
        for instance in (estate.instances(name) if estate else ())
    ]
    return estate_status(desk, tuple(instance_status(desk, name) for name in names))


def estate_status(desk: Desk, instances: tuple[InstanceStatus, ...]) -> Status:
    """Give what stands around instances that were looked at."""
    situation = desk.situation
    return Status(
        at=desk.now,
        sequence=situation.sequence,
        instances=instances,
        left=_left(situation),
        refused=situation.refused,
        waiting=situation.waiting.loosens if situation.waiting else (),
        standards=tuple(map(str, situation.standards.problems if situation.standards else ())),
        waivers=ending(situation.estate, desk.now),
        away=said_away(situation),
        never_read=_never_read(desk),
        unread=tuple(sorted(desk.recorder.unread)),
    )


def _never_read(desk: Desk) -> str | None:
    situation, home = desk.situation, desk.outside.home
    if situation.estate is not None or situation.refused or situation.waiting:
        return None
    silent = situation.away.get((Source.GIT, home.name))
    why = silent[1] if silent else "it has no main, or was asked just now and has not answered yet"
    return f"The estate in {home.name} was never read: {why}"


def instance_status(desk: Desk, name: InstanceName) -> InstanceStatus:
    """Give one instance of the board."""
    situation = desk.situation
    state = situation.instance(name)
    index = situation.wave_index(name) or 0
    environment = desk.environment_of(name)
    estate = situation.estate
    away = next((words for (_, at), (_, words) in situation.away.items() if at == environment), None)
    touched = state.touched
    return InstanceStatus(
        name=name,
        wave=situation.lane(name.application)[index].name,
        environment=environment,
        region=estate.environments[environment].region if estate else None,
        promotion_id=state.deployment,
        underway=said_underway(desk, name),
        held=tuple(
            f"{one.owner}: {one.reason}"
            for one in holds_in_force(situation, name, None, desk.now)
            if not one.artifact
        ),
        touched=f"{touched.author}: {touched.words}" if touched else None,
        away=away,
        cells=_cells(desk, name),
    )


@dataclass(frozen=True, slots=True)
class _Coming:
    """The newest version that could come, and the first thing that keeps it out."""

    version: Version
    shut: Blocked | None


def _cells(desk: Desk, name: InstanceName) -> tuple[CellStatus, ...]:
    coming = _first_lock(desk, name) if desk.situation.instance(name).lock is None else _weighed(desk, name)
    return tuple(
        _cell(desk, Cell(artifact, name), coming.get(artifact))
        for artifact in desk.situation.artifacts_of(name.application)
    )


def _first_lock(desk: Desk, name: InstanceName) -> dict[ArtifactName, _Coming]:
    first = plan_first_lock(desk.situation, name, desk.now)
    return {
        artifact: _Coming(version, next(iter(first.blocked_for(artifact)), None))
        for artifact, version in (*first.entries, *first.coming)
    }


def _weighed(desk: Desk, name: InstanceName) -> dict[ArtifactName, _Coming]:
    return {
        artifact: _Coming(plan.weighed[0].version, next(iter(plan.weighed[0].blocked), None))
        for artifact, plan in desk.planner.cell_plans(name).items()
        if plan.weighed
    }


def _cell(desk: Desk, cell: Cell, newest: _Coming | None) -> CellStatus:
    situation = desk.situation
    state, instance = situation.cell(cell), situation.instance(cell.instance)
    shelf = situation.shelf(cell.artifact)
    health = instance.health.get(cell.artifact.artifact)
    shut = newest.shut if newest else None
    coming = next(
        (
            change.after
            for one in instance.underway
            for change in one.changes
            if change.artifact == cell.artifact and change.after
        ),
        None,
    )
    return CellStatus(
        artifact=cell.artifact,
        instance=cell.instance,
        version=shelf.label(state.standing) if state.standing else None,
        health=health.state if health else ("unknown" if state.locked else "absent"),
        words=health.words if health else "",
        verification=_verification(situation, cell),
        since=state.taken_at,
        underway=shelf.label(coming) if coming else None,
        waits=f"{shut.gate}: {shut.words}" if shut else None,
        gate=shut.gate if shut else None,
        who=shut.who if shut else None,
        opens_at=shut.next_at if shut else None,
        newer=shelf.label(newest.version) if newest else None,
        held=tuple(
            f"{one.owner}: {one.reason}"
            for one in holds_in_force(situation, cell.instance, cell.artifact, desk.now)
            if one.artifact
        ),
        quarantined=state.standing is not None
        and standing_quarantine(situation, cell.artifact, state.standing, cell.instance) is not None,
        unmet=running(situation, cell, desk.now),
    )


def _verification(situation: Situation, cell: Cell) -> str:
    state = situation.cell(cell)
    if state.locked is None:
        return "none"
    if any(cell.artifact in one.artifacts for one in situation.instance(cell.instance).underway):
        return "running"
    if state.standing in state.verified:
        return "passed"
    outcome = state.outcomes.get(state.locked)
    return "none" if outcome in (None, Outcome.REPLACED) else str(outcome)


def _left(situation: Situation) -> tuple[str, ...]:
    estate = situation.estate
    found = []
    for name, state in situation.instances.items():
        if not state.lock:
            continue
        if situation.wave_index(name) is None:
            found.append(f"{name} (instance)")
            continue
        known = estate.applications[name.application].artifacts if estate else {}
        found += [f"{name}: {artifact}" for artifact in state.lock if artifact not in known]
    return tuple(sorted(found))
