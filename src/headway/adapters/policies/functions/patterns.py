"""Regular expressions, as Go's: RE2, which takes time in proportion to text and pattern. Safe to share."""

from functools import lru_cache
from typing import Protocol, cast

import re2

from headway.adapters.policies.functions.function import Function, Overload, matching
from headway.adapters.policies.values import EvaluationError, Value

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class _Found(Protocol):
    def group(self, index: int) -> str: ...
    def start(self, index: int) -> int: ...
    def end(self, index: int) -> int: ...


class Pattern(Protocol):
    """What is used of a compiled pattern."""

    def search(self, text: str, start: int = 0) -> _Found | None:
        """Find the first match from a position on."""
        ...


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Pattern:
    """Compile a pattern.

    Raises:
        EvaluationError: it is none.
    """
    try:
        return cast(Pattern, re2.compile(pattern, options=_OPTIONS))
    except re2.error as error:
        words = error.args[0] if error.args else error
        shown = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        what, _, part = shown.partition(": ")
        raise EvaluationError(f"error parsing regexp: {_GO.get(what, what)}: `{part}`") from error


_GO = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "no argument for repetition operator": "missing argument to repetition operator",
}
"""Where Go's words for the same mistake are others."""


def matches(text: str, pattern: str) -> bool:
    """Say whether a pattern is found anywhere in a text."""
    return compile_pattern(pattern).search(text) is not None


def _find(text: str, pattern: str) -> str:
    found = compile_pattern(pattern).search(text)
    return found.group(0) if found else ""


def _find_all(text: str, pattern: str, most: int = -1) -> Value:
    """Find all matches as Go does: an empty one right behind another is passed over."""
    compiled = compile_pattern(pattern)
    found: list[str] = []
    at, last_end = 0, -1
    while (most < 0 or len(found) < most) and at <= len(text):
        match = compiled.search(text, at)
        if match is None:
            break
        start, end = match.start(0), match.end(0)
        if end > start or start != last_end:
            found.append(match.group(0))
        last_end = end
        at = end if end > start else end + 1
    return found


LIBRARY = (
    Function(
        name="find", library="regex", overloads=(Overload("string, string -> string", _find),), cost=matching
    ),
    Function(
        name="findAll",
        library="regex",
        overloads=(
            Overload("string, string -> list(string)", _find_all),
            Overload("string, string, int -> list(string)", _find_all),
        ),
        cost=matching,
    ),
)
