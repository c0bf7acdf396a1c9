"""How the board is laid out: which columns and rows, and what is told together so that it stays readable.

An application with few instances has a column for each; one with many has a column for each wave, in which
instances that are alike are told together, and those that differ by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headway.app.queries.board import ApplicationStatus, state_of
from headway.app.queries.status import CellStatus, InstanceStatus
from headway.domain.names import ArtifactName, InstanceName

MOST_COLUMNS = 12
"""Of instances; beyond that a column is a wave."""
MOST_NAMED = 3
"""Of instances that differ; the others are counted."""
ROWS_A_PAGE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One instance, or one wave."""

    title: str
    wave: str
    instances: tuple[InstanceStatus, ...]

    @property
    def alone(self) -> InstanceStatus | None:
        """Give the one instance; None: it is a wave of several."""
        return self.instances[0] if len(self.instances) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One cell, or several that are alike."""

    state: str
    """What it counts for in the tally."""
    version: str | None
    health: str
    verification: str
    words: str
    lines: tuple[str, ...]
    """What there is to say beside version and states."""
    since: datetime | None
    instances: tuple[InstanceName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One artifact across the columns."""

    artifact: ArtifactName
    squares: tuple[tuple[Told, ...], ...]

    @property
    def is_calm(self) -> bool:
        """Say whether there is nothing to tell of it."""
        return all(_is_calm(square) for square in self.squares)

    @property
    def calm(self) -> str:
        """Tell what is calm in one line, for where there is no room for more; empty: nothing is."""
        told = [one for square in self.squares if _is_calm(square) for one in square]
        if not told:
            return ""
        versions = {one.version for one in told}
        version = f", {told[0].version or 'not there yet'}" if len(versions) == 1 else ""
        return f"{sum(len(one.instances) for one in told)} calm{version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One application's part of the board."""

    application: ApplicationStatus
    columns: tuple[Column, ...]
    waves: tuple[tuple[str, int], ...]
    """Each wave, and how many columns it has."""
    rows: tuple[Row, ...]
    left_out: int
    """Rows that are calm and were not asked for."""
    by_wave: bool


def _is_calm(square: Sequence[Told]) -> bool:
    """Say whether there is nothing to tell of a square."""
    return all(one.state == "calm" for one in square)


def lay_out(application: ApplicationStatus, *, wave: str | None = None, only_wrong: bool = False) -> Table:
    """Lay one application out; of a wave that is named, each instance has its column."""
    instances = [one for one in application.instances if wave in (None, one.wave)]
    by_wave = len(instances) > MOST_COLUMNS and wave is None
    columns = _waves(instances) if by_wave else _each(instances)
    artifacts = [cell.artifact for cell in instances[0].cells] if instances else []
    rows = [
        Row(artifact=artifact, squares=tuple(_square(column, place) for column in columns))
        for place, artifact in enumerate(artifacts)
    ]
    shown = [row for row in rows if not (only_wrong and row.is_calm)]
    return Table(
        application=application,
        columns=tuple(columns),
        waves=_spans(columns),
        rows=tuple(shown),
        left_out=len(rows) - len(shown),
        by_wave=by_wave,
    )


def tell_artifacts(instances: Sequence[InstanceStatus]) -> tuple[tuple[ArtifactName, tuple[Told, ...]], ...]:
    """Tell each artifact over all instances of its application: what is alike together, in lane order."""
    everywhere = Column(title="", wave="", instances=tuple(instances))
    artifacts = [cell.artifact for cell in instances[0].cells] if instances else []
    return tuple((artifact, tuple(_alike(everywhere, place))) for place, artifact in enumerate(artifacts))


def _each(instances: Sequence[InstanceStatus]) -> list[Column]:
    return [Column(title=one.name.instance, wave=one.wave, instances=(one,)) for one in instances]


def _waves(instances: Sequence[InstanceStatus]) -> list[Column]:
    found: dict[str, list[InstanceStatus]] = {}
    for one in instances:
        found.setdefault(one.wave, []).append(one)
    return [Column(title=wave, wave=wave, instances=tuple(those)) for wave, those in found.items()]


def _spans(columns: Sequence[Column]) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for column in columns:
        if found and found[-1][0] == column.wave:
            found[-1] = (column.wave, found[-1][1] + 1)
        else:
            found.append((column.wave, 1))
    return tuple(found)


def _square(column: Column, place: int) -> tuple[Told, ...]:
    """Tell what is alike together, what is worst first."""
    return tuple(sorted(_alike(column, place), key=lambda one: _WORST_FIRST.index(one.state)))


def _alike(column: Column, place: int) -> list[Told]:
    found: dict[tuple[object, ...], list[tuple[InstanceStatus, CellStatus]]] = {}
    for instance in column.instances:
        cell = instance.cells[place]
        lines = _lines(instance, cell)
        key = (state_of(instance, cell), cell.version, cell.health, cell.verification, lines)
        found.setdefault(key, []).append((instance, cell))
    return [_told(those) for those in found.values()]


_WORST_FIRST = ("wrong", "unknown", "held", "moving", "waiting", "calm")


def _told(those: list[tuple[InstanceStatus, CellStatus]]) -> Told:
    instance, cell = those[0]
    since = [one.since for _, one in those if one.since is not None]
    return Told(
        state=state_of(instance, cell),
        version=cell.version,
        health="unknown" if instance.away else cell.health,
        verification=cell.verification,
        words=cell.words,
        lines=_lines(instance, cell),
        since=max(since, default=None),
        instances=tuple(one.name for one, _ in those),
    )


def _lines(instance: InstanceStatus, cell: CellStatus) -> tuple[str, ...]:
    lines = ["quarantined"] if cell.quarantined else []
    lines += ["changed by other hands"] if instance.touched else []
    lines += ["does not meet today's standards"] if any(one.blocks for one in cell.unmet) else []
    lines += [f"{cell.underway} is on its way"] if cell.underway else []
    lines += ["held"] if instance.held or cell.held else []
    if cell.waits and not cell.underway:
        lines.append(f"{cell.newer} waits: {cell.gate}")
    return tuple(lines)
