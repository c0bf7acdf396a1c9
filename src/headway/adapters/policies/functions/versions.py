"""Semantic versions, as Kubernetes compares them. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from headway.adapters.policies.functions.formatting import quote
from headway.adapters.policies.functions.function import Function, Overload, opaque
from headway.adapters.policies.functions.quantities import COMPARISONS
from headway.adapters.policies.values import UINT_MOST, EvaluationError, Value

_WORD = re.compile(r"[0-9A-Za-z-]+")


@opaque
@dataclass(frozen=True, slots=True)
class Version:
    """A version; what follows a plus does not count when versions are compared."""

    TYPE: ClassVar[str] = "kubernetes.Semver"
    major: int
    minor: int
    patch: int
    before: tuple[int | str, ...]
    """What follows the hyphen: such a version comes before the one without."""
    build: tuple[str, ...] = field(default=(), compare=False)


def _number(text: str, name: str) -> int:
    if not re.fullmatch("[0-9]+", text):
        raise EvaluationError(f"Invalid character(s) found in {name} number {quote(text)}")
    if len(text) > 1 and text[0] == "0":
        raise EvaluationError(f"{name.capitalize()} number must not contain leading zeroes {quote(text)}")
    if len(text) > 20 or int(text) > UINT_MOST:
        raise EvaluationError(f"strconv.ParseUint: parsing {quote(text)}: value out of range")
    return int(text)


def _before(text: str) -> int | str:
    if not text:
        raise EvaluationError("Prerelease is empty")
    if re.fullmatch("[0-9]+", text):
        if len(text) > 1 and text[0] == "0":
            raise EvaluationError(f"Numeric PreRelease version must not contain leading zeroes {quote(text)}")
        return int(text)
    if not _WORD.fullmatch(text):
        raise EvaluationError(f"Invalid character(s) found in prerelease {quote(text)}")
    return text


def read_version(text: str) -> Version:
    """Read a version.

    Raises:
        EvaluationError: it is none.
    """
    if not text:
        raise EvaluationError("Version string empty")
    parts = text.split(".", 2)
    if len(parts) != 3:
        raise EvaluationError("No Major.Minor.Patch elements found")
    major, minor = _number(parts[0], "major"), _number(parts[1], "minor")
    rest, plus, build = parts[2].partition("+")
    patch, hyphen, before = rest.partition("-")
    number = _number(patch, "patch")
    words = tuple(_before(one) for one in before.split(".")) if hyphen else ()
    built = tuple(build.split(".")) if plus else ()
    for one in built:
        if not one:
            raise EvaluationError("Build meta data is empty")
        if not _WORD.fullmatch(one):
            raise EvaluationError(f"Invalid character(s) found in build meta data {quote(one)}")
    return Version(major, minor, number, words, built)


def _normal(text: str) -> Version:
    parts = text.removeprefix("v").split(".", 2)
    for at, part in enumerate(parts):
        if len(part) > 1:
            kept = part.lstrip("0")
            parts[at] = kept if kept and kept[0].isdigit() else "0" + kept
    if len(parts) < 3 and re.search("[+-]", parts[-1]):
        raise EvaluationError("short version cannot contain PreRelease/Build meta data")
    return read_version(".".join([*parts, "0", "0"][: max(3, len(parts))]))


def _read(text: str, normal: bool = False) -> Version:  # the language's own flag
    return _normal(text) if normal else read_version(text)


def _is_version(text: str, normal: bool = False) -> bool:  # likewise
    try:
        _read(text, normal)
    except EvaluationError:
        return False
    return True


def _key(value: Version) -> tuple[object, ...]:
    words = tuple((isinstance(one, str), one) for one in value.before)
    return (value.major, value.minor, value.patch, not value.before, words)


def _compare(left: Version, right: Version) -> int:
    first, second = _key(left), _key(right)
    return (first > second) - (first < second)


def _function(name: str, *overloads: tuple[str, Callable[..., Value]], member: bool = True) -> Function:
    return Function(
        name=name,
        member=member,
        library="semver",
        overloads=tuple(Overload(signature, run) for signature, run in overloads),
    )


_V = Version.TYPE


def _comparison(name: str, result: str, run: Callable[[Version, Version], Value]) -> Function:
    """Declare a comparison, which quantities have under the same name."""
    return Function(
        name=name,
        library="quantity, semver",
        overloads=(COMPARISONS[name], Overload(f"{_V}, {_V} -> {result}", run)),
    )


LIBRARY = (
    _function("semver", (f"string -> {_V}", _read), (f"string, bool -> {_V}", _read), member=False),
    _function(
        "isSemver", ("string -> bool", _is_version), ("string, bool -> bool", _is_version), member=False
    ),
    _function("major", (f"{_V} -> int", lambda value: value.major)),
    _function("minor", (f"{_V} -> int", lambda value: value.minor)),
    _function("patch", (f"{_V} -> int", lambda value: value.patch)),
    _comparison("isGreaterThan", "bool", lambda left, right: _compare(left, right) > 0),
    _comparison("isLessThan", "bool", lambda left, right: _compare(left, right) < 0),
    _comparison("compareTo", "int", _compare),
)
