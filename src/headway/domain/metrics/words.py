"""The words that questions about metrics are asked in."""

from enum import StrEnum


class Per(StrEnum):
    """How long the stretches of a trend are."""

    DAY = "day"
    WEEK = "week"
    """From Monday to Sunday."""


class By(StrEnum):
    """What is set side by side."""

    APPLICATION = "application"
    ARTIFACT = "artifact"
    ENVIRONMENT = "environment"
    REGION = "region"
    OWNER = "owner"


class Which(StrEnum):
    """What the listed deployments have in common."""

    DEPLOYED = "deployed"
    FAILED = "failed"
    UNJUDGED = "unjudged"
    OPEN = "open"
    """Failed, and not mended yet."""
    RECOVERED = "recovered"
    REWORK = "rework"
    FIRST_LOCKS = "first-locks"
    WITHDRAWALS = "withdrawals"
    CHANGES = "changes"
    """They carried a change whose lead time is known from its commit."""
    UNKNOWN = "unknown"
    """They carried a change of which no start is known, or one that starts after its end."""
