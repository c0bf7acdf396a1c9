"""Whether a freeze's window can be: its schedule comes, its time zone exists, and it leaves a gap."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError

from headway.adapters.files.suggestion import closest
from headway.adapters.files.words import refuse

_FIRST = datetime(2024, 1, 1)  # noqa: DTZ001 - only gaps between occurrences are looked at
_OCCURRENCES = 1000
"""Longer than any run of adjoining days or hours that a cron expression can have before its first gap."""


def check_time_zone(name: str) -> None:
    """Refuse a time zone that is not in the IANA data base.

    Raises:
        PydanticCustomError: it is unknown.
    """
    known = available_timezones()
    if name not in known:
        raise refuse(
            f"timeZone {name[:80]!r} is unknown",
            closest(name, known) or "Write an IANA name, like Pacific/Auckland or UTC",
        )


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
    begins = [when for when, _ in zip(simulation, range(_OCCURRENCES), strict=False)]
    if not begins:
        raise refuse(f"schedule {schedule[:80]!r} never comes", example)
    if len(begins) > 1 and max(after - before for before, after in pairwise(begins)) <= lasts:
        raise refuse(
            "the window begins anew before it ends, so nothing could ever be promoted",
            "Shorten `lasts`, or let `schedule` come less often",
        )
