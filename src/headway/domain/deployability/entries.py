"""Whether production can be entered now: what keeps every version out, whichever it is.

An approval does not: whoever gives it can give it at any time. A soak and a verdict are about one version.
"""

from headway.domain.deployability.watch import Can, Why
from headway.domain.facts import Source
from headway.domain.names import Cell
from headway.domain.situation import Situation


def can_enter(situation: Situation, cell: Cell) -> tuple[Can, Why]:
    """Say whether a cell could be entered, and what that rests on."""
    state = situation.instance(cell.instance)
    if state.touched is not None:
        return Can.NO, Why.TOUCHED
    if any(one.artifact in (None, cell.artifact.artifact) for one in state.holds.values()):
        return Can.NO, Why.HELD
    if _is_away(situation, cell):
        return Can.UNKNOWN, Why.AWAY
    return Can.YES, Why.OPEN


def _is_away(situation: Situation, cell: Cell) -> bool:
    """Say whether the cell's engine or its manifests repository does not answer."""
    environment = situation.environment_of(cell.instance)
    estate = situation.estate
    application = estate.applications.get(cell.artifact.application) if estate else None
    names = {
        (Source.ENGINE, environment or ""),
        (Source.GIT, application.repository if application else ""),
    }
    return any((source, name) in names for source, name in situation.away)
