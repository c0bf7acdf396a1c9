"""Environments in memory that run what a test says (`LiveEnvironment`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from headway.domain.adoption.live import LiveApplication
from headway.domain.errors import Transient
from headway.domain.names import EnvironmentName


@dataclass(kw_only=True)
class InMemoryLive:
    """One environment; every Application in it reads the repository that is asked about."""

    name: EnvironmentName
    address: str
    told: list[LiveApplication] = field(default_factory=list)
    is_away: bool = False

    async def applications(self, repository: str) -> Sequence[LiveApplication]:
        """See `LiveEnvironment.applications`."""
        if self.is_away:
            raise Transient(
                "engine-away", f"{self.name} does not answer", why="it is away", next_step="ask again"
            )
        del repository
        return list(self.told)
