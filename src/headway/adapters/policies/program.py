"""Turns a checked expression into a function of the values it names. Pure.

Each node becomes a closure over a `Frame`. An error travels as an exception; only where the language lets
the other side of `&&` or `||` decide is it caught, and in a fold it stays in the accumulator until it is
read. Cost is counted as Kubernetes counts it: one for each name, field and call, ten for a list, thirty
for a map, and a tenth of its size for what a call must go through.
"""

from collections.abc import Callable, Mapping
from typing import cast

from headway.adapters.policies.folds import fold
from headway.adapters.policies.frame import Evaluate, Frame
from headway.adapters.policies.functions import FUNCTIONS, Implementation
from headway.adapters.policies.tree import Call, Constant, Fold, Ident, ListOf, MapOf, Node, Select
from headway.adapters.policies.values import (
    NONE,
    CelType,
    EvaluationError,
    MapValue,
    Optional,
    Value,
    map_key,
    no_overload,
    show,
    type_name,
)

_LIST_COST, _MAP_COST = 10, 30
_TYPES = frozenset(
    {"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint", "optional_type"}
    | {"google.protobuf.Duration", "google.protobuf.Timestamp"}
)


class NotSupported(Exception):
    """An expression uses a function that cannot be evaluated here; it is named."""


class Compiler:
    """Compiles one expression; the slots of fold variables are counted through it."""

    def __init__(self) -> None:
        self.slots = 0

    def compile(self, node: Node, scope: Mapping[str, int]) -> Evaluate:  # noqa: PLR0911  # a kind each
        """Give the function that evaluates a node.

        Args:
            node: what to evaluate.
            scope: the slot of each fold variable that is visible there.

        Raises:
            NotSupported: a function in it is not known.
        """
        match node:
            case Constant(value):
                return lambda _: value
            case Ident(name):
                return self._ident(name, scope)
            case Select():
                return self._select(node, scope)
            case Call():
                return self._call(node, scope)
            case ListOf():
                return self._list(node, scope)
            case MapOf():
                return self._map(node, scope)
            case Fold():
                return fold(self, node, scope)

    def slot(self) -> int:
        """Give a slot that nothing else uses."""
        self.slots += 1
        return self.slots - 1

    def _ident(self, name: str, scope: Mapping[str, int]) -> Evaluate:
        if name in scope:
            slot = scope[name]

            def local(frame: Frame) -> Value:
                frame.cost += 1
                value = frame.slots[slot]
                if isinstance(value, EvaluationError):
                    raise value
                return value

            return local
        if name in _TYPES:
            known = CelType(name)
            return lambda _: known
        return lambda frame: frame.named(name)

    def _select(self, node: Select, scope: Mapping[str, int]) -> Evaluate:
        operand, field = self.compile(node.operand, scope), node.field
        if node.test:
            return lambda frame: _present(operand(frame), field)

        def select(frame: Frame) -> Value:
            frame.cost += 1
            value = operand(frame)
            if type(value) is dict:
                try:
                    return value[field]
                except KeyError:
                    raise EvaluationError(f"no such key: {field}") from None
            return qualify(value, field)

        return select

    def _call(self, node: Call, scope: Mapping[str, int]) -> Evaluate:
        parts = ((node.target,) if node.target is not None else ()) + node.arguments
        inputs = [self.compile(part, scope) for part in parts]
        special = _SPECIAL.get(node.function)
        if special is not None:
            return special(inputs)
        implementation = FUNCTIONS.get((node.function, node.target is not None))
        if implementation is None:
            raise NotSupported(node.function)
        return _plain(implementation, inputs)

    def _list(self, node: ListOf, scope: Mapping[str, int]) -> Evaluate:
        elements = [(self.compile(one, scope), at in node.optional) for at, one in enumerate(node.elements)]

        def build(frame: Frame) -> Value:
            frame.spend(_LIST_COST)
            built: list[Value] = []
            for element, optional in elements:
                value = element(frame)
                if not optional:
                    built.append(value)
                elif not isinstance(value, Optional):
                    raise EvaluationError(
                        f"cannot initialize optional list element from non-optional value {show(value)}"
                    )
                elif value.present:
                    built.append(value.value)
            return built

        return build

    def _map(self, node: MapOf, scope: Mapping[str, int]) -> Evaluate:
        entries = [
            (self.compile(key, scope), self.compile(value, scope), opt) for key, value, opt in node.entries
        ]

        def build(frame: Frame) -> Value:
            frame.spend(_MAP_COST)
            built: MapValue = {}
            for key_of, value_of, optional in entries:
                key, value = map_key(key_of(frame)), value_of(frame)
                if optional:
                    if not isinstance(value, Optional):
                        raise EvaluationError(
                            f"cannot initialize optional entry '{show(key)}' from non-optional value "
                            f"{show(value)}"
                        )
                    if not value.present:
                        continue
                    value = value.value
                built[key] = value
            return built

        return build


