"""Mistakes in literals that the API server refuses though they are of the right type. Pure."""

from collections.abc import Iterator

from headway.adapters.policies.functions import FUNCTIONS
from headway.adapters.policies.functions.formatting import clauses_in, format_text
from headway.adapters.policies.functions.patterns import compile_pattern
from headway.adapters.policies.tree import Call, Constant, Fold, Ident, ListOf, MapOf, Node, Select
from headway.adapters.policies.values import EvaluationError, type_name


def walk(node: Node) -> Iterator[Node]:
    """Give a node and all below it."""
    yield node
    for below in _children(node):
        yield from walk(below)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Select(operand):
            return (operand,)
        case Call(_, target, arguments):
            return (*((target,) if target is not None else ()), *arguments)
        case ListOf(elements):
            return elements
        case MapOf(entries):
            return tuple(one for key, value, _ in entries for one in (key, value))
        case Fold():
            return (node.range, node.start, node.condition, node.step, node.result)
        case Constant() | Ident():
            return ()


def wrong_literal(root: Node) -> str:
    """Say what is wrong with a literal in an expression; empty: nothing."""
    loose = {
        id(below)
        for node in walk(root)
        if isinstance(node, Call) and node.function == "format"
        for below in walk(node.arguments[0])
    }
    for node in walk(root):
        wrong = ""
        match node:
            case Call("matches" | "find" | "findAll"):
                wrong = _pattern(node)
            case Call(name, None, (argument,)) if name in _CONVERSIONS:
                wrong = _conversion(name, argument)
            case Call("format", Constant(str(text)), (ListOf(elements),)):
                wrong = _format(text, elements)
            case ListOf(elements) if id(node) not in loose:
                wrong = _mixed(elements, "list")
            case MapOf(entries) if id(node) not in loose:
                wrong = _mixed(tuple(value for _, value, _ in entries), "map")
        if wrong:
            return wrong
    return ""


_CONVERSIONS = frozenset({"bool", "bytes", "double", "duration", "int", "string", "timestamp", "uint"})
"""What a server works out at once where it is asked of a literal."""


def _literal(node: Node) -> Constant | None:
    if isinstance(node, Call) and node.function == "dyn":
        return _literal(node.arguments[0])
    return node if isinstance(node, Constant) else None


def _conversion(name: str, argument: Node) -> str:
    given = _literal(argument)
    if given is not None:
        try:
            FUNCTIONS[name, False].run(given.value)
        except EvaluationError as error:
            return str(error)
    return ""


def _pattern(node: Call) -> str:
    given = _literal(node.arguments[0 if node.target is not None else 1])
    if given is not None and isinstance(given.value, str):
        try:
            compile_pattern(given.value)
        except EvaluationError as error:
            return str(error)
    return ""


def _format(text: str, elements: tuple[Node, ...]) -> str:
    if (places := clauses_in(text)) < len(elements):
        return f"too many arguments supplied to string.format (expected {places}, got {len(elements)})"
    given = [one.value for one in elements if isinstance(one, Constant)]
    if len(given) == len(elements):
        try:
            format_text(text, list(given))
        except EvaluationError as error:
            return str(error)
    return ""


def _mixed(nodes: tuple[Node, ...], holder: str) -> str:
    kinds = [type_name(one.value) for one in nodes if isinstance(one, Constant)]
    other = next((one for one in kinds if one != kinds[0]), "")
    return f"expected type '{kinds[0]}' but found '{other}': one {holder} holds one type" if other else ""
