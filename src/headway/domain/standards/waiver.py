"""Waivers: a violation may stand for a while, because somebody answers for it and says why. Pure.

A waiver ends by itself, a week's notice before; then what it let through blocks again. Its last day counts
whole, in UTC: it is over at midnight after it, wherever people sit, so that all see it end at one instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from headway.domain.names import ArtifactName, InstanceName
from headway.domain.standards.judgement import Judgement, Unjudged, Violation

NOTICE = timedelta(days=7)
"""How long before its end a waiver is said to end: time for a mend to travel a lane with its soaks."""

Finding = Violation | Unjudged
"""What a waiver can let through: a violation, or that something cannot be judged."""


class WaiverState(StrEnum):
    """How a waiver stands at an instant."""

    IN_FORCE = "in-force"
    """What it is about may stand."""
    ENDING = "ending"
    """It is in force, and over within the notice."""
    ENDED = "ended"
    """What it was about blocks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a waiver is about; ``*`` stands for any letters."""

    application: str = "*"
    artifact: str = "*"
    """Its name inside its application."""
    instance: str = "*"
    """Its name inside its application."""
    kind: str = "*"
    name: str = "*"
    """Of the object."""

    def __str__(self) -> str:
        """Give what is narrower than everything, as it is written."""
        fields = ("application", "artifact", "instance", "kind", "name")
        return ", ".join(f"{one} {getattr(self, one)}" for one in fields if getattr(self, one) != "*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A violation of one rule, within a scope, that may stand until a day."""

    rule: str
    scope: Scope
    owner: str
    """The person who answers for it."""
    reason: str
    ends: date
    """Its last day."""

    @property
    def over_at(self) -> datetime:
        """Give the first instant at which it is no longer in force."""
        return datetime.combine(self.ends + timedelta(days=1), time(), UTC)

    def state(self, now: datetime) -> WaiverState:
        """Say how it stands."""
        if now >= self.over_at:
            return WaiverState.ENDED
        return WaiverState.ENDING if now >= self.over_at - NOTICE else WaiverState.IN_FORCE

    def changes_at(self, now: datetime) -> datetime | None:
        """Give the next instant at which its state is another; None: it has ended."""
        return next((at for at in (self.over_at - NOTICE, self.over_at) if at > now), None)

    def is_about(self, finding: Finding, artifact: ArtifactName, instance: InstanceName) -> bool:
        """Say whether it is about what was found in an artifact, as it is rendered for an instance."""
        scope = self.scope
        return self.rule == finding.rule and all(
            fnmatchcase(what, pattern)
            for what, pattern in (
                (artifact.application, scope.application),
                (artifact.artifact, scope.artifact),
                (instance.instance, scope.instance),
                (finding.object.kind, scope.kind),
                (finding.object.name, scope.name),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """What was found and may stand."""

    finding: Finding
    waiver: Waiver
    state: WaiverState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was found and blocks."""

    finding: Finding
    ended: Waiver | None = None
    """The waiver that let it through until it ended, the last one; None: there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A judgement after waivers."""

    standing: tuple[Standing, ...] = ()
    waived: tuple[Waived, ...] = ()
    next_at: datetime | None = None
    """When time alone changes this next; None: never."""


def weigh(
    judgement: Judgement,
    waivers: Sequence[Waiver],
    artifact: ArtifactName,
    instance: InstanceName,
    now: datetime,
) -> Weighed:
    """Say what of a judgement blocks and what may stand; of several waivers the one counts that ends last.

    Args:
        judgement: of an artifact as it is rendered for the instance. What its policies let in all the same
            is left out here; its problems are no findings, and no waiver helps against them.
        waivers: all there are.
        artifact: the artifact.
        instance: the instance.
        now: the present instant, with its time zone.
    """
    standing: list[Standing] = []
    waived: list[Waived] = []
    changes: list[datetime] = []
    unjudged = (one for one in judgement.unjudged if not one.ignored)
    findings: tuple[Finding, ...] = (*judgement.violations, *unjudged)
    for finding in findings:
        about = [one for one in waivers if one.is_about(finding, artifact, instance)]
        last = max(about, key=lambda one: one.ends, default=None)
        if last is None or last.state(now) is WaiverState.ENDED:
            standing.append(Standing(finding=finding, ended=last))
            continue
        waived.append(Waived(finding=finding, waiver=last, state=last.state(now)))
        if (at := last.changes_at(now)) is not None:
            changes.append(at)
    return Weighed(standing=tuple(standing), waived=tuple(waived), next_at=min(changes, default=None))
