"""What was asked of metrics in an address: read once, and carried on by every link of the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from headway.app.desk import Desk
from headway.app.metrics.asking import Filters
from headway.app.queries.board import environments, owners
from headway.domain.metrics.selection import Stretch
from headway.domain.metrics.words import Per
from headway.interfaces.web.site import Ask, malformed

FILTERS = ("since", "until", "zone", "per", "application", "artifact", "environment", "region", "owner")
MOST_STRETCHES = 62
"""So many days or weeks are drawn, the latest: two months of days, or more than a year of weeks."""
PERIODS = {"7d": "7 days", "30d": "30 days", "90d": "90 days", "180d": "half a year", "365d": "a year"}
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question, and the addresses of those beside it."""

    filters: Filters
    given: Mapping[str, str]
    """What stood in the address: all that links carry on."""

    def to(self, path: str, **but: object) -> str:
        """Give an address with the same filters, but for some; None leaves one out."""
        fields = {**self.given, **{name: one for name, one in but.items() if one is not None}}
        kept = {name: one for name, one in fields.items() if but.get(name, "") is not None and one != ""}
        # What UTF-8 cannot write stands in no name that anybody could ask for.
        return f"{path}?{urlencode(kept, errors='replace')}" if kept else path

    def within(self, path: str, stretch: Stretch, **but: object) -> str:
        """Give the address of what lies in one day or week."""
        length = timedelta(days=1 if self.filters.per is Per.DAY else 7)
        # A whole day is named as one, which is short and readable; a part of one by its instants.
        since, until = stretch.begins.isoformat(), stretch.ends.isoformat()
        if stretch.is_whole:
            since, until = stretch.day.isoformat(), (stretch.day + length - timedelta(days=1)).isoformat()
        return self.to(path, since=since, until=until, **but)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be chosen from: what the estate in force names, and what was asked for."""

    applications: Sequence[str]
    artifacts: Sequence[str]
    """Of the application that was chosen."""
    environments: Sequence[str]
    regions: Sequence[str]
    owners: Sequence[str]
    periods: Mapping[str, str]


def asked_of(ask: Ask) -> Asked:
    """Read the filters of an address.

    Raises:
        UsageError: `request-malformed`.
    """
    given = {name: text for name in FILTERS if (text := ask.query(name)) is not None}
    since = given.get("since", "90d")
    per = chosen(ask, "per", Per) or _fitting(since, given.get("until"), ask.site.service.desk.now)
    named = {name: given.get(name) for name in FILTERS if name not in ("since", "zone", "per")}
    filters = Filters(since=since, zone=given.get("zone", "UTC"), per=per, **named)
    return Asked(filters=filters, given=given)


def chosen(ask: Ask, name: str, kind: type[_E]) -> _E | None:
    """Read one of a few words.

    Raises:
        UsageError: `request-malformed`: it is none of them.
    """
    text = ask.query(name)
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise malformed(f"{name} is none of {', '.join(kind)}") from error


def choices(desk: Desk, filters: Filters) -> Choices:
    """Say what can be chosen from."""
    estate = desk.situation.estate
    applications = estate.applications if estate else {}
    mine = applications.get(filters.application or "")
    known = estate.environments.values() if estate else ()
    periods = PERIODS if filters.since in PERIODS else {**PERIODS, filters.since: f"since {filters.since}"}
    return Choices(
        applications=_with(applications, filters.application),
        artifacts=_with(mine.artifacts if mine else (), filters.artifact),
        environments=_with(environments(desk), filters.environment),
        regions=_with({one.region for one in known if one.region}, filters.region),
        owners=_with(owners(desk), filters.owner),
        periods=periods,
    )


def _with(names: Iterable[object], wanted: str | None) -> list[str]:
    there = {str(one) for one in names}
    return sorted(there | ({wanted} if wanted else set()))


def _fitting(since: str, until: str | None, now: datetime) -> Per:
    """Give days where they can be told apart, else weeks."""
    try:
        end = date.fromisoformat(until[:10]) if until else now.date()
        days = int(since[:-1]) if since.endswith("d") else (end - date.fromisoformat(since[:10])).days
    except ValueError:
        return Per.WEEK
    return Per.DAY if days <= 35 else Per.WEEK
