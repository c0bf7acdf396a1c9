"""How a function is declared: its signatures for the type checker, its code, and what a call costs."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from headway.adapters.policies.values import (
    CelType,
    Duration,
    EvaluationError,
    Optional,
    Timestamp,
    Uint,
    Value,
    no_overload,
    size_of,
)

Cost = Callable[..., int]
Run = Callable[..., Value]
_Class = TypeVar("_Class", bound=type)


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature; `parameters` begins with what a method is called on."""

    signature: str
    """``string, int -> string``; types as the language writes them, ``A`` for any one type."""
    run: Run

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters' types."""
        return tuple(split_types(self.signature.partition(" -> ")[0]))

    @property
    def result(self) -> str:
        """The result's type."""
        return self.signature.partition(" -> ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function by name, as a method or not."""

    name: str
    overloads: tuple[Overload, ...]
    member: bool = True
    library: str
    """Under which heading the documentation lists it."""
    cost: Cost = lambda *_: 1
    declared: bool = True
    """False: the type checker knows its signatures by itself."""
    unfit: str = "types"
    """What the server says of values that do not fit: their ``types``; nothing, ``plain``; of those of which
    none could be on the left, the function's ``name``."""

    def implementation(self) -> "Implementation":
        """Give what runs it, dispatching by the values' types."""
        return Implementation(run=_dispatch(self), cost=self.cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """What runs a function, and what a call costs; both take the values."""

    run: Run
    cost: Cost


def traversal(*values: Value) -> int:
    """Cost a tenth of what must be gone through."""
    return max(1, math.ceil(sum(map(size_of, values)) * 0.1))


def joining(values: list[Value], *_: Value) -> int:
    """Cost a tenth of all the texts in a list."""
    return max(1, math.ceil(sum(map(size_of, values)) * 0.1))


def searching(text: Value, what: Value, *_: Value) -> int:
    """Cost a search: both sizes, a tenth each, multiplied."""
    return max(1, math.ceil((1 + size_of(text)) * 0.1) * math.ceil((1 + size_of(what)) * 0.1))


def matching(text: Value, pattern: Value, *_: Value) -> int:
    """Cost a regular expression: a tenth of the text for every four characters of the pattern."""
    return max(1, math.ceil((1 + size_of(text)) * 0.1) * math.ceil(size_of(pattern) * 0.25))


_CLASSES: Mapping[str, type] = {
    "bool": bool,
    "int": int,
    "uint": Uint,
    "double": float,
    "string": str,
    "bytes": bytes,
    "list": list,
    "map": dict,
    "optional_type": Optional,
    "type": CelType,
    "google.protobuf.Duration": Duration,
    "google.protobuf.Timestamp": Timestamp,
}
OPAQUE: dict[str, type] = {}
"""Kubernetes' own types by name; filled by the modules that define them."""


def opaque(found: _Class) -> _Class:
    """Register a class as the type that its `TYPE` names."""
    OPAQUE[str(getattr(found, "TYPE"))] = found  # noqa: B009  # each of them has one
    return found


def split_types(text: str) -> list[str]:
    """Split a list of types at its outermost commas."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append(text[start:at].strip())
            start = at + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts


def _dispatch(function: Function) -> Run:
    table: dict[tuple[type | None, ...], Run] = {}
    for overload in function.overloads:
        table.setdefault(tuple(_class(one) for one in overload.parameters), overload.run)
    anything = any(None in key for key in table)

    def run(*values: Value) -> Value:
        found = table.get(tuple(map(type, values)))
        if found is None and anything:
            found = _loose(table, values)
        if found is None:
            raise _no_overload(function, values)
        return found(*values)

    return run


def _no_overload(function: Function, values: tuple[Value, ...]) -> EvaluationError:
    """Say that values do not fit, as the server does: of an operator it names no types."""
    if function.unfit == "types":
        return no_overload(function.name, *values)
    able = {_class(one.parameters[0]) for one in function.overloads}
    plain = function.unfit == "plain" or type(values[0]) in able
    return no_overload() if plain else no_overload(function.name)


def _class(written: str) -> type | None:
    """Give the class of a type's values; None: any."""
    name = written.partition("(")[0]
    if name in {"A", "B", "dyn"}:
        return None
    return _CLASSES.get(name) or OPAQUE[name]


def _loose(table: Mapping[tuple[type | None, ...], Run], values: tuple[Value, ...]) -> Run | None:
    for key, run in table.items():
        if len(key) == len(values) and all(
            one is None or one is type(value) for one, value in zip(key, values, strict=True)
        ):
            return run
    return None
