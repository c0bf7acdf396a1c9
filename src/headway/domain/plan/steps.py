"""Which versions lie on the way where an artifact's images change one at a time.

What the plan would take next may be more than one image away from what runs. Then it is walked: through what
the other instances of the wave verified on their way, so that all leave the same evidence to the next wave;
else by the newest image on a configuration that leaves the other images alone, or by the newest configuration
that changes one of them. The half that has waited longest goes first, so that neither starves the other.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile

from headway.domain.gates.images import is_out_of_reach, others_changed, walks_from
from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.gates.references import is_unfit
from headway.domain.names import Cell, CommitId, Version
from headway.domain.plan.pairs import can_be_tried
from headway.domain.situation.situation import Situation


def walked_pairs(
    situation: Situation, cell: Cell, wave_index: int, pairs: Sequence[Version], admitted: Version | None
) -> tuple[Version, ...]:
    """Add to the first wave's pairs the steps towards the one whose turn it is, if it is out of reach.

    Args:
        situation: what is known.
        cell: of the first wave.
        wave_index: the wave's place.
        pairs: those to weigh, the one whose turn it is last.
        admitted: the pair that the wave took up and that still comes here; None: there is none.
    """
    everything = [*pairs, *([admitted] if admitted is not None else [])]
    if walks_from(situation, cell) is not None:
        # What the wave took up goes first, and then its other instances' way there.
        for target in (admitted, pairs[-1] if pairs else None):
            if target is None or not is_out_of_reach(situation, cell, target):
                continue
            steps = _way_of_siblings(situation, cell, wave_index, target) if target == admitted else ()
            steps = steps or _halves(situation, cell, wave_index, target)
            if steps:
                everything += steps
                break
    return tuple(dict.fromkeys(everything))


def walked_later(
    situation: Situation, cell: Cell, wave_index: int, versions: Sequence[Version]
) -> tuple[Version, ...]:
    """Leave out what is known to be out of reach, but the newest: `why` names what shuts it."""
    near = [one for one in versions if not is_out_of_reach(situation, cell, one)]
    if len(near) == len(versions):
        return tuple(versions)
    wave = situation.lane(cell.instance.application)[wave_index]
    admitted = situation.wave(cell.artifact, wave.name).admitted
    if admitted is not None and is_out_of_reach(situation, cell, admitted):
        behind = [one for one in near if situation.shelf(cell.artifact).is_newer(admitted, one)]
        known = set(_verified_beside(situation, cell, wave_index))
        near = [one for one in behind if one in known] or behind or near
    return tuple(dict.fromkeys((*versions[:1], *near)))


def _way_of_siblings(
    situation: Situation, cell: Cell, wave_index: int, target: Version
) -> tuple[Version, ...]:
    shelf = situation.shelf(cell.artifact)
    return tuple(
        one
        for one in _verified_beside(situation, cell, wave_index)
        if shelf.is_newer(target, one)
        and not is_out_of_reach(situation, cell, one)
        and can_be_tried(situation, cell, one, wave_index)
    )


def _verified_beside(situation: Situation, cell: Cell, wave_index: int) -> Iterator[Version]:
    """Give what other instances of the wave verified, latest first."""
    wave = situation.lane(cell.instance.application)[wave_index]
    for instance in situation.wave_instances(cell.instance.application, wave):
        if instance != cell.instance:
            yield from reversed(situation.cell(Cell(cell.artifact, instance)).ready)


def _halves(situation: Situation, cell: Cell, wave_index: int, target: Version) -> tuple[Version, ...]:
    """Give the steps that change one half each, the one that has waited longest first."""
    state, shelf = situation.cell(cell), situation.shelf(cell.artifact)
    standing = state.standing
    if standing is None:
        return ()
    found: list[tuple[datetime, Version]] = []
    newer = [shelf.images[one] for one in takewhile(lambda one: one != standing.digest, shelf.newest_images)]
    if newer and target.digest != standing.digest:
        still = _newest_commit(situation, cell, target.commit, changes=0) or standing.commit
        for commit in dict.fromkeys((still, standing.commit)):
            step = Version(target.digest, commit)
            if can_be_tried(situation, cell, step, wave_index):
                found.append((min(one.found_at for one in newer), step))
                break
    commit_near = _newest_commit(situation, cell, target.commit, changes=1)
    if commit_near is not None:
        step = Version(standing.digest, commit_near)
        came = [shelf.configurations[one].found_at for one in _commits_after(situation, cell, commit_near)]
        if can_be_tried(situation, cell, step, wave_index):
            found.append((min(came), step))
    if standing_quarantine(situation, cell.artifact, standing, cell.instance) is not None:
        # No later wave takes what runs here: a step that they can take from what they run goes first.
        found.sort(key=lambda one: (_is_beyond_others(situation, cell, wave_index, one[1]), one[0]))
    else:
        found.sort(key=lambda one: one[0])
    return tuple(step for _, step in found)


def _is_beyond_others(situation: Situation, cell: Cell, wave_index: int, version: Version) -> bool:
    application = cell.instance.application
    return any(
        is_out_of_reach(situation, Cell(cell.artifact, instance), version)
        for wave in situation.lane(application)[wave_index + 1 :]
        for instance in situation.wave_instances(application, wave)
    )


def _newest_commit(situation: Situation, cell: Cell, target: CommitId, *, changes: int) -> CommitId | None:
    """Give the newest commit up to a target that changes so few other images, or of which it is not known."""
    for commit in _commits_after(situation, cell, target):
        if is_unfit(situation, cell, commit):
            continue
        changed = others_changed(situation, cell, commit)
        if changed is None or len(changed) <= changes:
            return commit
    return None


def _commits_after(situation: Situation, cell: Cell, last: CommitId) -> list[CommitId]:
    """Give the commits after the one that the cell stands at, newest first, from one on."""
    shelf, standing = situation.shelf(cell.artifact), situation.cell(cell).standing
    until = standing.commit if standing is not None else None
    commits = list(takewhile(lambda one: one != until, shelf.newest_configurations))
    return commits[commits.index(last) :] if last in commits else []
