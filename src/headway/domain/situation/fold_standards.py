"""Folds of the facts about standards."""

from dataclasses import replace

from immutables import Map

from headway.domain.facts import Fact, RunningJudged, StandardsJudged, StandardsTaken
from headway.domain.names import Cell
from headway.domain.situation.records import Judged, RunningFound, StandardsInForce
from headway.domain.situation.situation import Situation
from headway.domain.standards.judgement import Judgement

JUDGED_KEPT = 60
"""How many judged versions a cell keeps: more than are ever weighed. One that is forgotten is judged anew."""


def taken(situation: Situation, _: Fact, body: StandardsTaken) -> Situation:
    """Put standards in force; what others said of versions is worth nothing now."""
    in_force = StandardsInForce(
        commit=body.commit,
        headway=body.headway,
        fingerprint=body.fingerprint,
        chosen=body.chosen,
        rules=body.rules,
        problems=body.problems,
    )
    return replace(situation, standards=in_force, judged=Map(), resting=Map())


def judged(situation: Situation, _: Fact, body: StandardsJudged) -> Situation:
    """Remember what was found of a version, as the latest of its cell."""
    cell = Cell(body.artifact, body.instance)
    rests_on = tuple((Cell(artifact, instance), tree) for artifact, instance, tree in body.rests_on)
    found = Judged(
        fingerprint=body.fingerprint,
        judgement=Judgement(violations=body.violations, unjudged=body.unjudged),
        rests_on=rests_on,
        failure=body.failure,
    )
    known = situation.judged_in(cell)
    if len(known) >= JUDGED_KEPT and body.version not in known:
        known = Map()
    resting = situation.resting
    for other, _tree in rests_on:
        resting = resting.set(other, resting.get(other, frozenset()) | {cell})
    return replace(
        situation, judged=situation.judged.set(cell, known.set(body.version, found)), resting=resting
    )


def running_judged(situation: Situation, _: Fact, body: RunningJudged) -> Situation:
    """Remember what runs and does not meet the standards; what does is none of these."""
    cell = Cell(body.artifact, body.instance)
    if not (body.violations or body.unjudged):
        return (
            replace(situation, running=situation.running.delete(cell))
            if cell in situation.running
            else situation
        )
    judgement = Judgement(violations=body.violations, unjudged=body.unjudged)
    found = RunningFound(version=body.version, judgement=judgement)
    return replace(situation, running=situation.running.set(cell, found))
