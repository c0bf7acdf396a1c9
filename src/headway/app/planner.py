"""Keeps the plan up to date at the cost of what changed.

Invariant (held by a property test): after `plan`, what is wanted equals what planning from nothing wants.
"""

import heapq
from datetime import datetime

from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.domain.plan import Action, CellPlan, InstancePlan, Touches, plan_cell, plan_instance
from headway.domain.situation import Situation


class Planner:
    """The plans of all cells and instances, and the heap of instants at which they change by themselves."""

    def __init__(self) -> None:
        self._cells: dict[InstanceName, dict[ArtifactName, CellPlan]] = {}
        self._plans: dict[InstanceName, InstancePlan] = {}
        self._everything = True
        self._dirty_cells: set[Cell] = set()
        self._dirty_instances: set[InstanceName] = set()
        self._timers: list[tuple[datetime, InstanceName]] = []
        self._times_planned: dict[InstanceName, int] = {}

    def times_planned(self, instance: InstanceName) -> int:
        """Say how often an instance was planned; while it stays the same, so do its plans."""
        return self._times_planned.get(instance, 0)

    def touch(self, touches: Touches) -> None:
        """Mark what a fact touched."""
        self._everything = self._everything or touches.everything
        self._dirty_cells |= touches.cells
        self._dirty_instances |= touches.instances

    def look_again(self, instance: InstanceName, at: datetime) -> None:
        """Plan an instance anew at an instant."""
        heapq.heappush(self._timers, (at, instance))

    @property
    def next_at(self) -> datetime | None:
        """Give the next instant at which a plan can change by itself."""
        return self._timers[0][0] if self._timers else None

    def wanted(self, instance: InstanceName) -> tuple[Action, ...]:
        """Give what an instance's present plan asks for."""
        plan = self._plans.get(instance)
        return plan.actions if plan else ()

    def cell_plans(self, instance: InstanceName) -> dict[ArtifactName, CellPlan]:
        """Give the plans of an instance's cells."""
        return self._cells.get(instance, {})

    def plan(self, situation: Situation, now: datetime) -> tuple[InstanceName, ...]:
        """Bring all plans up to date; give the instances that were planned anew."""
        if self._everything:
            self._restart(situation)
        while self._timers and self._timers[0][0] <= now:
            _, instance = heapq.heappop(self._timers)
            self._dirty_instances.add(instance)
            for plan in self._cells.get(instance, {}).values():
                if plan.next_at is not None and plan.next_at <= now:
                    self._dirty_cells.add(plan.cell)
        for cell in self._dirty_cells:
            self._cells.setdefault(cell.instance, {})[cell.artifact] = plan_cell(situation, cell, now)
            self._dirty_instances.add(cell.instance)
        planned = tuple(sorted(self._dirty_instances))
        for instance in planned:
            self._plan_instance(situation, instance, now)
        self._dirty_cells.clear()
        self._dirty_instances.clear()
        return planned

    def _plan_instance(self, situation: Situation, instance: InstanceName, now: datetime) -> None:
        plan = plan_instance(situation, instance, self._cells.get(instance, {}), now)
        before = self._plans.get(instance)
        self._plans[instance] = plan
        self._times_planned[instance] = self.times_planned(instance) + 1
        if plan.next_at is not None and (before is None or before.next_at != plan.next_at):
            self.look_again(instance, plan.next_at)

    def _restart(self, situation: Situation) -> None:
        self._everything = False
        self._cells.clear()
        self._plans.clear()
        self._timers.clear()
        estate = situation.estate
        if estate is None:
            return
        for application in estate.applications.values():
            for instance in estate.instances(application.name):
                self._dirty_instances.add(instance)
                self._dirty_cells |= {
                    Cell(artifact.name, instance) for artifact in application.artifacts.values()
                }
