"""What runs in an environment before Headway comes."""

from collections.abc import Sequence
from typing import Protocol

from headway.domain.adoption.live import LiveApplication
from headway.domain.names import EnvironmentName


class LiveEnvironment(Protocol):
    """One environment's engine, asked for what it runs of a repository; nothing is changed."""

    name: EnvironmentName
    address: str
    """Where the engine answers."""

    async def applications(self, repository: str) -> Sequence[LiveApplication]:
        """Give every Application that reads a repository, with its objects and the digests that run.

        Those that follow an environment branch already are given too, without objects.

        Args:
            repository: its URL; host and path are compared, however it is reached.

        Raises:
            Transient: `engine-away`, `engine-denied`: what runs is not known, which is not nothing.
        """
        ...
