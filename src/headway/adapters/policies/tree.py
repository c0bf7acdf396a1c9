"""A checked expression as a tree: what `cel-expr-python` says after parsing and checking types. Pure.

The library gives a checked expression only as a serialized `cel.expr.CheckedExpr`; the few messages of it
that an expression can hold are read here, by the field numbers of the CEL specification
(`cel/expr/syntax.proto`, `cel/expr/checked.proto`). An unknown kind of node is refused, never passed over.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headway.adapters.policies.values import Uint

Literal = bool | int | float | str | bytes | None
Wire = Mapping[int, list[int | bytes]]


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    value: Literal


@dataclass(frozen=True, slots=True)
class Ident:
    """A name; qualified ones such as ``variables.limit`` are one name."""

    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """A field of something; `test` is `has()`."""

    operand: "Node"
    field: str
    test: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator; `target` is what a method is called on."""

    function: str
    target: "Node | None"
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list literal; `optional` holds the indices that are written with ``?``."""

    elements: "tuple[Node, ...]"
    optional: frozenset[int]


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map literal: key, value, and whether it is written with ``?``."""

    entries: "tuple[tuple[Node, Node, bool], ...]"


@dataclass(frozen=True, slots=True)
class Fold:
    """A macro over a list or a map, expanded by the parser; `second` is empty in one with one variable."""

    range: "Node"
    first: str
    second: str
    accumulator: str
    start: "Node"
    condition: "Node"
    step: "Node"
    result: "Node"


Node = Constant | Ident | Select | Call | ListOf | MapOf | Fold


class UnknownNode(Exception):
    """The serialized form holds what this reader does not know."""


def read_checked(data: bytes) -> Node:
    """Read a serialized checked expression.

    Raises:
        UnknownNode: it holds a kind of node that Kubernetes' CEL has not, such as a message.
    """
    checked = _fields(_bytes(_fields(data), 2))
    references = {
        int(_number(entry, 1)): _text(reference, 1)
        for entry in map(_fields, _all(checked, 2))
        if (reference := _fields(_bytes(entry, 2)))
    }
    return _Reader(references).node(_bytes(checked, 4))


class _Reader:
    def __init__(self, references: Mapping[int, str]) -> None:
        self._names = references

    def node(self, data: bytes) -> Node:  # noqa: PLR0911  # one for each kind of node
        """Read one `cel.expr.Expr`."""
        fields = _fields(data)
        name = self._names.get(_number(fields, 2), "")
        if 3 in fields:
            return Constant(_constant(_fields(_bytes(fields, 3))))
        if 4 in fields:
            return Ident(name or _text(_fields(_bytes(fields, 4)), 1))
        if 5 in fields and name:  # a qualified name, such as `variables.limit`
            return Ident(name)
        if 5 in fields:
            select = _fields(_bytes(fields, 5))
            return Select(self.node(_bytes(select, 1)), _text(select, 2), bool(_number(select, 3)))
        if 6 in fields:
            call = _fields(_bytes(fields, 6))
            target = self.node(_bytes(call, 1)) if 1 in call else None
            return Call(_text(call, 2), target, tuple(map(self.node, _all(call, 3))))
        if 7 in fields:
            listed = _fields(_bytes(fields, 7))
            return ListOf(tuple(map(self.node, _all(listed, 1))), frozenset(_packed(listed, 2)))
        if 8 in fields:
            return self._map(_fields(_bytes(fields, 8)))
        if 9 in fields:
            return self._fold(_fields(_bytes(fields, 9)))
        raise UnknownNode("a kind of expression that is not known")

    def _map(self, fields: Wire) -> MapOf:
        if 1 in fields:
            raise UnknownNode(f"a message of type {_text(fields, 1)!r}")
        entries = map(_fields, _all(fields, 2))
        return MapOf(
            tuple(
                (self.node(_bytes(one, 3)), self.node(_bytes(one, 4)), bool(_number(one, 5)))
                for one in entries
            )
        )

    def _fold(self, fields: Wire) -> Fold:
        return Fold(
            range=self.node(_bytes(fields, 2)),
            first=_text(fields, 1),
            second=_text(fields, 8),
            accumulator=_text(fields, 3),
            start=self.node(_bytes(fields, 4)),
            condition=self.node(_bytes(fields, 5)),
            step=self.node(_bytes(fields, 6)),
            result=self.node(_bytes(fields, 7)),
        )


def _constant(fields: Wire) -> Literal:  # noqa: PLR0911  # one for each kind of literal
    for number in fields:
        match number:
            case 1:
                return None
            case 2:
                return bool(_number(fields, 2))
            case 3:
                return _signed(_number(fields, 3))
            case 4:
                return Uint(_number(fields, 4))
            case 5:
                return float(struct.unpack("<d", _number(fields, 5).to_bytes(8, "little"))[0])
            case 6:
                return _bytes(fields, 6).decode("utf-8")
            case 7:
                return _bytes(fields, 7)
    raise UnknownNode("a kind of literal that is not known")


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def _fields(data: bytes) -> Wire:
    """Read a message's fields: varints and 64-bit numbers as numbers, the rest as bytes."""
    found: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value: int | bytes
                value, at = _varint(data, at)
            case 1:
                value, at = int.from_bytes(data[at : at + 8], "little"), at + 8
            case 2:
                size, at = _varint(data, at)
                value, at = data[at : at + size], at + size
            case _:
                raise UnknownNode("a field whose form is not known")
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def _all(fields: Wire, number: int) -> Iterator[bytes]:
    return (one for one in fields.get(number, ()) if isinstance(one, bytes))


def _bytes(fields: Wire, number: int) -> bytes:
    return next(_all(fields, number), b"")


def _text(fields: Wire, number: int) -> str:
    return _bytes(fields, number).decode("utf-8")


def _number(fields: Wire, number: int) -> int:
    value = fields.get(number, [0])[-1]
    return value if isinstance(value, int) else 0


def _packed(fields: Wire, number: int) -> Iterator[int]:
    for value in fields.get(number, ()):
        at = 0
        if isinstance(value, int):
            yield value
        while isinstance(value, bytes) and at < len(value):
            one, at = _varint(value, at)
            yield one
