"""What one look at an image repository hands to the next: a text that only this adapter reads.

JSON, no secrets. A text that cannot be read (an older adapter's, or damaged) is a first look again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from headway.adapters.registry.reference import is_tag
from headway.domain.errors import UsageError
from headway.domain.names import Digest, parse_digest

_FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The tags as the last look left them."""

    tags: Mapping[str, Digest] = field(default_factory=dict)
    """Where each tag pointed, if only at something that is no image: that is not read again either."""
    etag: str | None = None
    """The tag list's own, when the registry gives one and the list is one page."""
    looked_again_at: str = ""
    """The known tag that was asked for last; the next look takes the one after it in order."""


def read_memory(text: str | None) -> Memory:
    """Read a memory; an empty one when there is none that can be read."""
    if text is None:
        return Memory()
    try:
        said = json.loads(text)
        if said["form"] != _FORM:
            return Memory()
        tags = {tag: parse_digest(digest) for tag, digest in said["tags"].items() if is_tag(tag)}
        return Memory(tags=tags, etag=said["etag"], looked_again_at=said["looked_again_at"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError):
        return Memory()


def write_memory(memory: Memory) -> str:
    """Write a memory; the same memory gives the same text."""
    said = {
        "form": _FORM,
        "etag": memory.etag,
        "looked_again_at": memory.looked_again_at,
        "tags": dict(memory.tags),
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"))
