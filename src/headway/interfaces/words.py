"""The words and marks of states: the same in the terminal and on pages."""

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
