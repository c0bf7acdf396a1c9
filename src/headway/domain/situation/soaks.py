"""How long a version has stood well in a cell."""

from datetime import datetime

from immutables import Map

from headway.domain.deployment import DeploymentState
from headway.domain.names import Cell, Version
from headway.domain.situation.records import CellState, Soak
from headway.domain.situation.situation import Situation

_ILL = (DeploymentState.DEGRADED, DeploymentState.FAILED)


def stopped(state: CellState, version: Version, at: datetime) -> Map[Version, Soak]:
    """Stop a version's soak; what it has so far is kept."""
    soak = state.soak.get(version)
    if soak is None or soak.since is None:
        return state.soak
    return state.soak.set(version, Soak(total=soak.at(at), stood_since=at))


def soaking(situation: Situation, cell: Cell, soak: Soak, at: datetime) -> Soak:
    """Let a soak run on or stand still, as the instance's health is.

    It runs while its own artifact is seen healthy and no other one of the instance is ill. What is only
    starting again is not healthy; otherwise a crash loop would soak between its crashes.
    """
    health = situation.instance(cell.instance).health
    own = health.get(cell.artifact.artifact)
    well = own is not None and own.state is DeploymentState.HEALTHY
    if well and not any(seen.state in _ILL for seen in health.values()):
        return soak if soak.since is not None else Soak(total=soak.total, since=at)
    if soak.since is None and soak.stood_since is not None:
        return soak
    return Soak(total=soak.at(at), stood_since=at)
