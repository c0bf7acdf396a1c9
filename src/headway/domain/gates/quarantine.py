"""Gate `quarantine`: a version found bad, or taken back by a person, goes nowhere by itself."""

from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.names import ArtifactName, InstanceName, Version
from headway.domain.situation.records import Quarantine, TakenBack
from headway.domain.situation.situation import Situation
from headway.domain.situation.taken_backs import is_meant


def quarantine(question: Question) -> Outcome:
    """Refuse what is quarantined anywhere, and what renders here as something that failed here."""
    artifact = question.cell.artifact
    found = standing_quarantine(question.situation, artifact, question.version, question.cell.instance)
    if found is not None:
        return Blocked(
            gate="quarantine",
            words=f"{question.label} is quarantined: {found.reason}",
            who=f"whoever may lift it: headway quarantine {artifact} {question.version} --lift",
        )
    if question.asked is not None:
        return ALLOWED
    taken = taken_back(question.situation, artifact, question.version, question.wave_index)
    if taken is None:
        return ALLOWED
    return Blocked(
        gate="quarantine",
        words=f"{question.label} was taken back in {taken.instance} by {taken.by}: {taken.reason}",
        who=f"a person: headway promote {artifact} --to {question.cell.instance.instance} "
        f"--version {question.version} --reason …",
    )


def standing_quarantine(
    situation: Situation, artifact: ArtifactName, version: Version, instance: InstanceName
) -> Quarantine | None:
    """Give the quarantine that binds a version in an instance; None: none does."""
    named = situation.quarantine_of(artifact, version)
    if named is not None:
        return named
    shelf = situation.shelf(artifact)
    for placed in situation.quarantines.get(artifact, {}).values():
        if placed.instance == instance and shelf.renders_same(placed.version, version, instance):
            return placed
    return None


def taken_back(
    situation: Situation, artifact: ArtifactName, version: Version, wave_index: int
) -> TakenBack | None:
    """Give the rollback by a person that keeps a version out of a wave; None: none does."""
    for taken in situation.taken_back.get(artifact, ()):
        where = situation.wave_index(taken.instance)
        if where is None or where > wave_index:
            continue
        if is_meant(situation, artifact, taken, version):
            return taken
    return None
