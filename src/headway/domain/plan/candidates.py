"""Which versions a cell could take: what steps forward, and the evidence that opens the later waves."""

from datetime import datetime
from itertools import takewhile

from headway.domain.gates.outcome import Question
from headway.domain.gates.step_forward import is_step_forward
from headway.domain.names import Cell, Version
from headway.domain.situation.shelf import Shelf
from headway.domain.situation.situation import Situation


def later_wave_versions(question: Question) -> tuple[Version, ...]:
    """Give the versions that the whole wave before verified and that step forward here, newest first."""
    before = question.wave_before()
    if before is None:
        return ()
    situation, cell = question.situation, question.cell
    first, *others = (situation.cell(Cell(cell.artifact, instance)) for instance in before[1])
    shelf = situation.shelf(cell.artifact)
    found: list[Version] = []
    for version in reversed(first.ready):
        if not all(version in other.verified for other in others):
            continue
        if is_step_forward(situation, cell, version):
            found.append(version)
        elif version == situation.cell(cell).standing and not found:
            # The newest evidence is what stands here already: the usual case, and nothing older is newer.
            break
    return tuple(_newest_first(shelf, found))


def _newest_first(shelf: Shelf, versions: list[Version]) -> list[Version]:
    """Order versions so that none comes after one that it is newer than; else the latest verified first."""
    ordered: list[Version] = []
    for version in versions:
        place = next((at for at, other in enumerate(ordered) if shelf.is_newer(version, other)), len(ordered))
        ordered.insert(place, version)
    return ordered


def waiting_since(situation: Situation, cell: Cell) -> datetime | None:
    """Say since when the cell has had something newer to take; a newer one yet does not reset it.

    It counts anew from when the cell last took something, or an artifact with a stream of versions would
    always be the one that has waited longest. None: there is nothing newer.
    """
    shelf, state = situation.shelf(cell.artifact), situation.cell(cell)
    standing = state.standing
    digest, commit = (standing.digest, standing.commit) if standing else (None, None)
    images = takewhile(lambda one: one != digest, shelf.newest_images)
    commits = takewhile(lambda one: one != commit, shelf.newest_configurations)
    instants = [shelf.images[one].found_at for one in images]
    instants += [shelf.configurations[one].found_at for one in commits]
    if not instants:
        return state.taken_at
    first = min(instants)
    return max(first, state.taken_at) if state.taken_at else first
