"""What an engine lacks, as it says itself: findings for people, never a verdict on a version."""

from dataclasses import dataclass
from enum import StrEnum

from headway.domain.names import InstanceName


class Severity(StrEnum):
    """How much a finding matters."""

    WRONG = "wrong"
    """Something cannot be delivered, or cannot be known, until it is mended."""
    REMARK = "remark"
    """It works; it would work better otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an engine lacks, in the three parts of an error."""

    severity: Severity
    instance: InstanceName | None = None
    """None: it concerns the whole environment."""
    what: str
    why: str
    next_step: str
