"""Progress: whether one version has arrived in one instance, still may, or will not."""

from dataclasses import dataclass
from enum import StrEnum

from headway.app.desk import Desk
from headway.app.naming import find_version, known_versions
from headway.app.queries.why import why
from headway.domain.errors import UsageError
from headway.domain.facts import Outcome
from headway.domain.gates.quarantine import standing_quarantine
from headway.domain.names import Cell, InstanceName, Version
from headway.domain.promotion_id import full
from headway.domain.situation import Situation


class Arrival(StrEnum):
    """How far a version is."""

    VERIFIED = "verified"
    """It stands there, verified."""
    PENDING = "pending"
    """It is on its way, waits at a gate, or is not found yet."""
    FAILED = "failed"
    """It failed there, could not be judged, or was withdrawn."""
    QUARANTINED = "quarantined"
    """No gate lets it in until the quarantine is lifted."""
    ROLLED_BACK = "rolled-back"
    """A person took it back there."""
    SUPERSEDED = "superseded"
    """A newer one stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One version's progress into one instance."""

    artifact: str
    instance: InstanceName
    version: str | None
    """Whole; None: no such version is known yet."""
    label: str
    arrival: Arrival
    words: str
    sequence: int
    """The newest fact that this answer knows."""


_OVER = frozenset({Outcome.FAILED, Outcome.WITHDRAWN, Outcome.LEFT})


def progress(desk: Desk, cell: Cell, asked: str | None = None) -> Progress:
    """Say how far a version is: the one that is asked for, else the newest.

    A version that is not known is pending: it may have been published a moment ago.

    Raises:
        UsageError: `version-ambiguous`.
    """
    version = _version(desk, cell, asked)
    arrival, words = _arrival(desk, cell, version) if version else (Arrival.PENDING, "not found yet")
    shown = desk.situation.shelf(cell.artifact).label(version) if version else (asked or "the newest")
    return Progress(
        artifact=str(cell.artifact),
        instance=cell.instance,
        version=full(version) if version else None,
        label=shown,
        arrival=arrival,
        words=words,
        sequence=desk.situation.sequence,
    )


def _version(desk: Desk, cell: Cell, asked: str | None) -> Version | None:
    if asked is None:
        known = known_versions(desk.situation, cell.artifact)
        return known[0] if known else None
    try:
        return find_version(desk.situation, cell.artifact, asked)
    except UsageError as error:
        if error.code != "version-unknown":
            raise
        return None


def _arrival(desk: Desk, cell: Cell, version: Version) -> tuple[Arrival, str]:
    situation = desk.situation
    state = situation.cell(cell)
    stands = state.standing == version
    if any(cell.artifact in one.artifacts for one in situation.instance(cell.instance).underway):
        words = why(desk, cell).underway
        return Arrival.PENDING, words[0] if words else "under way"
    quarantine = standing_quarantine(situation, cell.artifact, version, cell.instance)
    if quarantine is not None:
        return Arrival.QUARANTINED, quarantine.reason
    if stands and version in state.verified:
        return Arrival.VERIFIED, f"verified since {state.verified[version]:%Y-%m-%d %H:%M:%S} UTC"
    over = None if stands else _passed(situation, cell, version)
    if over is None and state.outcomes.get(version) in _OVER:
        over = Arrival.FAILED, f"its promotion ended as {state.outcomes[version]}"
    return over or (Arrival.PENDING, why(desk, cell, version).conclusion)


def _passed(situation: Situation, cell: Cell, version: Version) -> tuple[Arrival, str] | None:
    """Say that a version which does not stand there was taken back or passed over; None: neither."""
    for one in situation.taken_back.get(cell.artifact, ()):
        if one.instance == cell.instance and one.version == version:
            return Arrival.ROLLED_BACK, f"taken back by {one.by}: {one.reason}"
    standing = situation.cell(cell).standing
    if standing and situation.shelf(cell.artifact).is_newer(standing, version):
        label = situation.shelf(cell.artifact).label(standing)
        return Arrival.SUPERSEDED, f"{label} stands there, which is newer"
    return None
