"""Spans and instants as people type them: ``90s``, ``5m``, ``1h30m``, ``2d``; ``2026-03-02T09:00``."""

import re
from datetime import UTC, datetime, timedelta

from headway.domain.errors import UsageError
from headway.interfaces.words import span_in_words

_SPAN = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?")


def parse_span(text: str) -> timedelta:
    """Read a span that is longer than nothing.

    Raises:
        UsageError: `span-malformed`.
    """
    matched = _SPAN.fullmatch(text.strip())
    days, hours, minutes, seconds = (int(one or 0) for one in matched.groups()) if matched else (0, 0, 0, 0)
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not span:
        raise UsageError(
            "span-malformed",
            f"{text!r} is no span of time",
            why="a span is numbers with d, h, m or s",
            next_step="write it like 90s, 5m, 1h30m or 2d",
        )
    return span


def parse_instant(text: str) -> datetime:
    """Read an instant by ISO 8601; without a zone it is in UTC.

    Raises:
        UsageError: `instant-malformed`.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            "instant-malformed",
            f"{text!r} is no date and time",
            why="it is read by ISO 8601, in UTC if it names no zone",
            next_step="write it like 2026-03-02T09:00 or 2026-03-02T09:00+11:00",
        ) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def shown_instant(text: str | None) -> str:
    """Write an instant of the API for people, in UTC to the second; a dash where there is none."""
    if not text:
        return "-"
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def shown_span(seconds: float | None) -> str:
    """Write a span of the API by its two largest parts, ``2 h 10 min``; a dash where there is none."""
    if seconds is None:
        return "-"
    return span_in_words(seconds) or (f"{seconds * 1000:.0f} ms" if seconds > 0 else "0 s")
