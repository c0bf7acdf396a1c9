"""Which versions a cell could take: pairs that meet in the first wave, evidence that opens the later ones."""

from datetime import datetime
from itertools import takewhile

from headway.domain.gates.outcome import Question
from headway.domain.gates.quarantine import standing_quarantine, taken_back
from headway.domain.names import Cell, Digest, Version
from headway.domain.situation.records import Turn
from headway.domain.situation.shelf import Shelf
from headway.domain.situation.situation import Situation


def first_wave_pair(situation: Situation, cell: Cell, wave_index: int) -> Version | None:
    """Make the pair whose turn it is in the first wave; None: there is nothing new to try.

    The newest two halves meet. After that pair failed, the newest digest is tried with the last good commit,
    then the newest commit with the last good digest: neither half's mistakes ever starve the other.
    """
    wave = situation.lane(cell.artifact.application)[wave_index]
    state = situation.wave(cell.artifact, wave.name)
    shelf = situation.shelf(cell.artifact)
    good = situation.cell(Cell(cell.artifact, state.failed_in)).locked if state.failed_in else None
    newest_two = _newest_two(situation, cell, shelf, wave_index)
    if newest_two is None:
        return None
    turns: list[Version] = []
    if state.turn is Turn.DIGEST_FIRST and good is not None:
        turns.append(Version(newest_two.digest, good.commit))
    if state.turn is not Turn.NEWEST_TWO and good is not None:
        turns.append(Version(good.digest, newest_two.commit))
    turns.append(newest_two)
    for pair in turns:
        if _can_be_tried(situation, cell, pair, wave_index):
            return pair
    return None


def _newest_two(situation: Situation, cell: Cell, shelf: Shelf, wave_index: int) -> Version | None:
    commit = next(iter(shelf.newest_configurations), None)
    if commit is None:
        return None
    if not _has_image(situation, cell):
        return Version(None, commit)
    digest = shelf.newest_image(_digests_out(situation, cell, wave_index))
    return None if digest is None else Version(digest, commit)


def _digests_out(situation: Situation, cell: Cell, wave_index: int) -> frozenset[Digest]:
    placed = situation.quarantines.get(cell.artifact, {}).values()
    out = {one.version.digest for one in placed if one.whole_digest and one.version.digest}
    for taken in situation.taken_back.get(cell.artifact, ()):
        if taken.whole_digest and taken.version.digest and situation.wave_index(taken.instance) == wave_index:
            out.add(taken.version.digest)
    return frozenset(out)


def _has_image(situation: Situation, cell: Cell) -> bool:
    estate = situation.estate
    if estate is None or not estate.has_artifact(cell.artifact):
        return False
    return estate.applications[cell.artifact.application].artifacts[cell.artifact.artifact].image is not None


def _can_be_tried(situation: Situation, cell: Cell, pair: Version, wave_index: int) -> bool:
    """A pair that is quarantined, taken back, or no step forward here is not made again."""
    return (
        standing_quarantine(situation, cell.artifact, pair, cell.instance) is None
        and taken_back(situation, cell.artifact, pair, wave_index) is None
        and is_step_forward(situation, cell, pair)
    )


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
