"""Which outside systems an instance hangs on, and how long they were away: its clocks stand meanwhile.

Another environment's engine, or a registry that none of its images comes from, stops no clock here.
"""

from datetime import datetime, timedelta

from headway.domain.facts import Source
from headway.domain.names import InstanceName
from headway.domain.situation.situation import Situation


def is_any_away(situation: Situation, instance: InstanceName) -> bool:
    """Say whether a source that the instance hangs on is known to be away now."""
    return any(key in situation.away for key in sources_of(situation, instance))


def time_away(situation: Situation, instance: InstanceName, since: datetime, now: datetime) -> timedelta:
    """Give how long, between two instants, at least one source of the instance was away."""
    spells: list[tuple[datetime, datetime]] = []
    for key in sources_of(situation, instance):
        spells += situation.away_spells.get(key, ())
        if key in situation.away:
            spells.append((situation.away[key][0], now))
    total, counted_to = timedelta(0), since
    for begin, end in sorted(spells):
        first, last = max(begin, counted_to), min(end, now)
        if last > first:
            total += last - first
            counted_to = last
    return total


def engine_away(situation: Situation, instance: InstanceName) -> datetime | None:
    """Say since when an instance's engine is away: what it said is no health now. None: it is there."""
    environment = situation.environment_of(instance)
    away = situation.away.get((Source.ENGINE, environment)) if environment is not None else None
    return away[0] if away else None


def sources_of(situation: Situation, instance: InstanceName) -> frozenset[tuple[Source, str]]:
    """Give the sources that an instance hangs on: its engine, its repository, its images' registries."""
    estate, environment = situation.estate, situation.environment_of(instance)
    if estate is None or environment is None:
        return frozenset()
    application = estate.applications[instance.application]
    hosts = {
        artifact.image.repository.split("/", 1)[0]
        for artifact in application.artifacts.values()
        if artifact.image is not None
    }
    return frozenset(
        {
            (Source.ENGINE, environment),
            (Source.GIT, application.repository),
            *((Source.REGISTRY, host) for host in hosts),
        }
    )
