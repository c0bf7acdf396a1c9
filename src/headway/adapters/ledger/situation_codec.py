"""The situation to a snapshot's bytes and back, driven by its classes' own annotations.

What is written is compressed JSON, nothing of which is ever run: a dataclass or a named tuple is the list of
its fields, a map the list of its pairs, a set a list, an instant and a duration whole microseconds, an enum
its value. Reading is strict: what does not fit its annotation raises ValueError. Everything here is pure and
may run on any thread.
"""

# ruff: noqa: ANN401  annotations and JSON's values have no narrower type

import dataclasses
import gc
import json
import types
import zlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, NewType, Union, get_args, get_origin, get_type_hints

from immutables import Map

from headway.domain.situation import Situation

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LEVEL = 1
"""Digests do not compress and names do: a higher level takes three times as long for a tenth less."""

Memo = dict[Hashable, Any]
"""What was read once: a situation names the same versions and cells over and over, and shares them."""


class Form(NamedTuple):
    """How values of one annotation are written and read."""

    write: Callable[[Any], Any]
    read: Callable[[Any, Memo], Any]


def encode_situation(situation: Situation) -> bytes:
    """Write a situation; equal ones need not give equal bytes, because maps have no order."""
    return encode_record(situation, Situation)


def encode_record(record: object, kind: type) -> bytes:
    """Write a record of any class that is made as a situation is."""
    with _nothing_collected():
        text = json.dumps(_form(kind).write(record), separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def decode_situation(blob: bytes) -> Situation:
    """Read what `encode_situation` of the same code wrote.

    Raises:
        ValueError: it is damaged, or not of this code's classes.
    """
    situation: Situation = decode_record(blob, Situation)
    return situation


def decode_record(blob: bytes, kind: type) -> Any:
    """Read what `encode_record` of the same code wrote.

    Raises:
        ValueError: it is damaged, or not of this class.
    """
    try:
        text = zlib.decompress(blob).decode("utf-8", "surrogatepass")
        with _nothing_collected():
            record = _form(kind).read(json.loads(text), {})
    except (zlib.error, TypeError, KeyError, OverflowError, RecursionError) as error:
        message = f"it is damaged: {error}"
        raise ValueError(message) from error
    return record


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Let the collector rest: nothing becomes garbage here, and to look for some takes most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@cache
def _form(kind: Any) -> Form:
    """Build the form of an annotation; built once, at its first use."""
    while isinstance(kind, NewType):
        kind = kind.__supertype__
    if kind in _LEAVES:
        return _LEAVES[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Form(lambda one: one.value, lambda plain, _: kind(plain))
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_tuple(kind)
    return _generic(get_origin(kind), get_args(kind), kind)


def _generic(origin: Any, args: tuple[Any, ...], kind: Any) -> Form:
    if origin in (Union, types.UnionType):
        return _union(args)
    if origin is tuple:
        return _many(args[0], tuple) if args[-1] is Ellipsis else _fixed(args)
    if origin is frozenset:
        return _many(args[0], frozenset)
    if origin is Map:
        return _pairs(args, Map)
    if origin in (Mapping, dict):
        return _pairs(args, dict)
    message = f"a snapshot cannot hold {kind}"
    raise TypeError(message)


def _same(value: Any) -> Any:
    """Leave to the JSON encoder what it writes as it should: tuples too are lists there."""
    return value


def _exactly(kind: type) -> Callable[[Any, Memo], Any]:
    def read(plain: Any, memo: Memo) -> Any:
        if type(plain) is not kind:
            message = f"{plain!r:.80} is not of type {kind.__name__}"
            raise ValueError(message)
        return memo.setdefault(plain, plain) if kind is str else plain

    return read


def _duration(plain: Any) -> timedelta:
    if type(plain) is not int:
        message = f"{plain!r:.80} is no number of microseconds"
        raise ValueError(message)
    return _MICROSECOND * plain


def _listed(plain: Any, length: int | None = None) -> list[Any]:
    if type(plain) is not list or length not in (None, len(plain)):
        message = f"{plain!r:.80} is no list of {'any' if length is None else length} values"
        raise ValueError(message)
    return plain


def _read_plain(plain: Any, memo: Memo) -> Any:
    if type(plain) is list:
        return tuple(_read_plain(one, memo) for one in plain)
    if plain is None or type(plain) in (str, int, bool):
        return plain
    message = f"{plain!r:.80} is neither text nor a whole number"
    raise ValueError(message)


_LEAVES: dict[Any, Form] = {
    Any: Form(_same, _read_plain),
    str: Form(_same, _exactly(str)),
    int: Form(_same, _exactly(int)),
    bool: Form(_same, _exactly(bool)),
    datetime: Form(lambda at: (at - _EPOCH) // _MICROSECOND, lambda plain, _: _EPOCH + _duration(plain)),
    date: Form(date.isoformat, lambda plain, memo: date.fromisoformat(_exactly(str)(plain, memo))),
    timedelta: Form(lambda lasts: lasts // _MICROSECOND, lambda plain, _: _duration(plain)),
}
"""`Any` stands for nested tuples of text, numbers and None, such as an image's rank."""


def _record(kind: Any) -> Form:
    hints = get_type_hints(kind)
    names = [one.name for one in dataclasses.fields(kind)]
    forms = [_form(hints[name]) for name in names]
    readers = [one.read for one in forms]
    # Most fields need no writing of their own, and a snapshot has millions of fields.
    writers = [(place, one.write) for place, one in enumerate(forms) if one.write is not _same]

    def write(value: Any) -> Any:
        fields = [getattr(value, name) for name in names]
        for place, put in writers:
            fields[place] = put(fields[place])
        return fields

    def read(plain: Any, memo: Memo) -> Any:
        fields = zip(names, readers, _listed(plain, len(names)), strict=True)
        return kind(**{name: take(one, memo) for name, take, one in fields})

    return Form(write, read)


def _named_tuple(kind: Any) -> Form:
    fixed = _fixed(tuple(get_type_hints(kind)[name] for name in kind._fields))

    def read(plain: Any, memo: Memo) -> Any:
        made = kind(*fixed.read(plain, memo))
        return memo.setdefault((kind, made), made)

    return Form(fixed.write, read)


def _fixed(kinds: tuple[Any, ...]) -> Form:
    forms = [_form(one) for one in kinds]

    def write(value: Any) -> Any:
        return [form.write(one) for form, one in zip(forms, value, strict=True)]

    def read(plain: Any, memo: Memo) -> Any:
        return tuple(
            form.read(one, memo) for form, one in zip(forms, _listed(plain, len(forms)), strict=True)
        )

    return Form(_same if all(form.write is _same for form in forms) else write, read)


def _many(kind: Any, made: Callable[[Any], Any]) -> Form:
    write, read = _form(kind)
    is_same = write is _same and made is tuple
    return Form(
        _same if is_same else lambda values: [write(one) for one in values],
        lambda plain, memo: made(read(one, memo) for one in _listed(plain)),
    )


def _pairs(kinds: tuple[Any, ...], made: Callable[[Any], Any]) -> Form:
    key, value = _form(kinds[0]), _form(kinds[1])

    def write(values: Any) -> Any:
        return [[key.write(one), value.write(other)] for one, other in values.items()]

    def read(plain: Any, memo: Memo) -> Any:
        pairs = (_listed(pair, 2) for pair in _listed(plain))
        return made([(key.read(one, memo), value.read(other, memo)) for one, other in pairs])

    return Form(write, read)


def _union(kinds: tuple[Any, ...]) -> Form:
    """Write None as null, and whatever else as its class's place and itself, where there is more than one."""
    others = [kind for kind in kinds if kind is not types.NoneType]
    forms = [_form(kind) for kind in others]
    may_be_none = len(others) < len(kinds)
    if len(others) == 1:
        only = forms[0]
        return Form(
            _same if only.write is _same else lambda value: None if value is None else only.write(value),
            lambda plain, memo: None if plain is None else only.read(plain, memo),
        )

    def write(value: Any) -> Any:
        if value is None and may_be_none:
            return None
        place = others.index(type(value))
        return [place, forms[place].write(value)]

    def read(plain: Any, memo: Memo) -> Any:
        if plain is None and may_be_none:
            return None
        place, held = _listed(plain, 2)
        if type(place) is not int or not 0 <= place < len(forms):
            message = f"{place!r:.80} is no place of {len(forms)} classes"
            raise ValueError(message)
        return forms[place].read(held, memo)

    return Form(write, read)
