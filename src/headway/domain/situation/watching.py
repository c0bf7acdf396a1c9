"""What an instance is once nobody watched it for a while, or nobody knows for how long."""

from dataclasses import replace
from datetime import datetime

from headway.domain.situation.records import InstanceState, Underway


def watched_anew(state: InstanceState, at: datetime) -> InstanceState:
    """Forget what was seen of it.

    What is under way must be seen healthy again, and stay so for the whole time that it is asked to; its
    time-outs begin anew.
    """
    underway = tuple(one if one.landed_at is None else _begun_anew(one, at) for one in state.underway)
    return replace(state, underway=underway, health={}, health_at=None)


def _begun_anew(one: Underway, at: datetime) -> Underway:
    return replace(one, begins_at=at, healthy_at=None, attempted_at=at if one.attempted_at else None)
