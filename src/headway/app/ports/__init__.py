"""What the use cases need of the outside world: one Protocol each, no client library in sight.

All ports are async; their adapters bound every wait. Every call may be cancelled. An adapter raises only
`headway.domain.errors`: `Transient` when the other side is away, `UsageError` when what people wrote is bad.
"""

from headway.app.ports.clock import Clock, MachineClock, Reading
from headway.app.ports.engine import (
    CheckRequest,
    DesiredEnvironment,
    DesiredInstance,
    DesiredState,
    Engine,
    LiveView,
    LockedAt,
)
from headway.app.ports.ledger import (
    FoldKept,
    Folds,
    Ledger,
    Looks,
    PromotionHistory,
    SituationForm,
    Snapshots,
    TallyForm,
)
from headway.app.ports.manifests import (
    BranchPush,
    BranchPushed,
    Commit,
    CommitReader,
    MainCommit,
    Manifests,
    NewCommit,
    PushResult,
    Refs,
)
from headway.app.ports.policies import Policies, PolicySet, Subject
from headway.app.ports.registry import ImageSeen, Look, Presence, PresenceSeen, Registry
from headway.app.ports.rendering import Reference, Rendered, Renderer, RenderRequest
from headway.app.ports.schemas import Schemas
from headway.app.ports.sources import Sources
from headway.app.ports.verdicts import Verdict, Verdicts

__all__ = [
    "BranchPush",
    "BranchPushed",
    "CheckRequest",
    "Clock",
    "Commit",
    "CommitReader",
    "DesiredEnvironment",
    "DesiredInstance",
    "DesiredState",
    "Engine",
    "FoldKept",
    "Folds",
    "ImageSeen",
    "Ledger",
    "LiveView",
    "LockedAt",
    "Look",
    "Looks",
    "MachineClock",
    "MainCommit",
    "Manifests",
    "NewCommit",
    "Policies",
    "PolicySet",
    "Presence",
    "PresenceSeen",
    "PromotionHistory",
    "PushResult",
    "Reading",
    "Reference",
    "Refs",
    "Registry",
    "RenderRequest",
    "Rendered",
    "Renderer",
    "Schemas",
    "SituationForm",
    "Snapshots",
    "Sources",
    "Subject",
    "TallyForm",
    "Verdict",
    "Verdicts",
]
