"""What a person took back: which versions are meant, and what they lose."""

from dataclasses import replace

from headway.domain.facts import Change, Fact, PromotionDecided
from headway.domain.names import ArtifactName, Cell, Version
from headway.domain.situation.records import TakenBack
from headway.domain.situation.situation import Situation


def is_meant(situation: Situation, artifact: ArtifactName, taken: TakenBack, version: Version) -> bool:
    """Say whether a version is what was taken back: it, what renders the same there, what has its digest.

    The last only where taking it back changed the digest.
    """
    if taken.whole_digest and taken.version.digest == version.digest:
        return True
    return situation.shelf(artifact).renders_same(taken.version, version, taken.instance)


def without_evidence(situation: Situation, cell: Cell, taken: TakenBack) -> Situation:
    """Withdraw the evidence of what was taken back from its cell."""
    state = situation.cell(cell)
    withdrawn = [version for version in state.verified if is_meant(situation, cell.artifact, taken, version)]
    verified = state.verified
    for version in withdrawn:
        verified = verified.delete(version)
    ready = tuple(version for version in state.ready if version not in withdrawn)
    return situation.with_cell(cell, replace(state, verified=verified, ready=ready))


def rolled_back(situation: Situation, fact: Fact, body: PromotionDecided, change: Change) -> Situation:
    """Remember what a person took back; what verification took back counts as a remedy of its cell."""
    cell = Cell(change.artifact, body.instance)
    state = situation.cell(cell)
    if body.asked_by is None:
        remedied = replace(state, remedies=(*state.remedies[-20:], fact.happened_at))
        return situation.with_cell(cell, remedied)
    if change.before is None:
        return situation
    changes_digest = change.after is None or change.after.digest != change.before.digest
    taken = TakenBack(
        instance=body.instance,
        version=state.standing or change.before,
        whole_digest=changes_digest and change.before.digest is not None,
        by=body.asked_by,
        reason=fact.reason,
        at=fact.happened_at,
    )
    earlier = situation.taken_back.get(change.artifact, ())
    there = replace(situation, taken_back=situation.taken_back.set(change.artifact, (*earlier, taken)))
    return without_evidence(there, cell, taken)


def given_again(situation: Situation, artifact: ArtifactName, version: Version) -> Situation:
    """A person promoted it: what was taken back of it is so no longer."""
    earlier = situation.taken_back.get(artifact, ())
    kept = tuple(taken for taken in earlier if not is_meant(situation, artifact, taken, version))
    if len(kept) == len(earlier):
        return situation
    return replace(situation, taken_back=situation.taken_back.set(artifact, kept))
