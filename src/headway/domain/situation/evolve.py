"""The fold: one fact more, one situation further. Pure; bookkeeping only, no policy."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from headway.domain.facts import (
    ApprovalGiven,
    ClockTaken,
    ConfigurationFound,
    DeploymentInterrupted,
    DeploymentSeen,
    EstateAccepted,
    EstateRefused,
    EstateTaken,
    EstateWaiting,
    Fact,
    HoldLifted,
    HoldPlaced,
    ImageFound,
    ImagesLookedAt,
    InstanceFound,
    InstanceTouched,
    InstanceUntouched,
    NoChangePassed,
    PresenceFound,
    PromotionAsked,
    PromotionDecided,
    PromotionEnded,
    PromotionLanded,
    PromotionLost,
    PromotionUnasked,
    QuarantineLifted,
    QuarantinePlaced,
    ReferencesFound,
    RenderingFound,
    RunningJudged,
    SourceAway,
    SourceBack,
    SourceCommitsFound,
    StandardsJudged,
    StandardsTaken,
    StopsLanded,
    VerificationEnded,
    VerificationStarted,
)
from headway.domain.situation import (
    fold_clock,
    fold_instances,
    fold_people,
    fold_promotions,
    fold_sources,
    fold_standards,
    fold_verdicts,
    fold_versions,
)
from headway.domain.situation.situation import Situation

Fold = Callable[[Situation, Fact, Any], Situation]

_FOLDS: dict[type, Fold] = {
    EstateTaken: fold_versions.estate_taken,
    EstateRefused: fold_versions.estate_refused,
    EstateWaiting: fold_versions.estate_waiting,
    EstateAccepted: fold_versions.estate_accepted,
    ImageFound: fold_versions.image_found,
    ImagesLookedAt: fold_versions.images_looked_at,
    ConfigurationFound: fold_versions.configuration_found,
    RenderingFound: fold_versions.rendering_found,
    SourceCommitsFound: fold_versions.source_commits_found,
    PromotionDecided: fold_promotions.decided,
    PromotionLanded: fold_promotions.landed,
    PromotionLost: fold_promotions.lost,
    PromotionEnded: fold_verdicts.ended,
    NoChangePassed: fold_verdicts.no_change_passed,
    VerificationStarted: fold_verdicts.verification_started,
    VerificationEnded: fold_verdicts.verification_ended,
    DeploymentInterrupted: fold_instances.deployment_interrupted,
    DeploymentSeen: fold_instances.deployment_seen,
    InstanceFound: fold_instances.found,
    InstanceTouched: fold_instances.touched,
    InstanceUntouched: fold_instances.untouched,
    StopsLanded: fold_instances.stops_landed,
    HoldPlaced: fold_instances.hold_placed,
    HoldLifted: fold_instances.hold_lifted,
    QuarantinePlaced: fold_people.quarantine_placed,
    QuarantineLifted: fold_people.quarantine_lifted,
    ApprovalGiven: fold_people.approval_given,
    PromotionAsked: fold_people.promotion_asked,
    PromotionUnasked: fold_people.promotion_unasked,
    SourceAway: fold_sources.away,
    SourceBack: fold_sources.back,
    PresenceFound: fold_sources.presence_found,
    ReferencesFound: fold_sources.references_found,
    ClockTaken: fold_clock.clock_taken,
    StandardsTaken: fold_standards.taken,
    StandardsJudged: fold_standards.judged,
    RunningJudged: fold_standards.running_judged,
}


def evolve(situation: Situation, fact: Fact) -> Situation:
    """Fold one fact in. A fact whose body is not known is passed over; only the sequence moves on."""
    fold = _FOLDS.get(type(fact.body))
    folded = fold(situation, fact, fact.body) if fold else situation
    return replace(folded, sequence=fact.sequence)
