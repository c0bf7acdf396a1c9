"""What people probably meant: the nearest known word. Pure."""

from collections.abc import Iterable
from difflib import get_close_matches


def closest(word: str, known: Iterable[str]) -> str | None:
    """Ask ``Did you mean …?``; None: nothing known is near."""
    by_lower = {name.lower(): name for name in sorted(known)}
    plain = word[:100].lower().replace("_", "").replace("-", "")
    by_plain = {name.replace("-", "").replace("_", ""): real for name, real in by_lower.items()}
    if plain in by_plain:
        return f"Did you mean {by_plain[plain]}?"
    found = get_close_matches(word[:100].lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean {by_lower[found[0]]}?" if found else None


def suggest(word: str, known: Iterable[str], otherwise: str) -> str:
    """Give the nearest known word, or else what there is to choose from; none: `otherwise`."""
    names = sorted(known)
    if (found := closest(word, names)) is not None:
        return found
    if not names:
        return otherwise
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"There is {shown}"
