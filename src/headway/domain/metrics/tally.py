"""What must be remembered to go on counting: what is under way, what stands, what is not mended."""

from dataclasses import dataclass, field

from immutables import Map

from headway.domain.estate import Environment, Estate
from headway.domain.facts import SourceCommit
from headway.domain.metrics.delivery import Delivery, Place
from headway.domain.names import ArtifactName, Cell, Digest, InstanceName, PromotionId, Version
from headway.domain.situation import Situation

BROUGHT_KEPT = 20
"""Versions that a cell is remembered to have been brought: as far back as rollbacks may go and be blamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTally:
    """One artifact in one instance."""

    standing: Delivery | None = None
    """The delivery that was verified last; None: none was, in this ledger."""
    version: Version | None = None
    brought: tuple[tuple[Version, Delivery], ...] = ()
    """By version, the delivery that first brought it, the last few."""
    image: Digest | None = None
    """The newest image that was ever delivered: what is not newer carries nothing."""
    configuration: int | None = None
    """The place on `main` of the newest configuration that was ever delivered."""
    failing: tuple[Delivery, ...] = ()
    """Failures that are not mended yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counting, up to a fact."""

    sequence: int = 0
    passed_over: int = 0
    """Facts that could not be read, or not be counted: nothing here knows of them."""
    known: Situation = field(default_factory=Situation)
    """What it asks for, of a situation: estate, shelves, quarantines, holds, who is away and other hands."""
    lines: Map[ArtifactName, Map[int, SourceCommit]] = field(default_factory=Map)
    """By artifact and place: the commits on its source's main line that are recorded."""
    places: Map[Place, int] = field(default_factory=Map)
    deliveries: int = 0
    """How many there are: the next one's number."""
    carried: int = 0
    """Likewise."""
    underway: Map[PromotionId, tuple[Delivery, ...]] = field(default_factory=Map)
    cells: Map[Cell, CellTally] = field(default_factory=Map)

    def cell(self, cell: Cell) -> CellTally:
        """Give a cell's tally."""
        return self.cells.get(cell, _NO_CELL)


_NO_CELL = CellTally()


def place_of(situation: Situation, cell: Cell) -> Place:
    """Say where a cell is, by the estate in force."""
    estate = situation.estate
    environment = situation.environment_of(cell.instance)
    described = estate.environments.get(environment) if estate and environment else None
    application = estate.applications.get(cell.artifact.application) if estate else None
    return Place(
        application=cell.artifact.application,
        artifact=cell.artifact.artifact,
        instance=cell.instance.instance,
        environment=environment or "",
        region=described.region if described else None,
        owner=application.owner if application else None,
        production=is_production(situation, cell.instance),
    )


def is_production(situation: Situation, instance: InstanceName) -> bool:
    """Say whether an instance is production.

    As the platform says of its environments; where it says nothing at all, environments with a region are;
    where none has one, those of the lane's last wave.
    """
    estate, name = situation.estate, situation.environment_of(instance)
    if estate is None or name is None or name not in estate.environments:
        return False
    if any(one.production is not None for one in estate.environments.values()):
        return estate.environments[name].production is True
    return _is_guessed(estate, estate.environments[name], situation, instance)


def _is_guessed(
    estate: Estate, environment: Environment, situation: Situation, instance: InstanceName
) -> bool:
    if any(one.region is not None for one in estate.environments.values()):
        return environment.region is not None
    lane = situation.lane(instance.application)
    return bool(lane) and situation.wave_index(instance) == len(lane) - 1
