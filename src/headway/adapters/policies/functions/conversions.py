"""Conversions between types, parts of instants and durations, and optionals. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headway.adapters.policies.functions.formatting import text_of
from headway.adapters.policies.functions.function import Function, Overload, traversal
from headway.adapters.policies.functions.numbers_text import (
    duration_text,
    float_text,
    instant_text,
    read_duration,
    read_instant,
)
from headway.adapters.policies.functions.operators import DURATION, TIMESTAMP, instant, natural, whole
from headway.adapters.policies.values import (
    INT_LEAST,
    NONE,
    UINT_MOST,
    CelType,
    Duration,
    EvaluationError,
    Optional,
    Timestamp,
    Uint,
    Value,
    type_name,
)

_LIBRARY = "conversions"
_SECOND = 10**9
_ZONE = re.compile(r"([+-]?)(\d\d):(\d\d)")


def _unlike(value: Value, name: str) -> EvaluationError:
    return EvaluationError(f"type conversion error from '{type_name(value)}' to '{name}'")


def _int_of_text(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise _unlike(text, "int")
    try:
        return whole(int(text))
    except (EvaluationError, ValueError):
        raise _unlike(text, "int") from None


def _uint_of_text(text: str) -> Uint:
    if not re.fullmatch(r"[0-9]+", text) or len(text) > 40 or int(text) > UINT_MOST:
        raise _unlike(text, "uint")
    return Uint(text)


def _int_of_float(number: float) -> int:
    if not INT_LEAST < number < 2.0**63:
        raise EvaluationError("integer overflow")
    return int(number)


def _uint_of_float(number: float) -> Uint:
    if not 0 <= number < 2.0**64:
        raise EvaluationError("unsigned integer overflow")
    return Uint(int(number))


def _float_of_text(text: str) -> float:
    if not re.fullmatch(
        r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|infinity|nan)", text, re.IGNORECASE
    ):
        raise _unlike(text, "double")
    return float(text)


def _bool_of_text(text: str) -> bool:
    if text in {"1", "t", "T", "true", "TRUE", "True"}:
        return True
    if text in {"0", "f", "F", "false", "FALSE", "False"}:
        return False
    raise _unlike(text, "bool")


def _text_of_bytes(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError("invalid UTF-8 in bytes, cannot convert to string") from None


def _duration_of_text(text: str) -> Duration:
    found = read_duration(text)
    if found is None:
        raise _unlike(text, DURATION)
    return found


def _instant_of_text(text: str) -> Timestamp:
    found = read_instant(text)
    if found is None:
        raise _unlike(text, TIMESTAMP)
    return instant(found.nanoseconds, found.ahead)


def _same(value: Value) -> Value:
    return value


def _conversion(name: str, *overloads: tuple[str, Callable[..., Value]], declared: bool = False) -> Function:
    return Function(
        name=name,
        member=False,
        library=_LIBRARY,
        declared=declared,
        overloads=tuple(Overload(f"{source} -> {name}", run) for source, run in overloads),
        cost=traversal,
    )


STRING = (
    ("string", _same),
    ("bool", lambda value: "true" if value else "false"),
    ("int", str),
    ("uint", lambda value: str(int(value))),
    ("double", float_text),
    ("bytes", _text_of_bytes),
    (DURATION, duration_text),
    (TIMESTAMP, instant_text),
)
_CONVERSIONS = (
    _conversion(
        "int",
        ("int", _same),
        ("uint", lambda value: whole(int(value))),
        ("double", _int_of_float),
        ("string", _int_of_text),
        (DURATION, lambda value: value.nanoseconds),
        (TIMESTAMP, lambda value: value.nanoseconds // _SECOND),
    ),
    _conversion(
        "uint",
        ("uint", _same),
        ("int", natural),
        ("double", _uint_of_float),
        ("string", _uint_of_text),
    ),
    _conversion("double", ("double", _same), ("int", float), ("uint", float), ("string", _float_of_text)),
    _conversion("bytes", ("bytes", _same), ("string", lambda text: text.encode())),
    _conversion("bool", ("bool", _same), ("string", _bool_of_text)),
    _conversion("dyn", ("A", _same)),
    _conversion("type", ("A", lambda value: CelType(type_name(value)))),
    _conversion("duration", (DURATION, _same), ("string", _duration_of_text), ("int", Duration)),
    _conversion(
        "timestamp",
        (TIMESTAMP, _same),
        ("string", _instant_of_text),
        ("int", lambda seconds: instant(seconds * _SECOND)),
    ),
)


def _zone(name: str) -> tzinfo:
    found = _ZONE.fullmatch(name)
    if found:
        minutes = int(found[2]) * 60 + int(found[3])
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise EvaluationError(f"unknown time zone {name}") from None


def _local(value: Timestamp, zone: str | None) -> datetime:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value.nanoseconds // _SECOND)
    return at.astimezone(_zone(zone)) if zone is not None else at


_PARTS: tuple[tuple[str, Callable[[datetime], int], int | None], ...] = (
    ("getFullYear", lambda at: at.year, None),
    ("getMonth", lambda at: at.month - 1, None),
    ("getDate", lambda at: at.day, None),
    ("getDayOfMonth", lambda at: at.day - 1, None),
    ("getDayOfYear", lambda at: at.timetuple().tm_yday - 1, None),
    ("getDayOfWeek", lambda at: at.isoweekday() % 7, None),
    ("getHours", lambda at: at.hour, 3600 * _SECOND),
    ("getMinutes", lambda at: at.minute, 60 * _SECOND),
    ("getSeconds", lambda at: at.second, _SECOND),
)


def _part(name: str, read: Callable[[datetime], int], unit: int | None) -> Function:
    overloads = [
        Overload(f"{TIMESTAMP} -> int", lambda value: read(_local(value, None))),
        Overload(f"{TIMESTAMP}, string -> int", lambda value, zone: read(_local(value, zone))),
    ]
    if unit is not None:
        overloads.append(Overload(f"{DURATION} -> int", lambda value: int(value.nanoseconds / unit)))
    return Function(name=name, library="times", declared=False, overloads=tuple(overloads))


_MILLISECONDS = Function(
    name="getMilliseconds",
    library="times",
    declared=False,
    overloads=(
        Overload(f"{TIMESTAMP} -> int", lambda value: value.nanoseconds % _SECOND // 10**6),
        Overload(f"{TIMESTAMP}, string -> int", lambda value, _: value.nanoseconds % _SECOND // 10**6),
        Overload(f"{DURATION} -> int", lambda value: int(value.nanoseconds / 10**6)),
    ),
)


def _value(value: Optional) -> Value:
    if not value.present:
        raise EvaluationError("optional.none() dereference")
    return value.value


def _of_non_zero(value: Value) -> Optional:
    return Optional(True, value) if value else NONE


def _optional(
    name: str, signature: str, run: Callable[..., Value], *, member: bool = False, declared: bool = False
) -> Function:
    return Function(
        name=name,
        member=member,
        library="optionals",
        declared=declared,
        overloads=(Overload(signature, run),),
    )


def _end(items: list[Value], at: int) -> Optional:
    return Optional(True, items[at]) if items else NONE


def _unwrap(items: list[Value]) -> Value:
    for one in items:
        if not isinstance(one, Optional):
            raise EvaluationError(f"value {text_of(one)} is not optional")
    return [one.value for one in items if isinstance(one, Optional) and one.present]


_UNWRAP = "list(optional_type(A)) -> list(A)"
LIBRARY = (
    *_CONVERSIONS,
    *(_part(*one) for one in _PARTS),
    _MILLISECONDS,
    _optional("optional.of", "A -> optional_type(A)", lambda value: Optional(True, value)),
    _optional("optional.none", " -> optional_type(A)", lambda: NONE),
    _optional("optional.ofNonZeroValue", "A -> optional_type(A)", _of_non_zero),
    _optional("hasValue", "optional_type(A) -> bool", lambda value: value.present, member=True),
    _optional("value", "optional_type(A) -> A", _value, member=True),
    _optional("first", "list(A) -> optional_type(A)", lambda items: _end(items, 0), member=True),
    _optional("last", "list(A) -> optional_type(A)", lambda items: _end(items, -1), member=True),
    _optional("optional.unwrap", _UNWRAP, _unwrap, declared=True),
    _optional("unwrapOpt", _UNWRAP, _unwrap, member=True, declared=True),
)
