"""Folds: what `all`, `exists`, `map`, `filter` and their kin become. Pure.

A step that fails leaves its error in the accumulator, as the language wants it: a later element of `all`
can still make the whole false. Lists and maps that a fold builds grow in place, so that `map` over a
thousand elements copies none of them a thousand times.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from headway.adapters.policies.frame import Evaluate, Frame
from headway.adapters.policies.tree import Call, Constant, Fold, Ident, ListOf, Node
from headway.adapters.policies.values import EvaluationError, Uint, Value, key_value, map_key, type_name

if TYPE_CHECKING:
    from headway.adapters.policies.program import Compiler

Step = Callable[[Frame], None]
_GO_NAMES = {
    bool: "types.Bool",
    int: "types.Int",
    Uint: "types.Uint",
    float: "types.Double",
    str: "types.String",
    bytes: "types.Bytes",
    type(None): "types.Null",
}
"""What the server calls these types when it cannot go through a value."""


def fold(compiler: "Compiler", node: Fold, scope: Mapping[str, int]) -> Evaluate:
    """Compile a fold; its variables are visible in condition, step and result alone."""
    over, start = compiler.compile(node.range, scope), compiler.compile(node.start, scope)
    accumulator, first, second = compiler.slot(), compiler.slot(), compiler.slot()
    inner = {**scope, node.accumulator: accumulator, node.first: first}
    if node.second:
        inner[node.second] = second
    result = compiler.compile(node.result, {**scope, node.accumulator: accumulator})
    always = node.condition == Constant(True)
    condition = compiler.compile(node.condition, inner)
    step = _step(compiler, node, node.step, inner)
    pairs = bool(node.second)

    def run(frame: Frame) -> Value:
        slots = frame.slots
        items = _items(over(frame), pairs=pairs)
        slots[accumulator] = start(frame)
        for key, value in items:
            frame.spend(0)  # names and fields only count: here it is looked at what they came to
            slots[first] = key
            slots[second] = value
            if not always and not condition(frame):
                break
            try:
                step(frame)
            except EvaluationError as error:
                slots[accumulator] = error
        return result(frame)

    return run


def _items(value: Value, *, pairs: bool) -> Iterable[tuple[Value, Value]]:
    if isinstance(value, list):
        return enumerate(value) if pairs else ((one, None) for one in value)
    if isinstance(value, dict):
        return ((key_value(key), below) for key, below in value.items())
    raise EvaluationError(f"got '{_GO_NAMES.get(type(value), type_name(value))}', expected iterable type")


def _step(compiler: "Compiler", fold_node: Fold, node: Node, scope: Mapping[str, int]) -> Step:
    accumulator = scope[fold_node.accumulator]
    current = Ident(fold_node.accumulator)
    match node:
        case Ident(fold_node.accumulator):
            return lambda frame: frame.spend(1)
        case Call("_?_:_", None, (when, yes, no)):
            return _branch(compiler, fold_node, (when, yes, no), scope)
        case Call("_+_", None, (left, ListOf((element,), optional))) if left == current and not optional:
            return _append(compiler.compile(element, scope), accumulator)
        case Call("cel.@mapInsert", _, arguments):
            return _insert(compiler, [one for one in arguments if one != current], scope, accumulator)
    evaluate = compiler.compile(node, scope)

    def assign(frame: Frame) -> None:
        frame.slots[accumulator] = evaluate(frame)

    return assign


def _branch(
    compiler: "Compiler", fold_node: Fold, parts: tuple[Node, Node, Node], scope: Mapping[str, int]
) -> Step:
    when = compiler.compile(parts[0], scope)
    yes = _step(compiler, fold_node, parts[1], scope)
    no = _step(compiler, fold_node, parts[2], scope)

    def choose(frame: Frame) -> None:
        decided = when(frame)
        if not isinstance(decided, bool):
            raise EvaluationError("no such overload")
        (yes if decided else no)(frame)

    return choose


def _append(element: Evaluate, accumulator: int) -> Step:
    def append(frame: Frame) -> None:
        frame.spend(12)  # the accumulator, a list of one, and the call that joins them
        value = element(frame)
        built = frame.slots[accumulator]
        if isinstance(built, EvaluationError):
            raise built
        built.append(value)  # type: ignore[attr-defined]

    return append


def _insert(compiler: "Compiler", parts: list[Node], scope: Mapping[str, int], accumulator: int) -> Step:
    inputs = [compiler.compile(part, scope) for part in parts]

    def insert(frame: Frame) -> None:
        frame.spend(1)
        values = [one(frame) for one in inputs]
        built = frame.slots[accumulator]
        if isinstance(built, EvaluationError):
            raise built
        entries = values[0].items() if isinstance(values[0], dict) else ((map_key(values[0]), values[-1]),)
        for key, value in entries:
            if key in built:  # type: ignore[operator]
                raise EvaluationError(f"insert failed: key {key_value(key)} already exists")
            built[key] = value  # type: ignore[index]

    return insert
