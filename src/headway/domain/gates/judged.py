"""What was found of a version by the standards in force, if it still counts: by all that it depends on. Pure.

A verdict depends on who judges (the documents, Headway itself, the environment's version of Kubernetes), on
the version as it is rendered for the instance, on the namespace; where the rules ask for it, on what else the
instance holds and on what the application declares of its instances; and on definitions of custom resources.
"""

from collections.abc import Mapping
from hashlib import sha256

from headway.domain.estate import Estate
from headway.domain.gates.outcome import Question
from headway.domain.gates.present import deployed_reference
from headway.domain.names import ArtifactName, Cell, InstanceName, TreeId, Version
from headway.domain.situation.records import Judged
from headway.domain.situation.situation import Situation
from headway.domain.standards.parity import PARITY
from headway.domain.standards.together import TOGETHER

Beside = Mapping[ArtifactName, TreeId | None]
"""What else the instance holds, image aside; None: it is not known yet."""


def asked_of(situation: Situation, instance: InstanceName) -> bool:
    """Say whether anything judges what goes into an instance; where nothing does, nothing is done for it."""
    estate = situation.estate
    environment = situation.environment_of(instance)
    if estate is None or environment is None:
        return False
    in_force = situation.standards
    return bool(
        estate.standards
        or (in_force is not None and not in_force.is_empty)
        or estate.environments[environment].kubernetes
    )


def asks_together(situation: Situation) -> bool:
    """Say whether any rule in force looks at all that an instance holds."""
    in_force = situation.standards
    return in_force is not None and not TOGETHER.keys().isdisjoint(in_force.rules)


def asks_parity(situation: Situation) -> bool:
    """Say whether instances are held against each other."""
    return situation.standards is not None and PARITY in situation.standards.rules


def beside(question: Question) -> Beside | None:
    """Give what stands beside a version that would enter: the lock's others, or those of a first lock."""
    if question.together is None:
        return None
    return entering_beside(question.situation, question.cell, question.together)


def entering_beside(
    situation: Situation, cell: Cell, together: tuple[tuple[ArtifactName, Version], ...]
) -> Beside:
    """Give what enters with a version in a first lock."""
    found: dict[ArtifactName, TreeId | None] = {}
    for artifact, version in together:
        if artifact != cell.artifact:
            rendering = situation.shelf(artifact).rendering(version, cell.instance)
            found[artifact] = rendering.tree if rendering else None
    return found


def locked_beside(situation: Situation, cell: Cell) -> Beside:
    """Give what else the lock of an instance holds."""
    application = cell.instance.application
    others = (ArtifactName(application, name) for name in situation.instance(cell.instance).lock or {})
    return {one: standing_tree(situation, Cell(one, cell.instance)) for one in others if one != cell.artifact}


def _standing(situation: Situation, cell: Cell) -> Beside:
    """Give what the lock holds: the others, and what is replaced, by which it is told what is new."""
    replaced = standing_tree(situation, cell)
    return {**locked_beside(situation, cell), **({cell.artifact: replaced} if replaced else {})}


def standing_tree(situation: Situation, cell: Cell) -> TreeId | None:
    """Give the manifests that a cell's lock holds, image aside where that is known; None: it holds none."""
    state = situation.cell(cell)
    deployed = state.deployed.get(state.locked) if state.locked is not None else None
    return (deployed.neutral or deployed.manifests) if deployed is not None else None


def judged_of(situation: Situation, cell: Cell, version: Version, others: Beside | None) -> Judged | None:
    """Give what was found of a version, if it still counts; None: it is to be judged.

    Args:
        situation: all that is known.
        cell: where it would go.
        version: what would go there.
        others: what stands beside it there; None: what the lock holds.
    """
    found = situation.judged_in(cell).get(version)
    if found is None or found.fingerprint != fingerprint_of(situation, cell, version, others):
        return None
    rests = all(standing_tree(situation, other) == tree for other, tree in found.rests_on)
    return found if rests else None


def fingerprint_of(situation: Situation, cell: Cell, version: Version, others: Beside | None) -> str | None:
    """Fingerprint what a verdict depends on; None: some of it is not known yet."""
    estate, in_force = situation.estate, situation.standards
    environment = situation.environment_of(cell.instance)
    rendering = situation.shelf(cell.artifact).rendering(version, cell.instance)
    if estate is None or in_force is None or environment is None or rendering is None:
        return None
    application = estate.applications[cell.artifact.application]
    parts: list[object] = [
        in_force.fingerprint,
        estate.environments[environment].kubernetes,
        application.namespace(cell.instance.instance),
        rendering.tree,
        deployed_reference(situation, cell.artifact, version.digest, environment) if version.digest else None,
    ]
    if others is not None or asks_together(situation):
        stand = _standing(situation, cell) if others is None else others
        if None in stand.values():
            return None
        parts += [f"{one}={tree}" for one, tree in sorted(stand.items())]
    if asks_parity(situation):
        parts.append(_declared(estate, cell, version))
    return sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def _declared(estate: Estate, cell: Cell, version: Version) -> str:
    """Give what holding an instance against those before it depends on: the rest is the commit's."""
    application = estate.applications[cell.artifact.application]
    artifact = application.artifacts[cell.artifact.artifact]
    names = [one.instance for one in estate.instances(cell.artifact.application)]
    before = names[: names.index(cell.instance.instance)]
    places = [(one, application.namespace(one)) for one in before]
    return repr((version.commit, artifact.shares, artifact.image_paths, places, application.parity))
