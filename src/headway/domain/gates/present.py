"""Gate `present`: the digest can be pulled from the environment's registry, for its platform."""

from headway.domain.estate import Environment, ImageSource
from headway.domain.gates.outcome import ALLOWED, Blocked, Outcome, Question
from headway.domain.names import ArtifactName, Cell, Digest, EnvironmentName
from headway.domain.situation.situation import Situation


def present(question: Question) -> Outcome:
    """Ask what the environment's registry said of the image; not asked yet is not absent."""
    situation, version = question.situation, question.version
    environment = situation.environment_of(question.cell.instance)
    if version.digest is None or environment is None:
        return ALLOWED
    reference = deployed_reference(situation, question.cell.artifact, version.digest, environment)
    if reference is None:
        return ALLOWED
    seen = situation.presence.get((environment, reference))
    if seen is not None and seen[0] == "present":
        return ALLOWED
    words = seen[1] if seen is not None else "its registry has not been asked yet"
    return Blocked(
        gate="present",
        words=f"{reference} cannot be pulled for {environment}: {words}",
        who="the registry, or whoever mirrors images to it",
    )


def is_absent(situation: Situation, cell: Cell, digest: Digest) -> bool:
    """Say whether the cell's registry answered that it has no such image for the environment's platform."""
    environment = situation.environment_of(cell.instance)
    if environment is None:
        return False
    reference = deployed_reference(situation, cell.artifact, digest, environment)
    seen = situation.presence.get((environment, reference)) if reference is not None else None
    return seen is not None and seen[0] == "absent"


def deployed_reference(
    situation: Situation, artifact: ArtifactName, digest: Digest, environment: EnvironmentName
) -> str | None:
    """Give the reference by digest that an environment deploys; None: the artifact declares no image."""
    estate = situation.estate
    if estate is None or not estate.has_artifact(artifact):
        return None
    source = estate.applications[artifact.application].artifacts[artifact.artifact].image
    if source is None:
        return None
    return f"{mapped_repository(source, estate.environments[environment])}@{digest}"


def mapped_repository(source: ImageSource, environment: Environment) -> str:
    """Give the image repository as the environment reaches it: the longest declared prefix is replaced."""
    for prefix in sorted(environment.registries, key=len, reverse=True):
        if source.repository == prefix or source.repository.startswith(prefix.rstrip("/") + "/"):
            return environment.registries[prefix].rstrip("/") + source.repository[len(prefix.rstrip("/")) :]
    return source.repository
