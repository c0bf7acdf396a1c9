"""Gate `standards`: what would run meets every standard in force, or somebody answers for it until a day.

What judging gave is a fact with the fingerprint of all that it depends on (`judged.py`); where that is now
another the fact is worth nothing: unknown is never passed. Waivers are weighed here: one ends at its instant.
"""

from dataclasses import replace
from datetime import datetime

from headway.domain.gates.judged import asked_of, beside, fingerprint_of, judged_of
from headway.domain.gates.outcome import ALLOWED, SOON, Allowed, Blocked, Outcome, Question
from headway.domain.names import Cell, CommitId
from headway.domain.situation.records import Judged
from headway.domain.situation.situation import Situation
from headway.domain.standards.judgement import Judgement, Unjudged
from headway.domain.standards.schema_rules import SCHEMA
from headway.domain.standards.waiver import WaiverState, Weighed, weigh
from headway.domain.standards.words import in_one_line

MOST_TOLD = 5
"""So many findings stand in the gate's words; `why` lists them all."""

_PLATFORM = "the platform team, by a commit that mends the standard"
_TEAM = "the team, by a commit on main, or the platform team, by a waiver in standards/waivers.yaml"


def standards(question: Question) -> Outcome:
    """Refuse what does not meet the standards, and what was not judged by exactly those in force."""
    situation, cell = question.situation, question.cell
    if not asked_of(situation, cell.instance):
        return ALLOWED
    in_force = situation.standards
    problems = in_force.problems if in_force is not None else ()
    shut = [(f"a standard cannot be asked, and so nothing passes: {one}", _PLATFORM) for one in problems]
    if not is_known(situation):
        return _blocked(*(shut or [("the standards on main have not been read yet", SOON)]))
    judged = judged_of(situation, cell, question.version, beside(question))
    if judged is None:
        shut.append((f"{question.label} has not been judged for {cell.instance} yet", SOON))
    elif judged.failure:
        shut.append((f"{question.label} could not be judged, which is no pass: {judged.failure}", "Headway"))
    elif (weighed := weigh_found(situation, cell, judged.judgement, question.now)).standing:
        return _not_met(question, weighed, shut)
    else:
        until = min((one.waiver.over_at for one in weighed.waived), default=None)
        if not shut:
            return Allowed(until=until) if until else ALLOWED
    return _blocked(*shut)


def is_known(situation: Situation) -> bool:
    """Say whether the standards were read as the estate in force uses them."""
    in_force, estate = situation.standards, situation.estate
    return (
        in_force is not None
        and bool(in_force.fingerprint)
        and (estate is None or in_force.chosen == estate.standards)
    )


def weighed_of(question: Question) -> Weighed | None:
    """Give what was found of a version and what of it is waived; None: it is not judged, or not asked."""
    judged = judged_of(question.situation, question.cell, question.version, beside(question))
    if judged is None or judged.failure:
        return None
    return weigh_found(question.situation, question.cell, judged.judgement, question.now)


def weigh_found(situation: Situation, cell: Cell, judgement: Judgement, now: datetime) -> Weighed:
    """Hold what was found to the waivers of the estate in force."""
    waivers = situation.estate.waivers if situation.estate else ()
    return weigh(judgement, waivers, cell.artifact, cell.instance, now)


def to_be_judged(question: Question) -> str | None:
    """Give the fingerprint of what a version is to be judged by before the gate can open.

    None: it is judged, nobody asks, or what the verdict depends on is not known yet.
    """
    situation, cell = question.situation, question.cell
    if not asked_of(situation, cell.instance) or not is_known(situation):
        return None
    others = beside(question)
    judged = judged_of(situation, cell, question.version, others)
    if judged is None or judged.failure or _lacks_definition(question, judged):
        return fingerprint_of(situation, cell, question.version, others)
    return None


def _lacks_definition(question: Question, judged: Judged) -> bool:
    """Say whether the definition of a custom resource is missed and not waived: it may be there by now."""
    weighed = weigh_found(question.situation, question.cell, judged.judgement, question.now)
    return any(isinstance(one.finding, Unjudged) and one.finding.rule == SCHEMA for one in weighed.standing)


def does_not_meet(situation: Situation, cell: Cell, commit: CommitId, now: datetime) -> bool:
    """Say whether a configuration was found not to meet the standards in a cell, whatever its image.

    What was found beside other manifests counts too: such a half is weighed all the same, and judged anew.
    """
    return any(
        version.commit == commit
        and not found.failure
        and weigh_found(situation, cell, found.judgement, now).standing
        for version, found in situation.judged_in(cell).items()
    )


def _not_met(question: Question, weighed: Weighed, shut: list[tuple[str, str]]) -> Blocked:
    """Say what is not met, after what cannot be asked: in the words all of it, in brief how much it is."""
    many = len(weighed.standing)
    said = f"{question.label} in {question.cell.instance} does not meet "
    said += f"{many} standards" if many > 1 else "a standard"
    brief = "; ".join([*(words for words, _ in shut), said])
    return replace(_blocked(*shut, (f"{said}: {_told(weighed)}", _TEAM)), brief=brief)


def _told(weighed: Weighed) -> str:
    told = [
        in_one_line(one.finding, one.ended, WaiverState.ENDED if one.ended else None)
        for one in weighed.standing[:MOST_TOLD]
    ]
    more = len(weighed.standing) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more else [])])


def _blocked(*shut: tuple[str, str]) -> Blocked:
    """Say all that keeps it shut, and who can change it."""
    words, who = zip(*shut, strict=True)
    return Blocked(gate="standards", words="; ".join(words), who="; ".join(dict.fromkeys(who)))
