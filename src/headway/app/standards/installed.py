"""What became of each document that was installed into a cluster, or removed from it."""

from dataclasses import dataclass
from enum import StrEnum


class Done(StrEnum):
    """What became of a document."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledDocument:
    """One document, and what became of it."""

    kind: str
    name: str
    done: Done
