"""What was counted, as columns that numpy reckons on: a million rows are asked about at once."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from headway.domain.metrics.delivery import Place

Whole = npt.NDArray[Any]
"""Whole numbers, of whatever width."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Everything that was counted up to a fact."""

    sequence: int
    places: tuple[Place, ...]
    deliveries: dict[str, Whole]
    carried: dict[str, Whole]


def as_columns(copied: Mapping[str, "array[int]"]) -> dict[str, Whole]:
    """Read columns where they lie, without copying them once more."""
    return {
        name: np.frombuffer(column, dtype=column.typecode) if column else np.zeros(0, dtype=column.typecode)
        for name, column in copied.items()
    }
