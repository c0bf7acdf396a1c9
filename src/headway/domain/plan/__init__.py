"""The plan: what should be done now, as a pure function of what is known."""

from headway.domain.plan.actions import Action
from headway.domain.plan.cell import CellPlan, plan_cell
from headway.domain.plan.instance import InstancePlan, plan_instance
from headway.domain.plan.touched import Touches, touched_by

__all__ = ["Action", "CellPlan", "InstancePlan", "Touches", "plan_cell", "plan_instance", "touched_by"]
