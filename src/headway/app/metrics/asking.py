"""What people ask of metrics, read into a selection; what nobody knows of is refused with what is there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from headway.app.naming import find_artifact
from headway.domain.errors import UsageError
from headway.domain.metrics.delivery import Place
from headway.domain.metrics.selection import Selection
from headway.domain.metrics.words import Per
from headway.domain.situation import Situation

_SPAN = re.compile(r"(\d{1,4})(h|d|w)")
_SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MOST_STRETCHES = 1100
"""Three years of days: more points than anybody can look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What was typed."""

    since: str = "90d"
    """A span back from `until`, a day or an instant."""
    until: str | None = None
    """A day, which is included, or an instant; None: now."""
    zone: str = "UTC"
    per: Per = Per.DAY
    application: str | None = None
    artifact: str | None = None
    environment: str | None = None
    region: str | None = None
    owner: str | None = None


def read_selection(
    filters: Filters, situation: Situation, places: Iterable[Place], now: datetime
) -> Selection:
    """Read what was typed.

    Args:
        filters: what was typed.
        situation: names the estate's applications, environments and teams.
        places: where anything was ever delivered: what left the estate can still be asked about.
        now: the present instant; nothing after it is asked about.

    Raises:
        UsageError: `zone-unknown`, `selection-malformed`, `selection-unknown`, `artifact-unknown`,
            `artifact-ambiguous`.
    """
    zone = _zone(filters.zone)
    # The end is excluded, and what happens at this very instant is asked about.
    until = now + timedelta(microseconds=1)
    if filters.until is not None:
        until = min(until, _instant(filters.until, zone, is_end=True))
    since = _since(filters.since, zone, until)
    if since >= until:
        raise _malformed("nothing lies between --since and --until", "begin before the end, and before now")
    step = timedelta(days=1 if filters.per is Per.DAY else 7)
    if (until - since) / step > _MOST_STRETCHES:
        raise _malformed(
            f"it has more than {_MOST_STRETCHES} {filters.per}s", "ask per week, or of less time"
        )
    known = [*places, *_described(situation)]
    application, artifact = _artifact(filters, situation, known)
    return Selection(
        since=since,
        until=until,
        zone=filters.zone,
        per=filters.per,
        application=_known("application", application, (one.application for one in known)),
        artifact=artifact,
        environment=_known("environment", filters.environment, (one.environment for one in known)),
        region=_known("region", filters.region, (one.region for one in known)),
        owner=_known("owner", filters.owner, (one.owner for one in known)),
    )


def _described(situation: Situation) -> Iterable[Place]:
    """Give a place for whatever the estate in force names, whether anything went there or not."""
    estate = situation.estate
    for application in estate.applications.values() if estate else ():
        for instance in estate.instances(application.name) if estate else ():
            name = situation.environment_of(instance)
            environment = estate.environments.get(name) if estate and name else None
            yield Place(
                application=application.name,
                artifact="",
                instance=instance.instance,
                environment=name or "",
                region=environment.region if environment else None,
                owner=application.owner,
                production=False,
            )


def _artifact(
    filters: Filters, situation: Situation, known: Iterable[Place]
) -> tuple[str | None, str | None]:
    """Give application and artifact; one that left the estate is found by where it was delivered."""
    text = filters.artifact
    if text is None:
        return filters.application, None
    for place in known:
        if place.artifact and text in (f"{place.application}/{place.artifact}", place.artifact):
            same = filters.application in (None, place.application)
            if same and ("/" in text or filters.application is not None):
                return place.application, place.artifact
    found = find_artifact(situation, text)
    return found.application, found.artifact


def _known(kind: str, wanted: str | None, there: Iterable[str | None]) -> str | None:
    if wanted is None:
        return None
    names = sorted({one for one in there if one})
    if wanted not in names:
        raise UsageError(
            "selection-unknown",
            f"there is no {kind} {wanted!r}",
            why=f"known are {', '.join(names[:12]) or 'none yet'}" + (" and more" if len(names) > 12 else ""),
            next_step=f"choose one of those, or leave --{kind} out",
        )
    return wanted


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError of its own
        raise _zone_unknown(name) from error
    except KeyError as error:
        raise _zone_unknown(name) from error


def _zone_unknown(name: str) -> UsageError:
    return UsageError(
        "zone-unknown",
        f"there is no time zone {name!r}",
        why="it is no name of IANA's list",
        next_step="write it like Europe/Berlin or UTC",
    )


def _since(text: str, zone: ZoneInfo, until: datetime) -> datetime:
    if matched := _SPAN.fullmatch(text.strip()):
        try:
            return until - int(matched[1]) * _SPANS[matched[2]]
        except OverflowError as error:
            raise _malformed(f"{text!r} reaches back before all dates", "write it like 90d") from error
    return _instant(text, zone, is_end=False)


def _instant(text: str, zone: ZoneInfo, *, is_end: bool) -> datetime:
    """Read a day or an instant; without a zone of its own it is in the asked one, and so is a day."""
    words = text.strip()
    try:
        if len(words) == len("2026-07-01"):
            day = date.fromisoformat(words) + timedelta(days=1 if is_end else 0)
            return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
        instant = datetime.fromisoformat(words)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _malformed(
            f"{words[:60]!r} is no day, no instant and no span",
            "write it like 90d, 2026-07-01 or 2026-07-01T09:00",
        ) from error


def _malformed(why: str, next_step: str) -> UsageError:
    return UsageError("selection-malformed", "it cannot be asked like that", why=why, next_step=next_step)
