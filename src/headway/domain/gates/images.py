"""Gate `images`: where an artifact says so, a version changes one image of what runs, never two at once.

For artifacts whose pods run several images of which Headway follows one: a folder that could not be split
when it was adopted. The others stand in its configuration by digest. So it is known which image failed.
"""

from headway.domain.facts import Outcome as Ended
from headway.domain.gates.outcome import ALLOWED, SOON, Blocked, Outcome, Question
from headway.domain.image_name import parse_image_name
from headway.domain.names import ArtifactName, Cell, CommitId, Version
from headway.domain.situation.situation import Situation


def images(question: Question) -> Outcome:
    """Refuse what would change several images; which ones it changes is asked of both renderings."""
    situation, cell, version = question.situation, question.cell, question.version
    running = walks_from(situation, cell)
    if running is None or _problem(situation, cell, version):
        return ALLOWED
    problem = _problem(situation, cell, running)
    changed = images_changed(situation, cell, version)
    if problem is not None and question.asked is None:
        return Blocked(
            gate="images",
            words=f"which images {question.label} changes cannot be told: what runs renders no more: "
            f"{problem}",
            who=f"a person: headway promote {cell.artifact} --to {cell.instance.instance} --reason …",
        )
    if problem is not None or (changed is not None and len(changed) <= 1):
        return ALLOWED
    if changed is None:
        words = f"it is not known yet which images {question.label} changes in {cell.instance}"
        return Blocked(gate="images", words=words, who=SOON)
    return Blocked(
        gate="images",
        words=f"{question.label} changes {' and '.join(sorted(changed))} at once, and the images of "
        f"{cell.artifact.artifact} change one at a time",
        who="the versions between, one by one; where there are none, the team: commits on main that change "
        "one of them each, taking the others back first",
    )


def walks_from(situation: Situation, cell: Cell) -> Version | None:
    """Give what runs in a cell that is walked one image at a time; None: nothing binds its next version.

    So it is where nothing runs. What failed there binds nothing either: its cure may take several images.
    """
    state = situation.cell(cell)
    running = state.locked
    if running is None or not is_walked(situation, cell.artifact):
        return None
    if state.outcomes.get(running) in (Ended.FAILED, Ended.LEFT):
        return None
    return running


def is_walked(situation: Situation, artifact: ArtifactName) -> bool:
    """Say whether an artifact declares that its images change one at a time."""
    estate = situation.estate
    if estate is None or not estate.has_artifact(artifact):
        return False
    return estate.applications[artifact.application].artifacts[artifact.artifact].one_image_at_a_time


def is_out_of_reach(situation: Situation, cell: Cell, version: Version) -> bool:
    """Say whether a version is known to change more than one image of what runs in a cell."""
    if walks_from(situation, cell) is None:
        return False
    return len(images_changed(situation, cell, version) or ()) > 1


def images_changed(situation: Situation, cell: Cell, version: Version) -> frozenset[str] | None:
    """Give the repositories of the images that a version would change in a cell; None: not known (yet)."""
    running = situation.cell(cell).locked
    if running is None:
        return frozenset()
    others = others_changed(situation, cell, version.commit)
    if others is None or running.digest == version.digest:
        return others
    return others | {_own(situation, cell.artifact)}


def others_changed(situation: Situation, cell: Cell, commit: CommitId) -> frozenset[str] | None:
    """Give the images beside the artifact's own that a commit changes in a cell; None: not known (yet)."""
    running = situation.cell(cell).locked
    if running is None or running.commit == commit:
        return frozenset()
    mine, theirs = (_images(situation, cell, one) for one in (commit, running.commit))
    if mine is None or theirs is None:
        return None
    return frozenset(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


def to_be_rendered(situation: Situation, cell: Cell, version: Version) -> tuple[Version, ...]:
    """Give the versions that must be rendered for the gate to be answered."""
    running = walks_from(situation, cell)
    return tuple(
        one
        for one in (running, version)
        if one is not None
        and _images(situation, cell, one.commit) is None
        and _problem(situation, cell, one) is None
    )


def _images(situation: Situation, cell: Cell, commit: CommitId) -> dict[str, frozenset[str]] | None:
    """Give the references beside the artifact's own image, by their repositories; None: not known."""
    rendering = situation.shelf(cell.artifact).renderings.get((commit, cell.instance))
    if rendering is None or rendering.images is None:
        return None
    found: dict[str, frozenset[str]] = {}
    for reference in rendering.images:
        name = parse_image_name(reference).repository  # another tag is not another image
        found[name] = found.get(name, frozenset()) | {reference}
    return found


def _problem(situation: Situation, cell: Cell, version: Version) -> str | None:
    rendering = situation.shelf(cell.artifact).rendering(version, cell.instance)
    return rendering.problem if rendering is not None else None


def _own(situation: Situation, artifact: ArtifactName) -> str:
    estate = situation.estate
    source = estate.applications[artifact.application].artifacts[artifact.artifact].image if estate else None
    return source.repository if source is not None else str(artifact)
