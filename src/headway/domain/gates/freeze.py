"""Gate `freeze`: recurring windows without promotions, in the time zone of the people who rest in them."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim

from headway.domain.estate import Freeze
from headway.domain.gates.outcome import ALLOWED, Allowed, Blocked, Outcome, Question
from headway.domain.gates.rules import rules_at


def freeze(question: Question) -> Outcome:
    """Refuse inside a window; a window that begins while one ends joins it."""
    rules = rules_at(question.situation, question.cell.artifact.application, question.wave)
    ends = [(end, one) for one in rules.freezes if (end := frozen_until(one, question.now))]
    if not ends:
        begins = [next_start(one, question.now) for one in rules.freezes]
        return Allowed(until=min(begins)) if begins else ALLOWED
    end, window = max(ends, key=lambda pair: pair[0])
    local = end.astimezone(ZoneInfo(window.time_zone))
    return Blocked(
        gate="freeze",
        words=f"{question.wave.name} is frozen until {local:%a %d %b %H:%M} {window.time_zone}"
        + (f": {window.reason}" if window.reason else ""),
        who="time, or the platform team by a change of the lane",
        next_at=end,
    )


def frozen_until(window: Freeze, now: datetime) -> datetime | None:
    """Give the end of the window that `now` lies in; None: it lies in none.

    Its start is wall-clock time in its zone, its length is real time: over a change to summer time a window
    of 62 hours lasts 62 hours.
    """
    start = _last_start(window.schedule, window.time_zone, now.replace(second=0, microsecond=0))
    end = start + window.lasts
    return end if now < end else None


def next_start(window: Freeze, now: datetime) -> datetime:
    """Give when the window begins next."""
    return _next_start(window.schedule, window.time_zone, now.replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _next_start(schedule: str, time_zone: str, minute: datetime) -> datetime:
    return next(CronSim(schedule, minute.astimezone(ZoneInfo(time_zone)))).astimezone(UTC)


@lru_cache(maxsize=4096)
def _last_start(schedule: str, time_zone: str, minute: datetime) -> datetime:
    # The iterator is exclusive of where it begins, so it begins one minute later than the minute asked about.
    local = minute.astimezone(ZoneInfo(time_zone))
    later = datetime.fromtimestamp(local.timestamp() + 60, ZoneInfo(time_zone))
    return next(CronSim(schedule, later, reverse=True)).astimezone(UTC)
