"""Lists standards: those that come with Headway, and an estate's own; where each is asked, and why."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from headway.adapters.files.documents import read_documents
from headway.app.standards.catalog import choose
from headway.app.standards.installing import GIT, PLACE, POLICY
from headway.bootstrap.checkouts import open_checkouts
from headway.bootstrap.desk_standards import own_standards, read_checkouts
from headway.domain.estate import Estate
from headway.domain.standards.parity import PARITY
from headway.domain.standards.schema_rules import DEPRECATED_API, REMOVED_API, SCHEMA
from headway.domain.standards.together import TOGETHER
from headway.interfaces.cli.composition import ListedStandard
from headway.standards import SHIPPED

_PAGES = "docs/reference/standards"
_IN_GIT = ("desk", "pull request", "gate")
_EVERYWHERE = (*_IN_GIT, "cluster")
_SCHEMAS = {
    SCHEMA: "What its kind's schema does not allow is refused, or dropped in silence, by a cluster.",
    REMOVED_API: "An API version that is gone is refused by a cluster.",
    DEPRECATED_API: "An API version that goes has to be left before the next upgrade.",
}


async def listed_standards(folders: Sequence[Path]) -> Sequence[ListedStandard]:
    """Give every standard by id; without an estate in the folders none is used.

    Raises:
        EstateInvalid, UsageError: see `Composition.list_standards`.
    """
    checkouts = await open_checkouts(folders, None)
    estate = read_checkouts(checkouts).estate
    own, _ = await own_standards(checkouts.values())
    found = [*_shipped(estate), *_own(own), *_others(estate)]
    return sorted(found, key=lambda one: one.id)


def _shipped(estate: Estate) -> Iterator[ListedStandard]:
    chosen = choose(estate.standards).documents
    for rule, data in SHIPPED.items():
        for policy in _policies(data, f"headway/standards/{rule}.yaml"):
            is_used = f"headway/standards/{rule}.yaml" in chosen
            yield _listed(policy, is_used=is_used, page=f"{_PAGES}-rules.md#{rule}")


def _own(own: Mapping[str, bytes]) -> Iterator[ListedStandard]:
    for path, data in own.items():
        for policy in _policies(data, path):
            yield _listed(policy, is_used=True, page=path)


def _others(estate: Estate) -> Iterator[ListedStandard]:
    choice = choose(estate.standards)
    for rule, reason in TOGETHER.items():
        yield ListedStandard(
            id=rule,
            group="together",
            reason=reason,
            is_used=rule in choice.together,
            places=_IN_GIT,
            page=f"{_PAGES}-rules.md#{rule}",
        )
    yield ListedStandard(
        id=PARITY,
        group=PARITY,
        reason="What was verified in staging says little of production if production runs something else.",
        is_used=choice.parity,
        places=_IN_GIT,
        page=f"{_PAGES}-parity.md",
    )
    judged = any(one.kubernetes is not None for one in estate.environments.values())
    for rule, reason in _SCHEMAS.items():
        yield ListedStandard(
            id=rule,
            group="schemas",
            reason=reason,
            is_used=judged,
            places=_IN_GIT,
            page=f"{_PAGES}-schema.md",
        )


def _listed(policy: Mapping[str, Any], *, is_used: bool, page: str) -> ListedStandard:
    metadata = policy.get("metadata") or {}
    notes = metadata.get("annotations") or {}
    return ListedStandard(
        id=str(metadata.get("name")),
        group=str(notes.get("headway.dev/group", "own")),
        reason=str(notes.get("headway.dev/reason", "")),
        is_used=is_used,
        places=_IN_GIT if notes.get(PLACE) == GIT else _EVERYWHERE,
        page=page,
    )


def _policies(data: bytes, path: str) -> Iterator[Mapping[str, Any]]:
    for one in read_documents(data, path)[0]:
        if isinstance(one.value, dict) and one.value.get("kind") == POLICY:
            yield one.value
