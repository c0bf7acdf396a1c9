"""What the use cases need of the outside world: one Protocol each, no client library in sight.

All ports are async; their adapters bound every wait. Every call may be cancelled. An adapter raises only
`headway.domain.errors`: `Transient` when the other side is away, `UsageError` when what people wrote is bad.
"""

from headway.app.ports.clock import Clock
from headway.app.ports.engine import CheckRequest, DesiredEnvironment, DesiredInstance, DesiredState, Engine
from headway.app.ports.ledger import Ledger, PromotionHistory, Snapshots
from headway.app.ports.manifests import (
    BranchPush,
    BranchPushed,
    Commit,
    MainCommit,
    Manifests,
    NewCommit,
    PushResult,
    Refs,
)
from headway.app.ports.registry import ImageSeen, Look, Presence, PresenceSeen, Registry
from headway.app.ports.rendering import Reference, Rendered, Renderer, RenderRequest

__all__ = [
    "BranchPush",
    "BranchPushed",
    "CheckRequest",
    "Clock",
    "Commit",
    "DesiredEnvironment",
    "DesiredInstance",
    "DesiredState",
    "Engine",
    "ImageSeen",
    "Ledger",
    "Look",
    "MainCommit",
    "Manifests",
    "NewCommit",
    "Presence",
    "PresenceSeen",
    "PromotionHistory",
    "PushResult",
    "Reference",
    "Refs",
    "Registry",
    "RenderRequest",
    "Rendered",
    "Renderer",
    "Snapshots",
]
