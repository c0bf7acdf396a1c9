"""Facts about an instance's folder on its environment branch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from headway.domain.names import ArtifactName, CommitId, InstanceName, PromotionId, TreeId, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceFound:
    """An empty ledger met a lock file in Git: the instance as `rebuild` read it."""

    TYPE: ClassVar = "instance-found"
    SCHEMA: ClassVar = 1
    instance: InstanceName
    promotion_id: PromotionId
    commit: CommitId
    folder: TreeId
    lock: Mapping[str, Version]
    verified: tuple[tuple[ArtifactName, Version], ...] = ()
    """What later waves' Evidence names."""
    earlier: tuple[tuple[ArtifactName, Version], ...] = ()
    """Versions that ran here before, oldest first: what a rollback can go back to."""
    deployed: tuple[tuple[ArtifactName, Version, TreeId, str | None], ...] = ()
    """Manifests and reference of those versions and of the lock's, as they were deployed."""
    taken_back: tuple[tuple[ArtifactName, Version], ...] = ()
    """What persons took back, with every version of the same digest."""
    taken_back_alone: tuple[tuple[ArtifactName, Version], ...] = ()
    """What persons took back without a change of digest: no other version is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceTouched:
    """Other hands changed an instance's folder: it is held and said until the folder is ours again."""

    TYPE: ClassVar = "instance-touched"
    SCHEMA: ClassVar = 1
    instance: InstanceName
    commit: CommitId | None
    """None: the branch is gone."""
    author: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceUntouched:
    """The folder is again the tree that Headway last wrote."""

    TYPE: ClassVar = "instance-untouched"
    SCHEMA: ClassVar = 1
    instance: InstanceName
    commit: CommitId


@dataclass(frozen=True, slots=True, kw_only=True)
class StopsLanded:
    """The remote branch holds an instance's holds and quarantines as they are in force."""

    TYPE: ClassVar = "stops-landed"
    SCHEMA: ClassVar = 1
    instance: InstanceName
    fingerprint: str
    """Of the stops that were written."""
