"""Durations as people write them: ``10m``, ``1h30m``, ``3s``, ``2d``."""

import re
from datetime import timedelta

PATTERN = r"^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"
"""Days, hours, minutes, seconds, in this order, each at most once."""

LONGEST = timedelta(days=366)

_DURATION = re.compile(r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)


def parse_duration(text: str) -> timedelta | None:
    """Read a duration; None: it is none, or longer than `LONGEST`."""
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return duration if duration <= LONGEST else None


def format_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds the shortest way; nothing is ``0s``."""
    rest = int(duration.total_seconds())
    shown = ""
    for unit, seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, seconds)
        shown += f"{count}{unit}" if count else ""
    return shown or "0s"
