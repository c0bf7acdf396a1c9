"""The standards that come with Headway, by id and by group, and which of them an estate has chosen."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from headway.domain.standards.parity import PARITY
from headway.domain.standards.together import TOGETHER
from headway.standards import SHIPPED

ALL, TOGETHER_GROUP = "all", "together"
_GROUP = re.compile(rb"^    headway\.dev/group: ([a-z]+)$", re.MULTILINE)
"""As each of these files has it, and a test sees; to read all of their YAML takes half a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of the standards that come with Headway is asked."""

    documents: Mapping[str, bytes]
    """The policies, by what messages call their file."""
    together: frozenset[str]
    """The rules over several objects, by id."""
    parity: bool
    """Whether instances are held against each other."""


def known_names() -> frozenset[str]:
    """Give every id and every group."""
    return frozenset({ALL, TOGETHER_GROUP, PARITY, *TOGETHER, *SHIPPED, *_groups().values()})


def choose(names: Collection[str]) -> Choice:
    """Give what ids and groups stand for; a name that is not known stands for nothing."""
    groups = _groups()
    return Choice(
        documents={
            f"headway/standards/{rule}.yaml": SHIPPED[rule]
            for rule in SHIPPED
            if {ALL, rule, groups[rule]} & set(names)
        },
        together=frozenset(rule for rule in TOGETHER if {ALL, TOGETHER_GROUP, rule} & set(names)),
        parity=bool({ALL, PARITY} & set(names)),
    )


@cache
def _groups() -> Mapping[str, str]:
    """Read the group of each shipped policy."""
    found = {}
    for rule, data in SHIPPED.items():
        named = _GROUP.search(data)
        if named is None:
            raise ValueError(f"the standard {rule} names no group")
        found[rule] = named[1].decode()
    return found
