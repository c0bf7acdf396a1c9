"""The situation: persistent maps from names to records; folding a fact shares all that it does not touch."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from immutables import Map

from headway.domain.estate import Estate, Wave
from headway.domain.facts import Source
from headway.domain.names import ArtifactName, Cell, CommitId, EnvironmentName, InstanceName, Version
from headway.domain.situation.records import (
    Approval,
    CellState,
    InstanceState,
    Judged,
    Quarantine,
    Reckoned,
    RunningFound,
    StandardsInForce,
    TakenBack,
    WaitingEstate,
    WaveState,
)
from headway.domain.situation.shelf import Shelf

WaveKey = tuple[ArtifactName, str]
"""An artifact and the name of a wave of its lane."""

_NO_CELL = CellState()
_NO_INSTANCE = InstanceState()
_NO_WAVE = WaveState()
_NO_SHELF = Shelf()
_NONE_JUDGED: Map[Version, Judged] = Map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What all facts up to `sequence` add up to."""

    sequence: int = 0
    estate: Estate | None = None
    """None: no estate was ever in force."""
    refused: tuple[str, ...] = ()
    """What is wrong with the estate on `main`; empty: nothing, it is in force."""
    waiting: WaitingEstate | None = None
    """The estate on `main` that waits for `accept`; None: none does."""
    accepted: str = ""
    """The fingerprint of the estate that was accepted last."""
    shelves: Map[ArtifactName, Shelf] = field(default_factory=Map)
    cells: Map[Cell, CellState] = field(default_factory=Map)
    instances: Map[InstanceName, InstanceState] = field(default_factory=Map)
    waves: Map[WaveKey, WaveState] = field(default_factory=Map)
    quarantines: Map[ArtifactName, Map[Version, Quarantine]] = field(default_factory=Map)
    taken_back: Map[ArtifactName, tuple[TakenBack, ...]] = field(default_factory=Map)
    approvals: Map[tuple[str, str], tuple[Approval, ...]] = field(default_factory=Map)
    """By application and wave."""
    presence: Map[tuple[EnvironmentName, str], tuple[str, str]] = field(default_factory=Map)
    """By environment and reference: what the registry said, and its words."""
    missing: Map[tuple[Cell, CommitId], tuple[str, ...]] = field(default_factory=Map)
    """What a configuration names that is not in the instance; empty: all is there."""
    standards: StandardsInForce | None = None
    """What judges; None: nothing ever did."""
    judged: Map[Cell, Map[Version, Judged]] = field(default_factory=Map)
    """What was found of versions by the standards in force: the latest of each cell."""
    resting: Map[Cell, frozenset[Cell]] = field(default_factory=Map)
    """By a cell whose manifests define custom resources: the cells that were judged by its definitions."""
    running: Map[Cell, RunningFound] = field(default_factory=Map)
    """What runs and does not meet the standards."""
    away: Map[tuple[Source, str], tuple[datetime, str]] = field(default_factory=Map)
    away_spells: Map[tuple[Source, str], tuple[tuple[datetime, datetime], ...]] = field(default_factory=Map)
    """When sources were away and came back: deployment clocks stood meanwhile."""
    clock: Reckoned | None = None
    """What its instants are reckoned by; None: nothing was timed yet."""

    def cell(self, cell: Cell) -> CellState:
        """Give a cell's state; an empty one when nothing ever happened there."""
        return self.cells.get(cell, _NO_CELL)

    def instance(self, name: InstanceName) -> InstanceState:
        """Give an instance's state; an empty one when nothing ever happened there."""
        return self.instances.get(name, _NO_INSTANCE)

    def shelf(self, artifact: ArtifactName) -> Shelf:
        """Give what is known of an artifact's versions."""
        return self.shelves.get(artifact, _NO_SHELF)

    def wave(self, artifact: ArtifactName, wave: str) -> WaveState:
        """Give an artifact's state at a wave."""
        return self.waves.get((artifact, wave), _NO_WAVE)

    def judged_in(self, cell: Cell) -> Map[Version, Judged]:
        """Give what was found of versions in a cell."""
        return self.judged.get(cell, _NONE_JUDGED)

    def wave_index(self, instance: InstanceName) -> int | None:
        """Give the place of an instance's wave in its lane; None: it is in no lane of the estate."""
        for index, wave in enumerate(self.lane(instance.application)):
            if instance.instance in wave.instances:
                return index
        return None

    def lane(self, application: str) -> tuple[Wave, ...]:
        """Give an application's waves; none when it left the estate."""
        if self.estate is None or application not in self.estate.applications:
            return ()
        return self.estate.waves(application)

    def wave_instances(self, application: str, wave: Wave) -> tuple[InstanceName, ...]:
        """Give an application's instances in a wave, without those that it leaves out."""
        if self.estate is None or application not in self.estate.applications:
            return ()
        left_out = self.estate.applications[application].leaves_out
        return tuple(InstanceName(application, name) for name in wave.instances if name not in left_out)

    def environment_of(self, instance: InstanceName) -> EnvironmentName | None:
        """Give the environment of an instance; None: it is in no lane of the estate."""
        for wave in self.lane(instance.application):
            if instance.instance in wave.instances:
                return wave.instances[instance.instance]
        return None

    def artifacts_of(self, application: str) -> tuple[ArtifactName, ...]:
        """Give an application's artifacts."""
        if self.estate is None or application not in self.estate.applications:
            return ()
        return tuple(artifact.name for artifact in self.estate.applications[application].artifacts.values())

    def quarantine_of(self, artifact: ArtifactName, version: Version) -> Quarantine | None:
        """Give the quarantine that names a version, or its whole digest; None: there is none."""
        placed = self.quarantines.get(artifact)
        if not placed:
            return None
        if (exact := placed.get(version)) is not None:
            return exact
        for quarantine in placed.values():
            if quarantine.whole_digest and quarantine.version.digest == version.digest:
                return quarantine
        return None

    def with_cell(self, cell: Cell, state: CellState) -> "Situation":
        """Give this with another state of one cell."""
        return replace(self, cells=self.cells.set(cell, state))

    def with_instance(self, name: InstanceName, state: InstanceState) -> "Situation":
        """Give this with another state of one instance."""
        return replace(self, instances=self.instances.set(name, state))
