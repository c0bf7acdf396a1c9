"""What a change makes block and what it opens: two rulings of an estate held against each other. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from headway.app.standards.judging import Found, Ruled


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What blocks after a change and did not before, and the other way round."""

    blocked: tuple[Found, ...]
    opened: tuple[Found, ...]


def shift(before: Ruled, after: Ruled) -> Shift:
    """Compare two rulings, finding by finding."""
    return Shift(blocked=_blocks_only_in(after, before), opened=_blocks_only_in(before, after))


def forgive(before: Ruled, after: Ruled) -> Ruled:
    """Give a ruling in which what blocked before the change blocks no longer, and says so.

    One that was waived before and is not any more is the change's own.
    """
    known = _blocking(before.found)
    found = (replace(one, stood_before=one.blocks and one.identity in known) for one in after.found)
    return Ruled(found=tuple(found), next_at=after.next_at)


def _blocks_only_in(here: Ruled, there: Ruled) -> tuple[Found, ...]:
    known = _blocking(there.found)
    return tuple(one for one in here.found if one.blocks and one.identity not in known)


def _blocking(found: Iterable[Found]) -> frozenset[tuple[object, ...]]:
    return frozenset(one.identity for one in found if one.blocks)
