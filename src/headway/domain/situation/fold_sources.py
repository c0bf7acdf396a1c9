"""Folds of the facts about outside systems: away, back, and what a registry said."""

from dataclasses import replace
from datetime import timedelta

from headway.domain.facts import Fact, PresenceFound, ReferencesFound, SourceAway, SourceBack
from headway.domain.names import Cell
from headway.domain.situation.situation import Situation


def away(situation: Situation, fact: Fact, body: SourceAway) -> Situation:
    """Note that a source does not answer; the time away runs while at least one is."""
    key = (body.source, body.name)
    return replace(
        situation,
        away=situation.away.set(key, (fact.happened_at, body.words)),
        away_since=situation.away_since or fact.happened_at,
    )


def back(situation: Situation, fact: Fact, body: SourceBack) -> Situation:
    """Note that it answers again; one that was not away is passed over."""
    key = (body.source, body.name)
    if key not in situation.away:
        return situation
    left = situation.away.delete(key)
    if left:
        return replace(situation, away=left)
    since = situation.away_since
    stretch = fact.happened_at - since if since else timedelta(0)
    return replace(situation, away=left, away_since=None, away_total=situation.away_total + stretch)


def presence_found(situation: Situation, _: Fact, body: PresenceFound) -> Situation:
    """Remember whether a reference can be pulled for an environment."""
    key = (body.environment, body.reference)
    return replace(situation, presence=situation.presence.set(key, (body.presence, body.words)))


def references_found(situation: Situation, _: Fact, body: ReferencesFound) -> Situation:
    """Remember what an instance lacks of what a configuration names."""
    key = (Cell(body.artifact, body.instance), body.commit)
    return replace(situation, missing=situation.missing.set(key, body.missing))
