"""A promotion's id: found again after a squash, different when the same version comes a second time."""

from collections.abc import Sequence
from hashlib import sha256

from headway.domain.facts import Change
from headway.domain.names import InstanceName, PromotionId, Version


def promotion_id(
    instance: InstanceName, changes: Sequence[Change], previous: PromotionId | None
) -> PromotionId:
    """Hash the instance, what changes to what, and the promotion that its lock file stood at."""
    pairs = sorted(f"{change.artifact}={full(change.after)}" for change in changes)
    text = "\n".join([str(instance), *pairs, previous or "-"])
    return PromotionId(sha256(text.encode()).hexdigest()[:16])


def full(version: Version | None) -> str:
    """Write a version whole, as trailers carry it; ``-`` where there is none."""
    return "-" if version is None else f"{version.digest or '-'}+{version.commit}"
