"""Headway's board, as its API gives it, read for what the story asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSeen:
    """One artifact in one instance."""

    instance: str
    artifact: str
    version: str
    """Empty: none."""
    health: str
    verification: str
    words: str
    held: tuple[str, ...]

    @property
    def is_verified(self) -> bool:
        """Say whether it is healthy and verified."""
        return self.health == "healthy" and self.verification == "passed"

    def is_at(self, version: str) -> bool:
        """Say whether it is at an image's version, or at a commit (its first 8 digits)."""
        return is_part(version, self.version)

    def __str__(self) -> str:
        """Say it for people."""
        told = f"{self.artifact} in {self.instance}: {self.version or 'nothing'}, {self.health}"
        words = f" ({self.words})" if self.words else ""
        return f"{told}{words}, verification {self.verification}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole board at one instant."""

    sequence: int
    cells: tuple[CellSeen, ...]
    attention: tuple[str, ...]

    def cell(self, instance: str, artifact: str) -> CellSeen:
        """Give one artifact in an instance of OneConnect."""
        name, wanted = f"oneconnect/{instance}", f"oneconnect/{artifact}"
        for one in self.cells:
            if one.instance == name and one.artifact == wanted:
                return one
        return CellSeen(
            instance=name,
            artifact=wanted,
            version="",
            health="absent",
            verification="none",
            words="",
            held=(),
        )

    def in_instance(self, instance: str) -> tuple[CellSeen, ...]:
        """Give every artifact of every application in the instances of this name."""
        return tuple(one for one in self.cells if one.instance.partition("/")[2] == instance)


def is_part(half: str, version: str | None) -> bool:
    """Say whether one half of a version (``1.4.0+0b12cd34``) is this."""
    return half in (version or "").split("+")


def read_board(said: Mapping[str, Any]) -> Board:
    """Read the API's answer."""
    return Board(
        sequence=said["sequence"],
        cells=tuple(
            CellSeen(
                instance=instance["name"],
                artifact=cell["artifact"],
                version=cell["version"] or "",
                health=cell["health"],
                verification=cell["verification"],
                words=cell["words"],
                held=tuple(cell["held"]),
            )
            for instance in said["instances"]
            for cell in instance["cells"]
        ),
        attention=tuple(said["attention"]),
    )
