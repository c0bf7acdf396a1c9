"""`format`: values put into a text at ``%s``, ``%d`` and their kin, as the server writes them. Pure."""

import json
import re
from collections.abc import Callable, Mapping

from headway.adapters.policies.functions.numbers_text import duration_text, float_text, instant_text
from headway.adapters.policies.values import (
    CelType,
    Duration,
    EvaluationError,
    Timestamp,
    Uint,
    Value,
    key_value,
    type_name,
)

_CLAUSE = re.compile(r"%(%|(?:\.(\d+))?(.)|$)", re.DOTALL)
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}


def quote(text: str) -> str:
    """Put a text in double quotes, with what does not show escaped."""
    return '"' + "".join(_ESCAPES.get(one, one) for one in text) + '"'


def _go_quote(text: str) -> str:
    shown = "".join(
        _ESCAPES.get(one) or (one if one.isprintable() else json.dumps(one)[1:-1]) for one in text
    )
    return f'"{shown}"'


def text_of(value: Value) -> str:  # noqa: PLR0911  # one for each type
    """Write a value as `%s` does.

    Raises:
        EvaluationError: it has no text, as an optional has none.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(int(value))
        case float():
            return float_text(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case Duration():
            return duration_text(value)
        case Timestamp():
            return instant_text(value)
        case CelType():
            return value.name
        case list():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case dict():
            pairs = sorted((_literal(key_value(key)), _literal(one)) for key, one in value.items())
            return "{" + ", ".join(f"{key}:{one}" for key, one in pairs) + "}"
    raise EvaluationError(
        "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
        f"durations, and timestamps, was given {type_name(value)}"
    )


def _literal(value: Value) -> str:
    """Write a value inside a list or a map, as it would stand in an expression."""
    match value:
        case str():
            return _go_quote(value)
        case bytes():
            return "b" + _go_quote(value.decode("utf-8", "replace"))
        case float():
            return f"{value:.6f}"
        case Duration():
            return f'duration("{duration_text(value)}")'
        case Timestamp():
            return f'timestamp("{instant_text(value)}")'
    return text_of(value)


def clauses_in(text: str) -> int:
    """Count the values that a text has places for."""
    return sum(1 for found in _CLAUSE.finditer(text) if found[1] != "%")


def format_text(text: str, values: list[Value]) -> str:
    """Fill in the clauses of a text from values, in order."""
    at = iter(range(len(values) + 1))

    def fill(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        index = next(at)
        if index >= len(values):
            raise EvaluationError(f"index {index} out of range")
        if not found[1]:
            raise EvaluationError("unexpected end of string")
        clause = _CLAUSES.get(found[3])
        if clause is None:
            raise EvaluationError(
                f'could not parse formatting clause: unrecognized formatting clause "{found[3]}"'
            )
        try:
            return clause(values[index], int(found[2]) if found[2] else None)
        except EvaluationError as error:
            raise EvaluationError(f"error during formatting: {error}") from error

    return _CLAUSE.sub(fill, text)


def _decimal(value: Value, _: int | None) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise EvaluationError(f"decimal clause can only be used on integers, was given {type_name(value)}")
    return str(int(value))


def _number(value: Value, name: str) -> float:
    if isinstance(value, float):
        return value
    if value in ("NaN", "Infinity", "-Infinity"):
        return float(str(value))
    raise EvaluationError(f"{name} clause can only be used on doubles, was given {type_name(value)}")


def _special(number: float) -> str:
    return "NaN" if number != number else "∞" if number > 0 else "-∞"  # noqa: PLR0124  # NaN alone


def _fixed(value: Value, precision: int | None) -> str:
    number = _number(value, "fixed-point")
    if abs(number) == float("inf") or number != number:  # noqa: PLR0124  # NaN alone
        return _special(number)
    return f"{number:,.{6 if precision is None else precision}f}"


def _scientific(value: Value, precision: int | None) -> str:
    number = _number(value, "scientific")
    if abs(number) == float("inf") or number != number:  # noqa: PLR0124  # NaN alone
        return _special(number)
    mantissa, _, exponent = f"{number:.6e}".partition("e")  # the server takes a precision for a width
    raised = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(one)] for one in f"{abs(int(exponent)):02d}")
    shown = f"{mantissa}×10{'⁻' if int(exponent) < 0 else ''}{raised}"
    return shown.rjust(precision or 0)


def _binary(value: Value, _: int | None) -> str:
    if not isinstance(value, int):
        raise EvaluationError(
            f"only integers and bools can be formatted as binary, was given {type_name(value)}"
        )
    return f"{int(value):b}"


def _octal(value: Value, _: int | None) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise EvaluationError(f"octal clause can only be used on integers, was given {type_name(value)}")
    return f"{int(value):o}"


def _hexadecimal(value: Value, _: int | None) -> str:
    match value:
        case bool():
            pass
        case int() | Uint():
            return f"{int(value):x}"
        case str():
            return value.encode().hex()
        case bytes():
            return value.hex()
    raise EvaluationError(
        f"only integers, byte buffers, and strings can be formatted as hex, was given {type_name(value)}"
    )


_CLAUSES: Mapping[str, Callable[[Value, int | None], str]] = {
    "s": lambda value, _: text_of(value),
    "d": _decimal,
    "f": _fixed,
    "e": _scientific,
    "b": _binary,
    "o": _octal,
    "x": _hexadecimal,
    "X": lambda value, _: _hexadecimal(value, None).upper(),
}
