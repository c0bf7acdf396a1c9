"""The extended string library, version 2: what Kubernetes adds to text. Pure; `format` is in formatting."""

from collections.abc import Callable

from headway.adapters.policies.functions.formatting import format_text, quote
from headway.adapters.policies.functions.function import Function, Overload, joining, searching, traversal
from headway.adapters.policies.functions.lists import LIST_INDEX, LIST_LAST_INDEX
from headway.adapters.policies.values import EvaluationError, Value

_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Unicode calls white space; Python's own idea has four separators more."""
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


def _out_of_range(at: int) -> EvaluationError:
    return EvaluationError(f"index out of range: {at}")


def _char_at(text: str, at: int) -> str:
    if not 0 <= at <= len(text):
        raise _out_of_range(at)
    return text[at : at + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    if not part:
        return start
    if start < 0:
        raise _out_of_range(start)
    return text.find(part, start) if start < len(text) else -1


def _last_index_of(text: str, part: str, start: int | None = None) -> int:
    if start is None:
        return text.rfind(part)
    if not part:
        return start
    if start < 0:
        raise _out_of_range(start)
    return text.rfind(part, 0, start + len(part)) if start < len(text) else -1


def _replace(text: str, old: str, new: str, most: int = -1) -> str:
    return text.replace(old, new, most)


def _split(text: str, separator: str, most: int = -1) -> Value:
    if most == 0:
        return []
    if not separator:
        if most < 0 or most >= len(text):
            return list(text)
        return [*text[: most - 1], text[most - 1 :]]
    return list(text.split(separator, most - 1 if most > 0 else -1))


def _substring(text: str, start: int, end: int | None = None) -> str:
    if end is not None and start > end:
        raise EvaluationError(f"invalid substring range. start: {start}, end: {end}")
    if not 0 <= start <= len(text):
        raise _out_of_range(start)
    if end is not None and not 0 <= end <= len(text):
        raise _out_of_range(end)
    return text[start:end]


def _join(parts: list[Value], separator: str = "") -> str:
    for one in parts:
        if not isinstance(one, str):
            raise EvaluationError(f"join: invalid input: {one}")
    return separator.join(str(one) for one in parts)


def _function(
    name: str, *overloads: tuple[str, Callable[..., Value]], cost: Callable[..., int] = traversal
) -> Function:
    return Function(
        name=name,
        library="strings",
        cost=cost,
        overloads=tuple(Overload(signature, run) for signature, run in overloads),
    )


LIBRARY = (
    _function("charAt", ("string, int -> string", _char_at), cost=lambda *_: 1),
    Function(
        name="indexOf",
        library="strings, lists",
        cost=searching,
        overloads=(
            Overload("string, string -> int", _index_of),
            Overload("string, string, int -> int", _index_of),
            LIST_INDEX,
        ),
    ),
    Function(
        name="lastIndexOf",
        library="strings, lists",
        cost=searching,
        overloads=(
            Overload("string, string -> int", _last_index_of),
            Overload("string, string, int -> int", _last_index_of),
            LIST_LAST_INDEX,
        ),
    ),
    _function("lowerAscii", ("string -> string", lambda text: text.translate(_LOWER))),
    _function("upperAscii", ("string -> string", lambda text: text.translate(_UPPER))),
    _function(
        "replace",
        ("string, string, string -> string", _replace),
        ("string, string, string, int -> string", _replace),
        cost=lambda text, _, new, *__: traversal(text) * traversal(new),
    ),
    _function(
        "split",
        ("string, string -> list(string)", _split),
        ("string, string, int -> list(string)", _split),
    ),
    _function("substring", ("string, int -> string", _substring), ("string, int, int -> string", _substring)),
    _function("trim", ("string -> string", lambda text: text.strip(_SPACE))),
    _function(
        "join", ("list(string) -> string", _join), ("list(string), string -> string", _join), cost=joining
    ),
    _function(
        "format",
        ("string, list(dyn) -> string", format_text),
        cost=lambda text, values: traversal(text) + joining(values),
    ),
    Function(
        name="strings.quote",
        member=False,
        library="strings",
        cost=traversal,
        overloads=(Overload("string -> string", quote),),
    ),
)
