"""One row of the report: ours, the floor measured in the same run, and what we aim at.

A row is a file of this folder with a function ``rows() -> Iterable[Row]``, named in `bench.run.FILES`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Against(StrEnum):
    """How ours and the floor are compared: absolute times of one machine tell nothing on another."""

    DIFFERENCE = "ours − floor"
    RATIO = "ours ÷ floor"
    LIMIT = "ours"
    """There is no floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured path."""

    name: str
    ours: float
    """In `unit`."""
    floor: float | None
    """In `unit`; None: nothing can be measured beside it."""
    floor_is: str
    """What the floor is, in words."""
    against: Against
    aim: float | None
    """What the comparison must stay below: in `unit`, or a ratio; None: it is shown, and no more."""
    unit: str = "ms"

    @property
    def compared(self) -> float:
        """Give what is held against the aim."""
        if self.floor is None or self.against is Against.LIMIT:
            return self.ours
        return self.ours / self.floor if self.against is Against.RATIO else self.ours - self.floor

    @property
    def is_met(self) -> bool:
        """Say whether the aim is met."""
        return self.aim is None or self.compared < self.aim

    def written(self) -> tuple[str, str, str, str, str, str]:
        """Give the row's cells: name, ours, floor, comparison, aim, verdict."""
        unit = "" if self.against is Against.RATIO else f" {self.unit}"
        verdict = "met" if self.is_met else "MISSED"
        floor = "-" if self.floor is None else f"{self.floor:.4g} {self.unit} ({self.floor_is})"
        return (
            self.name,
            f"{self.ours:.4g} {self.unit}",
            floor,
            f"{self.against}: {self.compared:.4g}{unit}",
            "-" if self.aim is None else f"< {self.aim:g}{unit}",
            "" if self.aim is None else verdict,
        )
