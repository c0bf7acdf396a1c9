"""Folds of the facts about outside systems: away, back, and what a registry said."""

from dataclasses import replace

from headway.domain.facts import Fact, PresenceFound, ReferencesFound, SourceAway, SourceBack
from headway.domain.names import Cell
from headway.domain.situation.situation import Situation

SPELLS_KEPT = 200
"""How many absences of a source are remembered: more than happen within any deployment."""


def away(situation: Situation, fact: Fact, body: SourceAway) -> Situation:
    """Note that a source does not answer."""
    key = (body.source, body.name)
    return replace(
        situation,
        away=situation.away.set(key, (fact.happened_at, body.words)),
    )


def back(situation: Situation, fact: Fact, body: SourceBack) -> Situation:
    """Note that it answers again; one that was not away is passed over."""
    key = (body.source, body.name)
    if key not in situation.away:
        return situation
    since, _ = situation.away[key]
    spells = (*situation.away_spells.get(key, ()), (since, fact.happened_at))
    return replace(
        situation,
        away=situation.away.delete(key),
        away_spells=situation.away_spells.set(key, spells[-SPELLS_KEPT:]),
    )


def presence_found(situation: Situation, _: Fact, body: PresenceFound) -> Situation:
    """Remember whether a reference can be pulled for an environment."""
    key = (body.environment, body.reference)
    return replace(situation, presence=situation.presence.set(key, (body.presence, body.words)))


def references_found(situation: Situation, _: Fact, body: ReferencesFound) -> Situation:
    """Remember what an instance lacks of what a configuration names."""
    key = (Cell(body.artifact, body.instance), body.commit)
    return replace(situation, missing=situation.missing.set(key, body.missing))