def _plain(implementation: Implementation, inputs: list[Evaluate]) -> Evaluate:
    run, cost = implementation.run, implementation.cost
    match inputs:
        case [first]:

            def call(frame: Frame) -> Value:
                value = first(frame)
                frame.spend(cost(value))
                return run(value)

        case [first, second]:

            def call(frame: Frame) -> Value:
                left = first(frame)
                right = second(frame)
                frame.spend(cost(left, right))
                return run(left, right)

        case _:

            def call(frame: Frame) -> Value:
                values = [one(frame) for one in inputs]
                frame.spend(cost(*values))
                return run(*values)

    return call


def qualify(value: Value, key: Value) -> Value:
    """Give what stands at a key or an index.

    Raises:
        EvaluationError: nothing stands there.
    """
    if isinstance(value, Optional):
        return _optional_step(value, key)
    if isinstance(value, dict):
        try:
            return cast(Value, value[map_key(key)])
        except KeyError:
            raise EvaluationError(f"no such key: {show(key)}") from None
    if isinstance(value, list):
        at = _index(key)
        if not 0 <= at < len(value):
            raise EvaluationError(f"index out of bounds: {show(key)}")
        return cast(Value, value[at])
    raise EvaluationError(f"no such key: {show(key)}")


def _index(key: Value) -> int:
    if isinstance(key, int) and not isinstance(key, bool):
        return int(key)
    if isinstance(key, float):
        if key.is_integer():
            return int(key)
        raise EvaluationError(f"unsupported index value {key} in list")
    raise EvaluationError(f"unsupported index type '{type_name(key)}' in list")


def _present(value: Value, field: str) -> bool:
    if isinstance(value, Optional):
        return value.present and _present(value.value, field)
    if isinstance(value, list):
        _index(field)
    return isinstance(value, dict) and field in value


def _optional_step(value: Value, key: Value) -> Optional:
    if isinstance(value, Optional):
        return _optional_step(value.value, key) if value.present else NONE
    if isinstance(value, dict):
        form = map_key(key)
        return Optional(True, value[form]) if form in value else NONE
    if isinstance(value, list):
        at = _index(key)
        return Optional(True, value[at]) if 0 <= at < len(value) else NONE
    return NONE


def _truth(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    raise no_overload()


def _either(decisive: bool) -> Callable[[list[Evaluate]], Evaluate]:
    """Make `||` of True and `&&` of False: either side may decide, also when the other one fails."""

    def build(inputs: list[Evaluate]) -> Evaluate:
        left, right = inputs

        def decide(frame: Frame) -> Value:
            try:
                if _truth(left(frame)) is decisive:
                    return decisive
            except EvaluationError:
                if right(frame) is decisive:
                    return decisive
                raise
            return _truth(right(frame))

        return decide

    return build


def _choose(inputs: list[Evaluate]) -> Evaluate:
    condition, yes, no = inputs
    return lambda frame: yes(frame) if _truth(condition(frame)) else no(frame)


def _not_false(inputs: list[Evaluate]) -> Evaluate:
    (inner,) = inputs

    def hold(frame: Frame) -> Value:
        frame.cost += 1
        try:
            return inner(frame) is not False
        except EvaluationError:
            return True

    return hold


def _at(inputs: list[Evaluate]) -> Evaluate:
    holder, key = inputs

    def at(frame: Frame) -> Value:
        frame.spend(1)
        return qualify(holder(frame), key(frame))

    return at


def _maybe_at(inputs: list[Evaluate]) -> Evaluate:
    holder, key = inputs

    def at(frame: Frame) -> Value:
        frame.spend(1)
        return _optional_step(holder(frame), key(frame))

    return at


def _or_optional(inputs: list[Evaluate]) -> Evaluate:
    first, second = inputs

    def choose(frame: Frame) -> Value:
        value = first(frame)
        if not isinstance(value, Optional):
            raise no_overload("or", value)
        return value if value.present else second(frame)

    return choose


def _or_value(inputs: list[Evaluate]) -> Evaluate:
    first, second = inputs

    def choose(frame: Frame) -> Value:
        value = first(frame)
        if not isinstance(value, Optional):
            raise no_overload("orValue", value)
        return value.value if value.present else second(frame)

    return choose


_SPECIAL: Mapping[str, Callable[[list[Evaluate]], Evaluate]] = {
    "_&&_": _either(False),
    "_||_": _either(True),
    "_?_:_": _choose,
    "@not_strictly_false": _not_false,
    "_[_]": _at,
    "_?._": _maybe_at,
    "_[?_]": _maybe_at,
    "or": _or_optional,
    "orValue": _or_value,
}
