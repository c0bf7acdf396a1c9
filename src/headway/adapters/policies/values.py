"""The values of the Common Expression Language, and what is equal or less among them. Pure.

A value is what YAML gives (None, bool, int, float, str, list, dict) or one of the classes below. Errors
are worded as the API server words them, since a policy's error is shown to people as the server shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

INT_LEAST, INT_MOST = -(1 << 63), (1 << 63) - 1
UINT_MOST = (1 << 64) - 1

Value = object
MapValue = dict[object, object]


class Uint(int):
    """An unsigned number; all other whole numbers are signed."""

    __slots__ = ()


class BoolKey(int):
    """True or false as a map's key: Python would take them for 1 and 0."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(("bool", int(self)))

    def __eq__(self, other: object) -> bool:
        return type(other) is BoolKey and int(self) == int(other)


class EvaluationError(Exception):
    """An expression could not be evaluated; its words are the server's."""


class BudgetSpent(Exception):
    """An expression, or all of a policy's together, cost more than Kubernetes allows."""


@dataclass(frozen=True, slots=True)
class CelType:
    """A type as a value."""

    name: str


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A span of time."""

    nanoseconds: int


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """An instant, in nanoseconds since 1970 in UTC, and the minutes by which its text is ahead of UTC."""

    nanoseconds: int
    ahead: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be missing; `present` tells which."""

    present: bool
    value: object = None


NONE = Optional(False)

_NAMES: Mapping[type, str] = {
    type(None): "null_type",
    bool: "bool",
    int: "int",
    Uint: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    dict: "map",
    Duration: "google.protobuf.Duration",
    Timestamp: "google.protobuf.Timestamp",
    Optional: "optional_type",
    CelType: "type",
}
_NUMBERS = frozenset({int, Uint, float})
_ORDERED = frozenset({bool, str, bytes, Duration, Timestamp})


def type_name(value: Value) -> str:
    """Name a value's type as the language does."""
    found = type(value)
    return _NAMES.get(found) or str(getattr(found, "TYPE", found.__name__))


def no_overload(function: str = "", *arguments: Value) -> EvaluationError:
    """Say that a function is not for values of these types."""
    if not function:
        return EvaluationError("no such overload")
    if not arguments:
        return EvaluationError(f"no such overload: {function}")
    return EvaluationError(f"no such overload: {function}({', '.join(map(type_name, arguments))})")


def equal(left: Value, right: Value) -> bool:
    """Say whether two values are equal; values of different types are not, but numbers are compared."""
    kind, other = type(left), type(right)
    if kind is not other:
        return kind in _NUMBERS and other in _NUMBERS and left == right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return len(left) == len(right) and all(
            key in right and equal(value, right[key]) for key, value in left.items()
        )
    if isinstance(left, Optional) and isinstance(right, Optional):
        return left.present == right.present and equal(left.value, right.value)
    return bool(left == right)


def compare(left: Value, right: Value) -> int:
    """Give -1, 0 or 1.

    Raises:
        EvaluationError: there is no order between them.
    """
    kind, other = type(left), type(right)
    if kind in _NUMBERS and other in _NUMBERS:
        if left != left or right != right:  # noqa: PLR0124  # only NaN differs from itself
            raise EvaluationError("NaN values cannot be ordered")
    elif kind not in _ORDERED or kind is not other:
        raise no_overload()
    return int(left > right) - int(left < right)  # type: ignore[operator]


def map_key(value: Value) -> object:
    """Give the form in which a value is a map's key.

    Raises:
        EvaluationError: it cannot be one.
    """
    if isinstance(value, bool):
        return BoolKey(value)
    if isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    raise EvaluationError(f"unsupported key type: {type_name(value)}")


def key_value(key: object) -> object:
    """Give a map's key as the value it stands for."""
    return bool(key) if isinstance(key, BoolKey) else key


def show(value: Value) -> str:
    """Write a key or an index as error messages do."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def size_of(value: Value) -> int:
    """Give what a value counts for in the cost of a call that goes through it."""
    return len(value) if isinstance(value, str | bytes | list | dict) else 1
