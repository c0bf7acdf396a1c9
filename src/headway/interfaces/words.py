"""The words and marks of states, and spans in words: the same in the terminal and on pages."""

from typing import NamedTuple


class StateWord(NamedTuple):
    """A state, as people read it: never told by colour alone."""

    mark: str
    word: str
    colour: str


HEALTH = {
    "healthy": StateWord("●", "healthy", "green"),
    "progressing": StateWord("◐", "progressing", "yellow"),
    "pending": StateWord("○", "pending", "yellow"),
    "degraded": StateWord("▲", "degraded", "red"),
    "failed": StateWord("✗", "failed", "red"),
    "unknown": StateWord("?", "unknown", "yellow"),
    "present": StateWord("·", "there", "dim"),
    "absent": StateWord("–", "absent", "dim"),
}
VERIFICATION = {
    "passed": StateWord("✓", "verified", "green"),
    "running": StateWord("…", "verifying", "yellow"),
    "failed": StateWord("✗", "failed", "red"),
    "left": StateWord("✗", "left", "red"),
    "withdrawn": StateWord("▲", "withdrawn", "yellow"),
    "none": StateWord("–", "not yet", "dim"),
}
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def span_in_words(seconds: float) -> str:
    """Write a span by its two largest parts, ``2 h 10 min``; empty: it is shorter than a second."""
    left = round(seconds)
    for place, (unit, size) in enumerate(_UNITS):
        if left >= size:
            first, rest = divmod(left, size)
            smaller = _UNITS[place + 1] if place + 1 < len(_UNITS) else None
            second = rest // smaller[1] if smaller else 0
            return f"{first} {unit}" + (f" {second} {smaller[0]}" if smaller and second else "")
    return ""
