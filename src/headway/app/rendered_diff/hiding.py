"""Hides what may be a secret in objects that are shown. Pure.

Invariants: no value below `data` or `stringData` of a Secret comes out, nor what looks like a secret anywhere
else; two values of one key that differ are told apart by a number, and nothing else is told of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NAMES = re.compile(
    r"(?i)(^|[^a-z])(pass(word|wd|phrase)?|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key"
    r"|secret[_-]?key|credentials?|auth|dsn|connection[_-]?string)$|(password|passwd|secret|token|apikey)$"
)
"""Names of keys and variables whose text is a secret, or as good as one."""
_LOOKS = re.compile(
    r"(?i)(passw(or)?d|api[_-]?key|secret[_-]?key|client[_-]?secret|access[_-]?token|auth[_-]?token)"
    r"[\"']?\s*[=:]\s*[\"']?[^\s\"'$<{(]{3,}"
    r"|bearer [a-z0-9._~+/-]{20,}|eyJ[a-z0-9_-]{8,}[.]eyJ[a-z0-9_-]{8,}[.]"
    r"|(^|[^A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}"
    r"|[a-z][a-z0-9+.-]*://[^\s/:@\"'$<{]*:[^\s/@\"'$<{]+@"
)
_KEY = "PRIVATE KEY-----"
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(slots=True)
class Hider:
    """Hides in the two states of one object, with the same numbers in both."""

    _numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    """By key: the values that were met, and their numbers."""

    def hide(self, manifest: Mapping[str, object]) -> dict[str, object]:
        """Give an object that can be shown; it is not changed itself."""
        is_secret = manifest.get("kind") == "Secret"
        return {
            key: self._all(value, key)
            if is_secret and key in {"data", "stringData"}
            else self._walk(value, key)
            for key, value in manifest.items()
        }

    def _all(self, value: object, key: str) -> object:
        if isinstance(value, Mapping):
            return {name: self._all(below, str(name)) for name, below in value.items()}
        if isinstance(value, list):
            return [self._all(one, key) for one in value]
        return self._number(str(value), key)

    def _walk(self, value: object, key: str) -> object:
        if isinstance(value, Mapping):
            name = value.get("name")
            variable = str(name) if isinstance(name, str) and "value" in value else ""
            return {
                one: self._walk(below, variable if one == "value" and variable else str(one))
                for one, below in value.items()
            }
        if isinstance(value, list):
            return [self._walk(one, key) for one in value]
        return self._text(value, key) if isinstance(value, str) else value

    def _text(self, value: str, key: str) -> str:
        if value and (_NAMES.search(key) or key == _APPLIED or _KEY in value):
            return self._number(value, key)
        if "\n" in value:
            return "\n".join(self._line(line, key) for line in value.split("\n"))
        return self._line(value, key)

    def _line(self, line: str, key: str) -> str:
        return self._number(line, key) if _LOOKS.search(line) else line

    def _number(self, value: str, key: str) -> str:
        known = self._numbers.setdefault(key, {})
        return f"(hidden {known.setdefault(value, len(known) + 1)})"
