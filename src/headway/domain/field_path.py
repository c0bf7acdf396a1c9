"""Where a value stands inside a file or an object, as code walks it and as people read it. Pure."""

import re

FieldPath = tuple[str | int, ...]
"""The keys and positions that lead to a value; empty: the whole."""

_PLAIN_FIELD = re.compile(r"[A-Za-z0-9_-]+")


def show_path(path: FieldPath) -> str:
    """Write a field's path as people read it: ``lanes.standard[3].gates``."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
        elif _PLAIN_FIELD.fullmatch(part):
            shown += f".{part}" if shown else part
        else:
            shown += f"[{part[:80]!r}]"
    return shown
