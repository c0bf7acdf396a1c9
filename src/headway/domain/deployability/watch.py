"""What is watched: whether an artifact's newest version could go on, and production could be entered."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from immutables import Map

from headway.domain.metrics.delivery import Start
from headway.domain.names import ArtifactName, Cell, InstanceName, Version

VERSIONS_KEPT = 50
"""Versions of an artifact whose verdict is remembered: far more than are newest at a time."""
HALVES_KEPT = 200
"""Digests and commits of an artifact that are remembered to have had their first verdict."""


class Can(StrEnum):
    """An answer about one moment."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What an answer rests on."""

    VERIFIED = "verified"
    """The newest version is verified wherever it got to."""
    NOTHING = "nothing-judged"
    """No version was judged yet."""
    NOT_YET = "not-judged-yet"
    """The newest version has no verdict yet; the one before it was good."""
    FAILED = "failed"
    """The newest version that has a verdict failed."""
    TAKEN_BACK = "taken-back"
    """A person rolled it back."""
    QUARANTINED = "quarantined"
    UNCLEAR = "could-not-tell"
    """It was withdrawn: nobody could tell."""
    OPEN = "open"
    """Nothing keeps versions out."""
    HELD = "held"
    TOUCHED = "touched"
    """Other hands changed it."""
    AWAY = "away"
    """An outside system that is needed for it does not answer."""


class Act(StrEnum):
    """What was first done about what was not deployable."""

    PUBLISHED = "published"
    """A newer image or configuration came."""
    TAKEN_BACK = "taken-back"
    QUARANTINED = "quarantined"
    ASKED = "asked"
    """A person asked for a version."""


class Subject(NamedTuple):
    """What is watched."""

    artifact: ArtifactName
    instance: InstanceName | None
    """None: the artifact itself; else whether this instance of production could be entered with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFound:
    """A subject has its number from here on."""

    number: int
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of time with one answer."""

    number: int
    subject: int
    can: Can
    why: Why
    since: datetime
    sequence: int
    """Of the fact that began it."""
    until: datetime | None = None
    """None: it lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An image or a configuration that came, and whether the artifact was deployable just then."""

    number: int
    subject: int
    at: datetime
    can: Can
    red: int | None
    """The red spell that it came in; None: in none."""
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A commit's first verdict, anywhere."""

    number: int
    subject: int
    at: datetime
    start: Start
    started_at: datetime | None
    is_good: bool
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Red:
    """From when an artifact was not deployable until it was again."""

    number: int
    subject: int
    since: datetime
    sequence: int
    acted_at: datetime | None = None
    """When something was first done about it by people; what Headway does by itself is not it."""
    act: Act | None = None
    green_at: datetime | None = None
    published: int = 0
    """What came while it was red, what mended it included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of one version, and where it was found out."""

    can: Can
    why: Why
    instance: InstanceName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactWatch:
    """One artifact."""

    verdicts: tuple[tuple[Version, Verdict], ...] = ()
    """The last one that was judged comes last."""
    judged: tuple[str, ...] = ()
    """Digests and commits that had their first verdict."""
    spell: Spell | None = None
    red: Red | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Everything that is watched, up to a fact."""

    artifacts: Map[ArtifactName, ArtifactWatch] = field(default_factory=Map)
    entries: Map[Cell, Spell] = field(default_factory=Map)
    """By cell of production: whether it can be entered now."""
    subjects: Map[Subject, int] = field(default_factory=Map)
    spells: int = 0
    published: int = 0
    judged: int = 0
    reds: int = 0

    def artifact(self, name: ArtifactName) -> ArtifactWatch:
        """Give an artifact's watch."""
        return self.artifacts.get(name, _NO_ARTIFACT)


_NO_ARTIFACT = ArtifactWatch()
