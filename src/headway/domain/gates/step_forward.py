"""Whether a version leads anywhere from what a cell stands at: what does not is never taken by itself."""

from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.names import Cell, Version
from headway.domain.situation.situation import Situation


def is_step_forward(situation: Situation, cell: Cell, version: Version) -> bool:
    """Say whether a version may replace what the cell stands at without a person.

    It must be newer; unless what stands there is quarantined, then any other will do.
    """
    standing = situation.cell(cell).standing
    if standing is None:
        return True
    if standing == version:
        return False
    if situation.shelf(cell.artifact).is_newer(version, standing):
        return True
    return standing_quarantine(situation, cell.artifact, standing, cell.instance) is not None
