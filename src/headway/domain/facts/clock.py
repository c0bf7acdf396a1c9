"""Facts about time itself: it is reckoned by what passed, not by what a clock was set to."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTaken:
    """From here on time is reckoned by this clock, and what is under way is watched anew."""

    TYPE: ClassVar = "clock-taken"
    SCHEMA: ClassVar = 1
    boot: str
    """Which coming up of which machine it is the clock of."""
    zero: datetime
    """What it would have shown when the machine came up, had it never slept. With the same `boot` and another
    `zero` it was set in between, or the machine slept."""
