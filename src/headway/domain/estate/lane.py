"""Lanes: the ordered waves that versions travel, and the rules at each wave's gates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from headway.domain.names import EnvironmentName


class AdmitRule(StrEnum):
    """When a wave takes up the next version of an artifact."""

    NEWEST = "newest"
    """As soon as the one before is verified in each instance, or is out of the race."""
    TRAIN = "train"
    """Only when the one before has also left for the next wave or has soaked: what follows never starves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """How many people of which roles must say yes."""

    count: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A recurring window without promotions."""

    schedule: str
    """When it begins: a cron expression of five fields, in `time_zone`."""
    lasts: timedelta
    time_zone: str = "UTC"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """What is asked before a version may enter a wave."""

    soak: timedelta = timedelta(0)
    """How long it must have been verified and healthy in each instance of the wave before."""
    approvals: Approvals | None = None
    freezes: tuple[Freeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """The instances that a version enters together."""

    name: str
    instances: Mapping[str, EnvironmentName]
    """The instance's name inside its application, and the environment that it runs in."""
    gates: GateRules = field(default_factory=GateRules)
    admit: AdmitRule | None = None
    """None: `train` where the next wave has a soak, else `newest`."""
    waits_for_absent: bool = True
    """Whether the next version waits while an instance of this wave is held or away (`wait: false`)."""
    max_parallel: int | None = None
    """In how many of its instances an artifact changes at a time, from commit to verdict; None: in all."""
    retries_a_day: int = 0
    """``after-rollback: retry``: how often the next version may try here after a rollback; 0: it is held."""
    deployment_timeout: timedelta = timedelta(minutes=10)
    """After it, what is not healthy is failed, or withdrawn if the surroundings are to blame."""
    verification_timeout: timedelta = timedelta(minutes=10)
    """After it, checks that cannot be run stop being tried and the version is withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The waves, in order."""

    name: str
    waves: tuple[Wave, ...]

    def wave_of(self, instance: str) -> Wave | None:
        """Give the wave that an instance stands in; None: not in this lane."""
        return next((wave for wave in self.waves if instance in wave.instances), None)
