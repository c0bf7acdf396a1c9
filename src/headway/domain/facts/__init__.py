"""The facts: what happened, recorded once and never changed.

Each body is a frozen dataclass with a stable `TYPE` and a `SCHEMA` number. A new field gets a default and,
when old records would be misread, a new schema number with an upcaster in the ledger.
"""

from headway.domain.facts.clock import ClockTaken
from headway.domain.facts.estate import EstateAccepted, EstateRefused, EstateTaken, EstateWaiting
from headway.domain.facts.fact import Actor, Fact, NewFact
from headway.domain.facts.instances import InstanceFound, InstanceTouched, InstanceUntouched, StopsLanded
from headway.domain.facts.people import ApprovalGiven, PromotionAsked, PromotionUnasked
from headway.domain.facts.promotions import (
    Change,
    DeploymentInterrupted,
    DeploymentSeen,
    NoChangePassed,
    Outcome,
    PromotionDecided,
    PromotionEnded,
    PromotionKind,
    PromotionLanded,
    PromotionLost,
    VerificationEnded,
    VerificationStarted,
)
from headway.domain.facts.sources import PresenceFound, ReferencesFound, Source, SourceAway, SourceBack
from headway.domain.facts.standards import RunningJudged, StandardsJudged, StandardsTaken
from headway.domain.facts.stops import HoldLifted, HoldPlaced, QuarantineLifted, QuarantinePlaced
from headway.domain.facts.versions import (
    ConfigurationFound,
    ImageFound,
    ImagesLookedAt,
    RenderingFound,
    SourceCommit,
    SourceCommitsFound,
)

FactBody = (
    EstateTaken
    | EstateRefused
    | EstateWaiting
    | EstateAccepted
    | ImageFound
    | ImagesLookedAt
    | ConfigurationFound
    | SourceCommitsFound
    | RenderingFound
    | PromotionDecided
    | PromotionLanded
    | PromotionLost
    | PromotionEnded
    | DeploymentSeen
    | DeploymentInterrupted
    | VerificationStarted
    | VerificationEnded
    | NoChangePassed
    | HoldPlaced
    | HoldLifted
    | QuarantinePlaced
    | QuarantineLifted
    | StopsLanded
    | InstanceFound
    | InstanceTouched
    | InstanceUntouched
    | ApprovalGiven
    | PromotionAsked
    | PromotionUnasked
    | SourceAway
    | SourceBack
    | PresenceFound
    | ReferencesFound
    | ClockTaken
    | StandardsTaken
    | StandardsJudged
    | RunningJudged
)
"""Every kind of fact that this version of Headway knows."""

__all__ = [
    "Actor",
    "ApprovalGiven",
    "Change",
    "ClockTaken",
    "ConfigurationFound",
    "DeploymentInterrupted",
    "DeploymentSeen",
    "EstateAccepted",
    "EstateRefused",
    "EstateTaken",
    "EstateWaiting",
    "Fact",
    "FactBody",
    "HoldLifted",
    "HoldPlaced",
    "ImageFound",
    "ImagesLookedAt",
    "InstanceFound",
    "InstanceTouched",
    "InstanceUntouched",
    "NewFact",
    "NoChangePassed",
    "Outcome",
    "PresenceFound",
    "PromotionAsked",
    "PromotionDecided",
    "PromotionEnded",
    "PromotionKind",
    "PromotionLanded",
    "PromotionLost",
    "PromotionUnasked",
    "QuarantineLifted",
    "QuarantinePlaced",
    "ReferencesFound",
    "RenderingFound",
    "RunningJudged",
    "Source",
    "SourceAway",
    "SourceBack",
    "SourceCommit",
    "SourceCommitsFound",
    "StandardsJudged",
    "StandardsTaken",
    "StopsLanded",
    "VerificationEnded",
    "VerificationStarted",
]
