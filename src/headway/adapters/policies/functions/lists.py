"""Kubernetes' list library, and sets. Pure."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from headway.adapters.policies.functions.function import Function, Overload
from headway.adapters.policies.functions.operators import DURATION, TIMESTAMP, natural, span, whole
from headway.adapters.policies.values import (
    Duration,
    EvaluationError,
    Timestamp,
    Uint,
    Value,
    compare,
    equal,
    no_overload,
)

_SUMMABLE = ("int", "uint", "double", DURATION)
_COMPARABLE = (*_SUMMABLE, "bool", TIMESTAMP, "string", "bytes")
_SUMMED: frozenset[type] = frozenset({int, Uint, float, Duration})
_COMPARED: frozenset[type] = _SUMMED | {bool, Timestamp, str, bytes}
Items = list[Value]


def _each(*values: Value) -> int:
    return max(1, sum(len(one) for one in values if isinstance(one, list)))


def _pairwise(left: Value, right: Value) -> int:
    sizes = [len(one) if isinstance(one, list) else 1 for one in (left, right)]
    return max(1, sizes[0] * sizes[1])


def _first_is(name: str, items: Items, kinds: frozenset[type]) -> None:
    """Look at the first element alone, as the server does when it chooses among lists of different types."""
    if items and type(items[0]) not in kinds:
        raise no_overload(name, items)


def _order(left: Value, right: Value) -> int:
    """Compare; what cannot be compared is taken for equal, as the server's lists do."""
    try:
        return compare(left, right)
    except EvaluationError:
        return 0


def _is_sorted(items: Items) -> bool:
    _first_is("isSorted", items, _COMPARED)
    return all(_order(left, right) <= 0 for left, right in pairwise(items))


def _sum(items: Items) -> Value:
    """Add up; an empty list is 0."""
    _first_is("sum", items, _SUMMED)
    if len({type(one) for one in items}) > 1:
        raise no_overload()
    match items:
        case []:
            return 0
        case [Duration(), *_]:
            return span(sum(one.nanoseconds for one in items if isinstance(one, Duration)))
        case [float(), *_]:
            return float(sum(one for one in items if isinstance(one, float)))
        case [Uint(), *_]:
            return natural(sum(int(one) for one in items if isinstance(one, int)))
    return whole(sum(one for one in items if isinstance(one, int)))


def _extreme(items: Items, *, name: str, sign: int) -> Value:
    _first_is(name, items, _COMPARED)
    if not items:
        raise EvaluationError(f"{name} called on empty list")
    best = items[0]
    for one in items[1:]:
        if _order(one, best) == sign:
            best = one
    return best


def _index_of(items: Items, what: Value) -> int:
    return next((at for at, one in enumerate(items) if equal(one, what)), -1)


def _last_index_of(items: Items, what: Value) -> int:
    return next((at for at in reversed(range(len(items))) if equal(items[at], what)), -1)


LIST_INDEX = Overload("list(A), A -> int", _index_of)
LIST_LAST_INDEX = Overload("list(A), A -> int", _last_index_of)


def _listed(name: str, types: tuple[str, ...], result: str, run: Callable[..., Value]) -> Function:
    return Function(
        name=name,
        library="lists",
        cost=_each,
        overloads=tuple(Overload(f"list({one}) -> {result or one}", run) for one in types),
    )


def _contains_all(holder: Items, items: Items) -> bool:
    return all(any(equal(one, other) for other in holder) for one in items)


def _set(name: str, run: Callable[..., Value]) -> Function:
    return Function(
        name=f"sets.{name}",
        member=False,
        library="sets",
        cost=_pairwise,
        overloads=(Overload("list(A), list(A) -> bool", run),),
    )


LIBRARY = (
    _listed("isSorted", _COMPARABLE, "bool", _is_sorted),
    _listed("sum", _SUMMABLE, "", _sum),
    _listed("min", _COMPARABLE, "", partial(_extreme, name="min", sign=-1)),
    _listed("max", _COMPARABLE, "", partial(_extreme, name="max", sign=1)),
    _set("contains", _contains_all),
    _set("equivalent", lambda left, right: _contains_all(left, right) and _contains_all(right, left)),
    _set("intersects", lambda left, right: any(_contains_all(right, [one]) for one in left)),
)
