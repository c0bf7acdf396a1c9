"""The board of a large estate: every instance's status, kept, so that an answer costs what changed.

An instance is looked at again once a fact touched it or it was planned anew; what neither happened to shows
the same. Holds that end and gates that open by time are planned anew by themselves.
For one event loop, which goes on between applications while many are looked at.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from headway.app.desk import Desk
from headway.app.queries.attention import Need, estate_needs, in_order, instance_needs
from headway.app.queries.status import CellStatus, InstanceStatus, Status, estate_status, instance_status
from headway.domain.deployment import DeploymentState
from headway.domain.errors import UsageError
from headway.domain.facts import Fact, SourceAway, SourceBack
from headway.domain.facts.subjects import subjects_of
from headway.domain.names import EnvironmentName, InstanceName
from headway.domain.plan import Touches

MOST_OPEN_CELLS = 400
"""Up to here a board tells every cell; beyond it only sums, and what is not calm."""
_FIRST_LOCKS_FRESH_FOR = timedelta(seconds=1)
_WRONG = (DeploymentState.DEGRADED, DeploymentState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many cells are how; a cell counts once, for the first of these that it is."""

    wrong: int = 0
    """Degraded or failed, quarantined, failed in verification, or in an instance that other hands changed."""
    unknown: int = 0
    """Nobody can tell how it fares."""
    held: int = 0
    moving: int = 0
    """A version is on its way in."""
    waiting: int = 0
    """A newer version waits for a gate."""
    calm: int = 0

    @property
    def cells(self) -> int:
        """Give how many cells there are."""
        return self.wrong + self.unknown + self.held + self.moving + self.waiting + self.calm


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationStatus:
    """One application's instances, and what they add up to."""

    name: str
    owner: str | None
    tally: Tally
    instances: tuple[InstanceStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is asked for; None: all."""

    application: str | None = None
    owner: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardShown:
    """The board as it was asked for."""

    status: Status
    """What stands around the instances; it holds none of them."""
    tally: Tally
    applications: tuple[ApplicationStatus, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    at: datetime
    times_planned: int
    status: InstanceStatus
    tally: Tally
    needs: tuple[Need, ...]


class Board:
    """What each instance shows, kept while nothing happens to it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[InstanceName, _Kept] = {}
        desk.recorder.listen(self._heard)

    async def look(self) -> None:
        """Look at all that changed, application by application, so that everything else goes on meanwhile."""
        estate = self._desk.situation.estate
        for application in tuple(estate.applications) if estate else ():
            for _ in self._of(application, None):
                pass
            await asyncio.sleep(0)

    def show(self, asked: Filter) -> BoardShown:
        """Give the board; applications in the estate's order, instances in lane order."""
        estate = self._desk.situation.estate
        found, needed = [], []
        for application in estate.applications.values() if estate else ():
            if asked.application not in (None, application.name) or asked.owner not in (
                None,
                application.owner,
            ):
                continue
            kept = list(self._of(application.name, asked.environment))
            if not kept:
                continue
            needed += [one for each in kept for one in each.needs]
            found.append(
                ApplicationStatus(
                    name=application.name,
                    owner=application.owner,
                    tally=added(one.tally for one in kept),
                    instances=tuple(one.status for one in kept),
                )
            )
        around = estate_status(self._desk, ())
        return BoardShown(
            status=around,
            tally=added(one.tally for one in found),
            applications=tuple(found),
            needs=in_order([*estate_needs(around), *needed]),
        )

    def _of(self, application: str, environment: str | None) -> Iterator[_Kept]:
        estate = self._desk.situation.estate
        is_there = estate is not None and application in estate.applications
        for name in estate.instances(application) if estate is not None and is_there else ():
            if environment is None or self._desk.situation.environment_of(name) == environment:
                yield self._look(name)

    def _look(self, name: InstanceName) -> _Kept:
        kept, planned = self._kept.get(name), self._desk.planner.times_planned(name)
        if kept is None or kept.times_planned != planned or self._is_old(kept, name):
            status = instance_status(self._desk, name)
            kept = _Kept(self._desk.now, planned, status, _tally(status), tuple(instance_needs(status)))
            self._kept[name] = kept
        return kept

    def _is_old(self, kept: _Kept, name: InstanceName) -> bool:
        """Say whether time alone changed what is said: a first lock is planned whenever it is asked for.

        A waiver's state changes at midnight, in UTC.
        """
        if any(cell.unmet for cell in kept.status.cells) and kept.at.date() != self._desk.now.date():
            return True
        has_lock = self._desk.situation.instance(name).lock is not None
        return not has_lock and self._desk.now - kept.at >= _FIRST_LOCKS_FRESH_FOR

    def _heard(self, fact: Fact, touches: Touches) -> None:
        named = {one.partition(":")[2] for one in subjects_of(fact.body) if one.startswith("instance:")}
        if touches.everything or isinstance(fact.body, (SourceAway, SourceBack)):
            self._kept.clear()
            return
        for name in touches.instances | {cell.instance for cell in touches.cells}:
            self._kept.pop(name, None)
        for text in named:
            self._kept.pop(InstanceName(*text.split("/", 1)), None)


def added(tallies: Iterable[Tally]) -> Tally:
    """Add tallies up."""
    wrong = unknown = held = moving = waiting = calm = 0
    for one in tallies:
        wrong += one.wrong
        unknown += one.unknown
        held += one.held
        moving += one.moving
        waiting += one.waiting
        calm += one.calm
    return Tally(wrong=wrong, unknown=unknown, held=held, moving=moving, waiting=waiting, calm=calm)


def state_of(instance: InstanceStatus, cell: CellStatus) -> str:
    """Say which of a tally's fields a cell counts for."""
    is_wrong = cell.health in _WRONG or cell.quarantined or cell.verification in ("failed", "left")
    if is_wrong or instance.touched:
        return "wrong"
    if cell.underway:
        return "moving"
    if instance.away or (cell.health == "unknown" and cell.version is not None):
        return "unknown"
    if instance.held or cell.held:
        return "held"
    if cell.waits:
        return "waiting"
    return "calm"


def _tally(instance: InstanceStatus) -> Tally:
    counts: dict[str, int] = {}
    for cell in instance.cells:
        state = state_of(instance, cell)
        counts[state] = counts.get(state, 0) + 1
    return Tally(**counts)


def environments(desk: Desk) -> tuple[EnvironmentName, ...]:
    """Give the environments of the estate, in its order."""
    estate = desk.situation.estate
    return tuple(estate.environments) if estate else ()


def owners(desk: Desk) -> tuple[str, ...]:
    """Give everybody who owns an application, sorted."""
    estate = desk.situation.estate
    return tuple(sorted({one.owner for one in estate.applications.values() if one.owner})) if estate else ()


def worst_first(one: ApplicationStatus) -> tuple[int, ...]:
    """Give what sorts applications: what needs somebody most comes first."""
    tally = one.tally
    return (-tally.wrong, -tally.unknown, -tally.held, -tally.moving, -tally.waiting)


def require_known(desk: Desk, asked: Filter) -> None:
    """Refuse a name that is nowhere, so that an empty board is never taken for a quiet one.

    Raises:
        UsageError: `application-unknown`, `environment-unknown`, `owner-unknown`.
    """
    estate = desk.situation.estate
    if asked.application is not None and (estate is None or asked.application not in estate.applications):
        known = ", ".join(list(estate.applications)[:12]) if estate else "none yet"
        raise UsageError(
            "application-unknown",
            f"there is no application {asked.application!r}",
            why=f"known are {known}",
            next_step="see the board, or `headway status`, for those that are there",
        )
    if asked.environment is not None and asked.environment not in environments(desk):
        raise UsageError(
            "environment-unknown",
            f"there is no environment {asked.environment!r}",
            why=f"known are {', '.join(environments(desk)[:12]) or 'none yet'}",
            next_step="choose one of those",
        )
    if asked.owner is not None and asked.owner not in owners(desk):
        raise UsageError(
            "owner-unknown",
            f"no application has the owner {asked.owner!r}",
            why=f"known are {', '.join(owners(desk)[:12]) or 'none yet'}",
            next_step="choose one of those, or write `owner` in the application.yaml that lacks it",
        )
