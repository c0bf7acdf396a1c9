"""The last good version of an artifact in an instance."""

from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.names import Cell, Version
from headway.domain.situation.situation import Situation
from headway.domain.situation.taken_backs import is_meant


def last_good(situation: Situation, cell: Cell) -> Version | None:
    """Give the newest version before the one that runs that was verified here and is still trusted.

    Trusted is what was neither quarantined nor taken back since, and it must render differently from what
    runs, or nothing would be taken back. None: there is none, and a rollback takes the artifact out.
    """
    state = situation.cell(cell)
    running = state.locked
    for version in reversed(state.stays):
        if version in (running, state.standing) or version not in state.verified:
            continue
        if running is not None and situation.shelf(cell.artifact).renders_same(
            version, running, cell.instance
        ):
            continue
        if is_trusted(situation, cell, version):
            return version
    return None


def is_trusted(situation: Situation, cell: Cell, version: Version) -> bool:
    """Say whether a version was neither quarantined nor taken back."""
    if standing_quarantine(situation, cell.artifact, version, cell.instance) is not None:
        return False
    taken = situation.taken_back.get(cell.artifact, ())
    return not any(
        one.instance == cell.instance and is_meant(situation, cell.artifact, one, version) for one in taken
    )


def earlier_lock(situation: Situation, cell: Cell) -> Version | None:
    """Give what the lock held before what it holds now; the last good one if that is distrusted.

    A withdrawal blames nobody, so the earlier version need not have been verified here.
    """
    state = situation.cell(cell)
    for version in reversed(state.stays[:-1]):
        if version != state.locked:
            return version if is_trusted(situation, cell, version) else last_good(situation, cell)
    return None
