"""What is counted: deliveries, and the commits that each of them carried."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from headway.domain.facts import Outcome, PromotionKind
from headway.domain.names import Cell, PromotionId, Version


class Place(NamedTuple):
    """Where a delivery went, with all that metrics can be asked by, as the estate said it at that time."""

    application: str
    artifact: str
    instance: str
    environment: str
    region: str | None
    owner: str | None
    """The team that the application belonged to; None: nobody said."""
    production: bool


class FailedBy(StrEnum):
    """How a delivery was found to have failed."""

    VERDICT = "verdict"
    """It was seen to be bad before it was verified."""
    TAKEN_BACK = "taken-back"
    """A person rolled it back."""
    QUARANTINED = "quarantined"
    """A person quarantined the version while it stood there."""


class Half(StrEnum):
    """Which half of a version a commit belongs to."""

    SOURCE = "source"
    CONFIGURATION = "configuration"


class Start(StrEnum):
    """From when a change's lead time is counted."""

    COMMIT = "commit"
    """From its commit on the main line."""
    BUILD = "build"
    """The commit's time is not known; from when its image was built, which is later."""
    UNKNOWN = "unknown"
    """Neither is known: it has no lead time."""
    CLOCK = "clock"
    """The start lies after the end: clocks disagree, so it has no lead time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFound:
    """A place has its number from here on."""

    number: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One artifact's step in one promotion, from its decision to what became of it."""

    number: int
    place: int
    cell: Cell
    promotion_id: PromotionId
    sequence: int
    """Of the fact that decided it."""
    kind: PromotionKind
    version: Version
    by_person: bool
    decided_at: datetime
    landed_at: datetime | None = None
    ended_at: datetime | None = None
    """When it got its outcome or was lost; None: it is under way."""
    outcome: Outcome | None = None
    """None with `ended_at`: it was lost."""
    failed_at: datetime | None = None
    """When the failure began, as far as it is known: it landed, or a person found it bad."""
    failed_by: FailedBy | None = None
    recovered_at: datetime | None = None
    """When the artifact was verified there again; None: not yet, or it did not fail."""
    recovered_by: int | None = None
    """The delivery that was verified then; None: a quarantine by hand was lifted."""
    blames: int | None = None
    """Of a person's rollback: the delivery that it takes back; None: an earlier ledger knew it."""
    mends: bool = False
    """It was decided while a failure stood there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A change that a verified delivery brought for the first time: a commit.

    Or several, of which nothing more is known.
    """

    number: int
    delivery: int
    place: int
    verified_at: datetime
    half: Half
    commit: str
    """The commit, or the image's digest where its commit is not known; of several, empty."""
    start: Start
    started_at: datetime | None
    count: int = 1
