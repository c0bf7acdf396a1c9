"""Where a rollback goes: to the last good version."""

from headway.domain.rollback.last_good import earlier_lock, last_good

__all__ = ["earlier_lock", "last_good"]
