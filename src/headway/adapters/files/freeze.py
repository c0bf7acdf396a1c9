"""Whether a freeze's window can be: its schedule comes, its time zone exists, and it leaves a gap."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

from headway.adapters.files.words import refuse
from headway.domain.suggestion import closest

_FIRST = datetime(2024, 1, 1)  # noqa: DTZ001 - only gaps between occurrences are looked at
_OCCURRENCES = 45_000
"""A month of minutes: longer than any sensible run of adjoining windows."""
_HORIZON = timedelta(days=3660)
"""Ten years: what comes at all leaves its longest gap by then, or nearly."""


def check_time_zone(name: str) -> None:
    """Refuse a time zone that is not in the IANA data base.

    Raises:
        PydanticCustomError: it is unknown.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise refuse(
            f"timeZone {name[:80]!r} is unknown",
            closest(name, available_timezones()) or "Write an IANA name, like Pacific/Auckland or UTC",
        ) from error


def check_schedule(schedule: str, lasts: timedelta) -> None:
    """Refuse a schedule that is no cron expression, never comes, or begins anew before its window ends.

    Raises:
        PydanticCustomError: it is one of these.
    """
    example = 'Write it like "0 17 * * 5": minute, hour, day, month, weekday'
    if len(schedule.split()) != 5:
        raise refuse(f"schedule {schedule[:80]!r} has not five fields", example)
    try:
        simulation = CronSim(schedule, _FIRST)
    except CronSimError as error:
        raise refuse(f"schedule {schedule[:80]!r}: {str(error).lower()}", example) from error
    first = next(simulation, None)
    if first is None:
        raise refuse(f"schedule {schedule[:80]!r} never comes", example)
    if not _leaves_a_gap(first, simulation, lasts):
        raise refuse(
            "the window begins anew before it ends, so nothing could ever be promoted",
            "Shorten `lasts`, or let `schedule` come less often",
        )


def _leaves_a_gap(first: datetime, later: Iterator[datetime], lasts: timedelta) -> bool:
    """Say whether some window is over before the next begins."""
    before = first
    for begins in islice(later, _OCCURRENCES):
        if begins - before > lasts:
            return True
        if begins - first > _HORIZON:
            return False
        before = begins
    return False
