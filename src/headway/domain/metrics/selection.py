"""What is asked: which deliveries, over which days of whose calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from headway.domain.metrics.delivery import Place
from headway.domain.metrics.words import Per

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A question: all filters must match; None matches everything."""

    since: datetime
    until: datetime
    """Excluded."""
    zone: str = "UTC"
    """Whose days and weeks are meant, as IANA names it."""
    per: Per = Per.DAY
    application: str | None = None
    artifact: str | None = None
    """By its name inside the application."""
    environment: str | None = None
    region: str | None = None
    owner: str | None = None

    def takes(self, place: Place) -> bool:
        """Say whether a place is asked about; without an environment, production is."""
        wanted = (self.application, self.artifact, self.environment, self.region, self.owner)
        there = (place.application, place.artifact, place.environment, place.region, place.owner)
        if any(one is not None and one != has for one, has in zip(wanted, there, strict=True)):
            return False
        return place.production or self.environment is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One day or week of a trend, as far as it was asked about."""

    begins: datetime
    ends: datetime
    """Excluded."""
    day: date
    """The day in the asked zone, of a week its Monday."""
    is_whole: bool
    """Whether all of the day or week was asked about."""


def stretches(selection: Selection) -> tuple[Stretch, ...]:
    """Cut the asked time into days or weeks of its zone.

    A day is from midnight to midnight there: when clocks change it has 23 or 25 hours. Where a zone has no
    midnight on a day, it begins when its clocks go on.
    """
    zone = ZoneInfo(selection.zone)
    first = selection.since.astimezone(zone).date()
    if selection.per is Per.WEEK:
        first -= first.weekday() * _DAY
    step = _DAY if selection.per is Per.DAY else 7 * _DAY
    found: list[Stretch] = []
    while (begins := _midnight(first, zone)) < selection.until:
        ends = _midnight(first + step, zone)
        found.append(
            Stretch(
                begins=max(begins, selection.since),
                ends=min(ends, selection.until),
                day=first,
                is_whole=selection.since <= begins and ends <= selection.until,
            )
        )
        first += step
    return tuple(found)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant at which a day begins, in UTC so that instants are compared and not clocks."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(ZoneInfo("UTC"))
