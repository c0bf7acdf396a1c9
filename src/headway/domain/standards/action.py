"""What a cluster does with an object that does not meet a standard."""

from enum import StrEnum


class Action(StrEnum):
    """What a cluster does; `audit` writes it into the API server's audit log."""

    DENY = "deny"
    WARN = "warn"
    AUDIT = "audit"
