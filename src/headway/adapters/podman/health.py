"""From what is seen of an artifact's parts to the one state that is told of it; pure."""

from collections.abc import Sequence

from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState

_ORDER = (
    DeploymentState.FAILED,
    DeploymentState.DEGRADED,
    DeploymentState.PENDING,
    DeploymentState.PROGRESSING,
    DeploymentState.HEALTHY,
)

HEALTHY = ArtifactHealth(state=DeploymentState.HEALTHY)


def progressing(words: str, cause: Cause = Cause.NONE) -> ArtifactHealth:
    """Say that it is at work."""
    return ArtifactHealth(state=DeploymentState.PROGRESSING, cause=cause, words=one_line(words))


def waiting(words: str) -> ArtifactHealth:
    """Say that the engine has not come to it yet."""
    return ArtifactHealth(state=DeploymentState.PENDING, words=one_line(words))


def failed(words: str) -> ArtifactHealth:
    """Say that the version itself is at fault."""
    return ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words=one_line(words))


def combine(parts: Sequence[ArtifactHealth]) -> ArtifactHealth:
    """Give the worst of an artifact's parts; trouble of the surroundings is told before mere progress."""
    return min(parts, key=lambda part: (_ORDER.index(part.state), part.cause is Cause.NONE), default=HEALTHY)


def with_notes(health: ArtifactHealth, notes: Sequence[str]) -> ArtifactHealth:
    """Add what the engine does not enforce, in words."""
    words = "; ".join([health.words, *notes] if health.words else notes)
    return ArtifactHealth(state=health.state, cause=health.cause, words=one_line(words))


def one_line(words: str) -> str:
    """Make words fit an observation: one line, at most 600 characters."""
    return " ".join(words.split())[:600]
