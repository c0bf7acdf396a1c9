"""The machine's clock."""

from headway.adapters.clock.system_clock import SystemClock

__all__ = ["SystemClock"]
