"""How much one run of a program may take, and which bound ended it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much one run may take."""

    time: timedelta
    """Then it is killed."""
    output: int = 64 << 20
    """Bytes of each of its two streams; with the next one it is killed."""
    memory: int | None = None
    """Bytes of data that each of its processes may hold, where the kernel can hold them to that (Linux):
    what asks for more is told that there is none. None: unbounded."""


class CutOff(Enum):
    """The bound for which a program was killed."""

    TIME = "it took too long"
    OUTPUT = "it wrote too much"
