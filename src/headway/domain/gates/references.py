"""Gate `references`: the version renders here, and every object that its manifests name exists."""

from headway.domain.gates.outcome import ALLOWED, SOON, Blocked, Outcome, Question
from headway.domain.names import Cell, CommitId
from headway.domain.situation.situation import Situation


def references(question: Question) -> Outcome:
    """Refuse what does not render for this instance, or names what is not there."""
    cell, version = question.cell, question.version
    shelf = question.situation.shelf(cell.artifact)
    rendering = shelf.rendering(version, cell.instance)
    if rendering is None:
        return Blocked(
            gate="references",
            words=f"{question.label} is not rendered for {cell.instance} yet",
            who=SOON,
        )
    if rendering.problem is not None:
        return Blocked(
            gate="references",
            words=f"{question.label} does not render for {cell.instance}: {rendering.problem}",
            who="the team, by a commit on main",
        )
    if not rendering.references:
        return ALLOWED
    missing = question.situation.missing.get((cell, version.commit))
    if missing is not None and not missing:
        return ALLOWED
    if missing is None:
        names = ", ".join(rendering.references)
        return Blocked(
            gate="references",
            words=f"the engine has not said yet whether {names} exist(s) in {cell.instance}",
            who="the engine",
        )
    return Blocked(
        gate="references",
        words=f"{question.label} names what is not in {cell.instance}: {', '.join(missing)}",
        who="whoever sets up the environment, by creating it",
    )


def is_unfit(situation: Situation, cell: Cell, commit: CommitId) -> bool:
    """Say whether a configuration is known not to render in a cell, or to name what is not there."""
    rendering = situation.shelf(cell.artifact).renderings.get((commit, cell.instance))
    if rendering is None:
        return False
    return rendering.problem is not None or bool(
        rendering.references and situation.missing.get((cell, commit))
    )
