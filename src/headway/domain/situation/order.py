"""What keeps an image out of the order of versions, in words."""

from headway.domain.names import ArtifactName
from headway.domain.situation.shelf import Image
from headway.domain.situation.situation import Situation


def no_order(situation: Situation, artifact: ArtifactName, image: Image) -> str | None:
    """Say why an image has no place among those of its source's commits; None: it has, or needs none."""
    estate = situation.estate
    if estate is None or not estate.has_artifact(artifact) or image.source_position is not None:
        return None
    declared = estate.applications[artifact.application].artifacts[artifact.artifact].image
    if declared is None or declared.ordered_by is None:
        return None
    if image.source_commit is None:
        return "it names no source commit (org.opencontainers.image.revision)"
    return f"its source commit {image.source_commit[:12]} was not seen on the source's main line"


def newest_unordered(situation: Situation, artifact: ArtifactName) -> tuple[Image, str] | None:
    """Give the image without an order that was found last, and why it has none; None: all have one."""
    images = situation.shelf(artifact).images.values()
    found = [(image, words) for image in images if (words := no_order(situation, artifact, image))]
    return max(found, key=lambda one: (one[0].found_at, one[0].digest), default=None)
