"""Operators and the functions that every policy has: arithmetic, comparison, size, membership. Pure."""

from collections.abc import Callable

from headway.adapters.policies.functions.function import Function, Overload, matching, searching, traversal
from headway.adapters.policies.functions.patterns import matches
from headway.adapters.policies.values import (
    INT_LEAST,
    INT_MOST,
    UINT_MOST,
    Duration,
    EvaluationError,
    Timestamp,
    Uint,
    Value,
    compare,
    equal,
    map_key,
    size_of,
)

_LIBRARY = "operators"
_NUMBERS = ("int", "uint", "double")
DURATION, TIMESTAMP = "google.protobuf.Duration", "google.protobuf.Timestamp"


def whole(number: int) -> int:
    """Give a signed number, or say that it does not fit."""
    if not INT_LEAST <= number <= INT_MOST:
        raise EvaluationError("integer overflow")
    return number


def natural(number: int) -> Uint:
    """Give an unsigned number, or say that it does not fit."""
    if not 0 <= number <= UINT_MOST:
        raise EvaluationError("unsigned integer overflow")
    return Uint(number)


def span(nanoseconds: int) -> Duration:
    """Give a duration, or say that it does not fit."""
    if not INT_LEAST <= nanoseconds <= INT_MOST:
        raise EvaluationError("duration overflow")
    return Duration(nanoseconds)


_YEAR_ONE, _YEAR_LAST = -62135596800 * 10**9, 253402300800 * 10**9


def instant(nanoseconds: int, ahead: int = 0) -> Timestamp:
    """Give an instant, or say that it is not between the years 1 and 9999."""
    if not _YEAR_ONE <= nanoseconds < _YEAR_LAST:
        raise EvaluationError("timestamp overflow")
    return Timestamp(nanoseconds, ahead)


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _rest(left: int, right: int) -> int:
    if right == 0:
        raise EvaluationError("modulus by zero")
    return left - right * _divide(left, right)


def _float_divide(left: float, right: float) -> float:
    if right == 0:
        return float("nan") if left == 0 or left != left else float("inf") * (left or 1)  # noqa: PLR0124
    return left / right


def _operator(
    name: str, *overloads: tuple[str, Callable[..., Value]], cost: Callable[..., int] | None = None
) -> Function:
    return Function(
        name=name,
        member=False,
        library=_LIBRARY,
        declared=False,
        unfit="name" if name.startswith("_") else "plain",
        overloads=tuple(Overload(signature, run) for signature, run in overloads),
        cost=cost or (lambda *_: 1),
    )


_ADD = _operator(
    "_+_",
    ("int, int -> int", lambda left, right: whole(left + right)),
    ("uint, uint -> uint", lambda left, right: natural(int(left) + int(right))),
    ("double, double -> double", lambda left, right: left + right),
    ("string, string -> string", lambda left, right: left + right),
    ("bytes, bytes -> bytes", lambda left, right: left + right),
    ("list, list -> list", lambda left, right: left + right),
    (f"{DURATION}, {DURATION} -> {DURATION}", lambda left, right: span(left.nanoseconds + right.nanoseconds)),
    (
        f"{TIMESTAMP}, {DURATION} -> {TIMESTAMP}",
        lambda at, by: instant(at.nanoseconds + by.nanoseconds, at.ahead),
    ),
    (
        f"{DURATION}, {TIMESTAMP} -> {TIMESTAMP}",
        lambda by, at: instant(at.nanoseconds + by.nanoseconds, at.ahead),
    ),
    cost=traversal,
)
_SUBTRACT = _operator(
    "_-_",
    ("int, int -> int", lambda left, right: whole(left - right)),
    ("uint, uint -> uint", lambda left, right: natural(int(left) - int(right))),
    ("double, double -> double", lambda left, right: left - right),
    (f"{DURATION}, {DURATION} -> {DURATION}", lambda left, right: span(left.nanoseconds - right.nanoseconds)),
    (f"{TIMESTAMP}, {TIMESTAMP} -> {DURATION}", lambda at, since: span(at.nanoseconds - since.nanoseconds)),
    (
        f"{TIMESTAMP}, {DURATION} -> {TIMESTAMP}",
        lambda at, by: instant(at.nanoseconds - by.nanoseconds, at.ahead),
    ),
)
_MULTIPLY = _operator(
    "_*_",
    ("int, int -> int", lambda left, right: whole(left * right)),
    ("uint, uint -> uint", lambda left, right: natural(int(left) * int(right))),
    ("double, double -> double", lambda left, right: left * right),
)
_DIVIDE = _operator(
    "_/_",
    ("int, int -> int", lambda left, right: whole(_divide(left, right))),
    ("uint, uint -> uint", lambda left, right: natural(_divide(int(left), int(right)))),
    ("double, double -> double", _float_divide),
)
_MODULO = _operator(
    "_%_",
    ("int, int -> int", _rest),
    ("uint, uint -> uint", lambda left, right: natural(_rest(int(left), int(right)))),
)
_NEGATE = _operator(
    "-_", ("int -> int", lambda value: whole(-value)), ("double -> double", lambda value: -value)
)


