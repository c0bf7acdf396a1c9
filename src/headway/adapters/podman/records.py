"""What the agent must remember over its own end: verdicts, Jobs' runs, and which addresses pods had.

One small file, written before the deed that it speaks of. Everything else is read from podman again.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from headway.adapters.podman.json_file import read_json, write_json
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState


class RunState(StrEnum):
    """How far one run of a Job has come."""

    STARTED = "started"
    """An attempt was begun, or is about to be."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class JobRun:
    """One run: all attempts of a Job for one promotion that changed its rendering."""

    state: RunState = RunState.STARTED
    failures: int = 0
    attempts: int = 0
    """Pods that were made for it: the ordinal of the next."""
    began_at: float = 0.0
    """Seconds since 1970."""
    words: str = ""


@dataclass(slots=True, kw_only=True)
class ArtifactRecord:
    """One artifact of one instance."""

    promotion: str = ""
    """The instance's promotion that the two verdicts below are for."""
    rendering: str = ""
    rendered_in: str = ""
    """The promotion in which the rendering changed last: Jobs run once for it."""
    failed: str = ""
    """Why it failed for this promotion; empty: it has not. It stays so until the next promotion."""
    was_healthy: bool = False

    def begin(self, promotion: str, rendering: str) -> bool:
        """Take up the promotion now asked for; True: something changed."""
        before = (self.promotion, self.rendering)
        if rendering != self.rendering:
            self.rendering, self.rendered_in = rendering, promotion
        if promotion != self.promotion:
            self.promotion, self.failed, self.was_healthy = promotion, "", False
        return before != (promotion, rendering)

    def settle(self, now: ArtifactHealth) -> ArtifactHealth:
        """Give the state to tell, from the one seen: failed stays; not healthy any more is degraded."""
        if self.failed:
            return ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words=self.failed)
        if now.state is DeploymentState.FAILED and not self.was_healthy:
            self.failed = now.words
            return now
        if now.state is DeploymentState.HEALTHY:
            self.was_healthy = True
            return now
        if self.was_healthy and (now.words or now.state is DeploymentState.FAILED):
            return ArtifactHealth(state=DeploymentState.DEGRADED, cause=now.cause, words=now.words)
        return now


class Records:
    """The file of records; `save` writes only what changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        raw = read_json(path)
        self.artifacts = {key: ArtifactRecord(**value) for key, value in raw.get("artifacts", {}).items()}
        self.runs = {
            key: JobRun(**{**value, "state": RunState(value["state"])})
            for key, value in raw.get("runs", {}).items()
        }
        self.positions: dict[str, int] = {key: int(value) for key, value in raw.get("positions", {}).items()}
        self._saved = self._as_json()

    def next_position(self, environment: str) -> int:
        """Give the next pod's address a number, which comes again only when all were given."""
        position = self.positions.get(environment, 0)
        self.positions[environment] = position + 1
        return position

    def artifact(self, *name: object) -> ArtifactRecord:
        """Give the record of (environment, instance, artifact), made when it is not there."""
        return self.artifacts.setdefault(" ".join(str(word) for word in name), ArtifactRecord())

    def save(self) -> None:
        """Have everything on the disk."""
        now = self._as_json()
        if now != self._saved:
            write_json(self._path, now)
            self._saved = now

    def _as_json(self) -> dict[str, object]:
        return {
            "artifacts": {key: asdict(value) for key, value in self.artifacts.items()},
            "runs": {key: asdict(value) for key, value in self.runs.items()},
            "positions": dict(self.positions),
        }
