"""Everything outside that the use cases reach, in one bundle that only `bootstrap` fills."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from headway.app.ports import (
    Engine,
    Ledger,
    Looks,
    Manifests,
    Policies,
    Registry,
    Renderer,
    Schemas,
    Sources,
    Verdicts,
)
from headway.app.reckoning import Reckoning
from headway.domain.checks import Check
from headway.domain.estate import Environment, ManifestsRepository
from headway.domain.estate.sources import EstateRead, SourceTree
from headway.domain.names import EnvironmentName, RepositoryName


class EstateReader(Protocol):
    """Reads the files that people write; pure."""

    def repositories(self, data: bytes, path: str) -> tuple[ManifestsRepository, ...]:
        """Give the manifests repositories that an ``estate.yaml`` lists.

        Raises:
            EstateInvalid: it cannot be read.
        """
        ...

    def estate(self, sources: Mapping[RepositoryName, SourceTree]) -> EstateRead:
        """Read the whole estate.

        Raises:
            EstateInvalid: with every problem of every file.
        """
        ...

    def checks(
        self, data: bytes, path: str, application: str, repository: RepositoryName
    ) -> tuple[Check, ...]:
        """Give the checks in an ``application.yaml``.

        Raises:
            EstateInvalid: it cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often the outside is looked at without being asked to. None of it matters when hints arrive."""

    images: timedelta = timedelta(minutes=10)
    sources: timedelta = timedelta(minutes=10)
    """The order of source commits, where images follow it; an image that has no place yet is a hint."""
    manifests: timedelta = timedelta(seconds=60)
    settles_after: timedelta = timedelta(seconds=5)
    """How long an instance must have been worse than before it is a fact, when nothing is under way."""
    away_after: timedelta = timedelta(seconds=3)
    """How long an outside system must not answer before that is a fact."""
    looks_again_after: timedelta = timedelta(seconds=10)
    """How soon the same question is put to the outside again."""
    live_within: timedelta = timedelta(seconds=8)
    """How long an engine may take to say what runs now, when somebody asks; then it is unknown."""
    clock: timedelta = timedelta(seconds=60)
    """How often the machine's clock is looked at while nothing else happens."""


@dataclass(kw_only=True)
class Outside:
    """The ports, opened as the estate names them."""

    clock: Reckoning
    ledger: Ledger
    looks: Looks
    registry: Registry
    sources: Sources
    estate_reader: EstateReader
    policies: Policies
    schemas: Schemas
    home: ManifestsRepository
    """The repository that holds ``estate.yaml``."""
    open_repository: Callable[[ManifestsRepository], tuple[Manifests, Renderer]]
    open_engine: Callable[[Environment], Engine]
    verdicts: Verdicts | None = None
    """What the standards found of what runs, kept between two starts; None: it is judged anew at each."""
    pace: Pace = field(default_factory=Pace)
    _repositories: dict[RepositoryName, tuple[Manifests, Renderer]] = field(default_factory=dict)
    _engines: dict[EnvironmentName, Engine] = field(default_factory=dict)

    def repository(self, repository: ManifestsRepository) -> tuple[Manifests, Renderer]:
        """Give a manifests repository and its renderer, opened at first use."""
        if repository.name not in self._repositories:
            self._repositories[repository.name] = self.open_repository(repository)
        return self._repositories[repository.name]

    def engine(self, environment: Environment) -> Engine:
        """Give an environment's engine, opened at first use."""
        if environment.name not in self._engines:
            self._engines[environment.name] = self.open_engine(environment)
        return self._engines[environment.name]