def _least(left: Value, right: Value) -> int:
    return max(1, -(-min(size_of(left), size_of(right)) // 10))


_EQUALITY = (
    _operator("_==_", ("A, A -> bool", equal), cost=_least),
    _operator("_!=_", ("A, A -> bool", lambda left, right: not equal(left, right)), cost=_least),
    _operator("!_", ("bool -> bool", lambda value: not value)),
)


def _ordering(name: str, holds: Callable[[int], bool]) -> Function:
    """Declare a comparison, numbers of different types with one another included."""
    pairs = [(left, right) for left in _NUMBERS for right in _NUMBERS]
    pairs += [(one, one) for one in ("bool", "string", "bytes", DURATION, TIMESTAMP)]

    def run(left: Value, right: Value) -> Value:
        return holds(compare(left, right))

    return Function(
        name=name,
        member=False,
        library=_LIBRARY,
        unfit="name",
        overloads=tuple(Overload(f"{left}, {right} -> bool", run) for left, right in pairs),
        cost=_least,
    )


ORDERING = (
    _ordering("_<_", lambda found: found < 0),
    _ordering("_<=_", lambda found: found <= 0),
    _ordering("_>_", lambda found: found > 0),
    _ordering("_>=_", lambda found: found >= 0),
)


def _in_list(value: Value, holder: list[Value]) -> bool:
    return any(equal(value, one) for one in holder)


def _in_map(value: Value, holder: dict[object, Value]) -> bool:
    if isinstance(value, str):
        return value in holder
    return map_key(value) in holder


_MEMBERSHIP = _operator(
    "@in",
    ("A, list -> bool", _in_list),
    ("A, map -> bool", _in_map),
    cost=lambda _, holder: max(1, len(holder)) if isinstance(holder, list) else 1,
)


def _sizes(*, member: bool) -> Function:
    return Function(
        name="size",
        member=member,
        library=_LIBRARY,
        declared=False,
        unfit="name",
        overloads=tuple(Overload(f"{one} -> int", len) for one in ("string", "bytes", "list", "map")),
    )


def _text(name: str, run: Callable[..., Value], cost: Callable[..., int]) -> Function:
    return Function(
        name=name,
        library=_LIBRARY,
        declared=False,
        unfit="plain",
        cost=cost,
        overloads=(Overload("string, string -> bool", run),),
    )


_TEXT = (
    _text("contains", lambda text, part: part in text, searching),
    _text("startsWith", lambda text, part: text.startswith(part), traversal),
    _text("endsWith", lambda text, part: text.endswith(part), traversal),
    _text("matches", matches, matching),
    Function(
        name="matches",
        member=False,
        library=_LIBRARY,
        declared=False,
        cost=matching,
        overloads=(Overload("string, string -> bool", matches),),
    ),
)


LIBRARY: tuple[Function, ...] = (
    _ADD,
    _SUBTRACT,
    _MULTIPLY,
    _DIVIDE,
    _MODULO,
    _NEGATE,
    *_EQUALITY,
    *ORDERING,
    _MEMBERSHIP,
    _sizes(member=True),
    _sizes(member=False),
    *_TEXT,
)
