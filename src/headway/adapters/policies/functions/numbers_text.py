"""Numbers, durations and instants as text, and back, as Go writes and reads them. Pure."""

import re
from datetime import UTC, datetime, timedelta

from headway.adapters.policies.values import Duration, Timestamp

_SECOND = 10**9
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_SPAN = re.compile(r"([0-9]*)(\.[0-9]*)?(ns|us|µs|μs|ms|s|m|h)")
_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def float_text(number: float) -> str:
    """Write a float shortest, with an exponent from a million on and below a ten-thousandth."""
    if number != number:  # noqa: PLR0124  # only NaN differs from itself
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "+Inf" if number > 0 else "-Inf"
    exponent = int(f"{number:.16e}".partition("e")[2]) if number else 0
    sign = "-" if str(number).startswith("-") else ""
    if -4 <= exponent < 6:
        return f"{sign}{plain_text(abs(number))}"
    figures = repr(abs(number)).partition("e")[0].replace(".", "").strip("0")
    tail = f".{figures[1:]}" if len(figures) > 1 else ""
    return f"{sign}{figures[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def plain_text(number: float) -> str:
    """Write a float without an exponent, and without a fraction of zero."""
    text = f"{number:.340f}" if number and abs(number) < 1e-4 else repr(number)
    if "e" in text:
        text = f"{number:.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration_text(value: Duration) -> str:
    """Write a duration in seconds: ``90s``, ``0.5s``."""
    whole, rest = divmod(abs(value.nanoseconds), _SECOND)
    part = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{'-' if value.nanoseconds < 0 else ''}{whole}{part}s"


def read_duration(text: str) -> Duration | None:
    """Read ``1h30m``; None: it is none."""
    sign = -1 if text[:1] == "-" else 1
    rest = text[1:] if text[:1] in {"-", "+"} and text else text
    if rest == "0":
        return Duration(0)
    total, at = 0, 0
    while at < len(rest):
        found = _SPAN.match(rest, at)
        if found is None or not (found[1] or (found[2] and found[2] != ".")):
            return None
        scale = _UNITS[found[3]]
        total += int(found[1] or 0) * scale
        fraction = (found[2] or ".")[1:]
        total += int(fraction or 0) * scale // 10 ** len(fraction)
        at = found.end()
    return Duration(sign * total) if rest and total <= (1 << 63) - 1 else None


def instant_text(value: Timestamp) -> str:
    """Write an instant as RFC 3339, in the zone in which it was written."""
    seconds, rest = divmod(value.nanoseconds, _SECOND)
    at = _EPOCH + timedelta(seconds=seconds + value.ahead * 60)
    part = f".{rest:09d}".rstrip("0") if rest else ""
    hours, minutes = divmod(abs(value.ahead), 60)
    zone = f"{'-' if value.ahead < 0 else '+'}{hours:02d}:{minutes:02d}" if value.ahead else "Z"
    return (
        f"{at.year:04d}-{at.month:02d}-{at.day:02d}T{at.hour:02d}:{at.minute:02d}:{at.second:02d}{part}{zone}"
    )


def read_instant(text: str) -> Timestamp | None:
    """Read RFC 3339; None: it is none."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    try:
        at = datetime(*(int(found[one]) for one in range(1, 7)), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    part = int(f"{found[7] or 0:0<9}"[:9])
    zone = found[8]
    minutes = 0
    if zone != "Z":
        minutes = (int(zone[1:3]) * 60 + int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    seconds = int((at - _EPOCH).total_seconds()) - minutes * 60
    return Timestamp(seconds * _SECOND + part, minutes)
