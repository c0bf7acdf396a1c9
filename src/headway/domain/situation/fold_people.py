"""Folds of the facts that people, or rules in their place, decide about versions."""

from dataclasses import replace

from immutables import Map

from headway.domain.facts import (
    ApprovalGiven,
    Fact,
    PromotionAsked,
    PromotionUnasked,
    QuarantineLifted,
    QuarantinePlaced,
)
from headway.domain.names import Cell, Version
from headway.domain.situation.records import Approval, Asked, Quarantine
from headway.domain.situation.situation import Situation


def quarantine_placed(situation: Situation, fact: Fact, body: QuarantinePlaced) -> Situation:
    """Let a version in nowhere any more."""
    quarantine = Quarantine(
        version=body.version,
        instance=body.instance,
        whole_digest=body.whole_digest,
        reason=fact.reason,
        placed_at=fact.happened_at,
        by=fact.actor,
    )
    none: Map[Version, Quarantine] = Map()
    placed = situation.quarantines.get(body.artifact, none).set(body.version, quarantine)
    return replace(situation, quarantines=situation.quarantines.set(body.artifact, placed))


def quarantine_lifted(situation: Situation, _: Fact, body: QuarantineLifted) -> Situation:
    """Let it in again; one that is not quarantined is passed over."""
    placed = situation.quarantines.get(body.artifact)
    if placed is None or body.version not in placed:
        return situation
    left = placed.delete(body.version)
    return replace(situation, quarantines=situation.quarantines.set(body.artifact, left))


def approval_given(situation: Situation, fact: Fact, body: ApprovalGiven) -> Situation:
    """Remember a yes; a second one by the same person replaces the first."""
    approval = Approval(
        entries=frozenset(body.entries),
        differences=dict(body.differences),
        by=fact.actor.removeprefix("person:"),
        at=fact.happened_at,
    )
    key = (body.application, body.wave)
    kept = tuple(
        one
        for one in situation.approvals.get(key, ())
        if not (one.by == approval.by and one.entries == approval.entries)
    )
    return replace(situation, approvals=situation.approvals.set(key, (*kept[-200:], approval)))


def promotion_asked(situation: Situation, fact: Fact, body: PromotionAsked) -> Situation:
    """Remember what a person asked for."""
    cell = Cell(body.artifact, body.instance)
    asked = Asked(
        version=body.version,
        by=fact.actor.removeprefix("person:"),
        reason=fact.reason,
        now=body.now,
        at=fact.happened_at,
    )
    return situation.with_cell(cell, replace(situation.cell(cell), asked=asked))


def promotion_unasked(situation: Situation, _: Fact, body: PromotionUnasked) -> Situation:
    """Forget what was asked for."""
    cell = Cell(body.artifact, body.instance)
    return situation.with_cell(cell, replace(situation.cell(cell), asked=None))
