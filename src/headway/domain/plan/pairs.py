"""Which pairs an artifact's halves make in its lane's first wave.

A half that is known to be shut where the pair would run is out of the race: its configuration does not render
there, names what is not there or does not meet the standards, or its image is absent. The newest halves that
are not shut meet without it, so neither half's mistakes ever starve the other; once it is mended it meets
again. Unknown is never shut.
"""

from datetime import datetime

from headway.domain.gates.present import is_absent
from headway.domain.gates.quarantine import standing_quarantine, taken_back
from headway.domain.gates.references import is_unfit
from headway.domain.gates.standards import does_not_meet
from headway.domain.gates.step_forward import is_step_forward
from headway.domain.names import Cell, CommitId, Digest, Version
from headway.domain.situation.records import Turn
from headway.domain.situation.situation import Situation

_ASKED_AGAIN = 5
"""So many shut halves of a kind are weighed, newest first: older ones would be passed over once mended."""


def first_wave_pairs(situation: Situation, cell: Cell, wave_index: int, now: datetime) -> tuple[Version, ...]:
    """Give the pairs to weigh in the first wave, the newest two first and the one whose turn it is last.

    Those in between, and the newest two themselves, may have a half that is shut: they are weighed so that
    `why` names what shuts it, and so that it is looked at again. Empty: there is nothing new to try.
    """
    shut_commits, commit = _commits(situation, cell, now)
    shut_digests, digest = _digests(situation, cell, wave_index)
    newest_commit = next(iter(shut_commits), commit)
    newest_digest = next(iter(shut_digests), digest)
    if newest_commit is None or (newest_digest is None and _has_image(situation, cell)):
        return ()
    pairs = [Version(newest_digest, newest_commit)] if shut_commits or shut_digests else []
    pairs += [Version(one, commit or newest_commit) for one in shut_digests[:_ASKED_AGAIN]]
    pairs += [Version(digest or newest_digest, one) for one in shut_commits[:_ASKED_AGAIN]]
    if commit is not None and (digest is not None or not _has_image(situation, cell)):
        pairs += _in_turn(situation, cell, Version(digest, commit), wave_index)
    fit = [pair for pair in pairs if can_be_tried(situation, cell, pair, wave_index)]
    return tuple(dict.fromkeys(fit))


def _in_turn(situation: Situation, cell: Cell, newest_two: Version, wave_index: int) -> list[Version]:
    """Give the pair whose turn it is, if there is any.

    The newest two halves meet. After that pair failed, the newest digest is tried with the last good commit,
    then the newest commit with the last good digest.
    """
    wave = situation.lane(cell.artifact.application)[wave_index]
    state = situation.wave(cell.artifact, wave.name)
    good = situation.cell(Cell(cell.artifact, state.failed_in)).locked if state.failed_in else None
    turns: list[Version] = []
    if state.turn is Turn.DIGEST_FIRST and good is not None:
        turns.append(Version(newest_two.digest, good.commit))
    if state.turn is not Turn.NEWEST_TWO and good is not None:
        turns.append(Version(good.digest, newest_two.commit))
    turns.append(newest_two)
    return [pair for pair in turns if can_be_tried(situation, cell, pair, wave_index)][:1]


def _commits(situation: Situation, cell: Cell, now: datetime) -> tuple[list[CommitId], CommitId | None]:
    """Give the commits that are shut, newest first, down to the newest that is not; None: all are."""
    standing = situation.cell(cell).standing
    shut: list[CommitId] = []
    for commit in situation.shelf(cell.artifact).newest_configurations:
        # What it stands at runs already, whatever is said of it since.
        if standing is not None and commit == standing.commit:
            return shut, commit
        if not (is_unfit(situation, cell, commit) or does_not_meet(situation, cell, commit, now)):
            return shut, commit
        shut.append(commit)
    return shut, None


def _digests(situation: Situation, cell: Cell, wave_index: int) -> tuple[list[Digest], Digest | None]:
    """Give the digests that are shut, newest first, down to the newest that is not; None: nobody knows it."""
    standing = situation.cell(cell).standing
    runs = standing.digest if standing is not None else None
    shelf, out = situation.shelf(cell.artifact), _digests_out(situation, cell, wave_index)
    shut: list[Digest] = []
    if not _has_image(situation, cell):
        return shut, None
    while (digest := shelf.newest_image(out.union(shut))) is not None:
        if digest == runs or not is_absent(situation, cell, digest):
            return shut, digest
        shut.append(digest)
    return shut, runs if shut and runs not in out else None


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


def can_be_tried(situation: Situation, cell: Cell, pair: Version, wave_index: int) -> bool:
    """A pair that is quarantined, taken back, or no step forward here is not made again."""
    return (
        standing_quarantine(situation, cell.artifact, pair, cell.instance) is None
        and taken_back(situation, cell.artifact, pair, wave_index) is None
        and is_step_forward(situation, cell, pair)
    )
