"""Places inside objects as people declare them: ``spec.template.spec.containers[*].resources``. Pure.

A place is a row of steps: a field's name, or an item of a list in brackets, by its position or by what
tells it apart (``containers[app1]``). What is shown as a place is always read back as the same place.
"""

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

_PLAIN = re.compile(r"[A-Za-z0-9_*?-]+")
_STEP = re.compile(
    r"""(?P<dot>(?:^|\.)(?P<field>[A-Za-z0-9_*?-]+))"""
    r"""|\['(?P<quoted>(?:[^'\\]|\\.)*)'\]"""
    r"""|\[(?P<item>[^\[\]'][^\[\]]*)\]"""
)


class Step(NamedTuple):
    """One step into an object."""

    name: str
    """With ``*`` and ``?``, in what people declare."""
    is_item: bool = False
    """Into a list, not a mapping."""


Place = tuple[Step, ...]


@lru_cache(maxsize=4096)
def parse_place(text: str) -> Place | None:
    """Read a place; None: it is none. An empty text is the object as a whole."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            return None
        if found["field"] is not None:
            steps.append(Step(found["field"]))
        elif found["quoted"] is not None:
            steps.append(Step(re.sub(r"\\(.)", r"\1", found["quoted"], flags=re.DOTALL)))
        else:
            steps.append(Step(found["item"], is_item=True))
        at = found.end()
    return tuple(steps)


def show_place(place: Place) -> str:
    """Write a place as it is declared."""
    shown = ""
    for step in place:
        if step.is_item:
            shown += f"[{step.name}]"
        elif _PLAIN.fullmatch(step.name):
            shown += f".{step.name}" if shown else step.name
        else:
            quoted = re.sub(r"(['\\])", r"\\\1", step.name)
            shown += f"['{quoted}']"
    return shown


def covers(pattern: Place, place: Place) -> bool:
    """Say whether a declared place is the place, or one around it."""
    return len(pattern) <= len(place) and _agree(pattern, place)


def reaches_below(pattern: Place, place: Place) -> bool:
    """Say whether a declared place is inside the place."""
    return len(pattern) > len(place) and _agree(pattern, place)


def _agree(pattern: Place, place: Place) -> bool:
    return all(
        ours.is_item == theirs.is_item and fnmatchcase(theirs.name, ours.name)
        for ours, theirs in zip(pattern, place, strict=False)
    )
