"""What a gate answers: allowed, or blocked with reasons that tell who can change it and when it can open."""

from dataclasses import dataclass
from datetime import datetime

from headway.domain.estate import Wave
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.situation.records import Asked
from headway.domain.situation.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May `version` enter `cell` now?"""

    situation: Situation
    cell: Cell
    version: Version
    now: datetime
    wave_index: int
    wave: Wave
    asked: Asked | None = None
    """The person's request that this version answers; None: the plan's own choice."""
    together: tuple[tuple[ArtifactName, Version], ...] | None = None
    """All that enters in one change, in a first lock; None: it enters alone, beside what the lock holds."""

    @property
    def label(self) -> str:
        """Name the version for people."""
        return self.situation.shelf(self.cell.artifact).label(self.version)

    def wave_before(self) -> tuple[Wave, tuple[InstanceName, ...]] | None:
        """Give the nearest earlier wave that deploys this artifact; None: there is none."""
        lane = self.situation.lane(self.cell.artifact.application)
        for wave in reversed(lane[: self.wave_index]):
            instances = self.situation.wave_instances(self.cell.artifact.application, wave)
            if instances:
                return wave, instances
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The gate is open."""

    until: datetime | None = None
    """The instant at which time alone may shut it; None: time alone never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """The gate is shut."""

    gate: str
    words: str
    """What is missing, in one line."""
    who: str
    """Who or what can change it."""
    next_at: datetime | None = None
    """The instant at which time alone can open it; None: time alone never does."""
    brief: str | None = None
    """What is missing, for whoever lists what was found beside it; None: the words have no list."""


Outcome = Allowed | Blocked

SOON = "Headway, in a moment"
"""Who opens a gate that only waits for what is asked of the outside world already."""
ALLOWED = Allowed()
