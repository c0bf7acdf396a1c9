"""Kubernetes' quantities, such as ``500m`` and ``1Gi``. Pure.

A quantity is kept in billionths, which is as fine as Kubernetes keeps it; what is finer is rounded away from
zero. Whether it counts as a whole number follows how it was written: ``1000m`` does not, as on the server.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from headway.adapters.policies.functions.function import Function, Overload, opaque
from headway.adapters.policies.values import INT_LEAST, INT_MOST, EvaluationError, Value

_NANO = 10**9
_FORM = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)")
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)")
_MALFORMED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


@opaque
@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount, in billionths."""

    TYPE: ClassVar[str] = "kubernetes.Quantity"
    billionths: int
    is_whole: bool = field(default=True, compare=False)
    """Kubernetes would give it as a whole number."""


def read_quantity(text: str) -> Quantity:
    """Read a quantity.

    Raises:
        EvaluationError: it is none.
    """
    found = _FORM.fullmatch(text)
    if not text or found is None:
        raise EvaluationError(_MALFORMED)
    sign, whole, part, suffix = found[1], found[2], found[3] or "", found[4]
    exponent = _EXPONENT.fullmatch(suffix)
    if suffix not in _BINARY and suffix not in _DECIMAL and exponent is None:
        raise EvaluationError("unable to parse quantity's suffix")
    figures = int(whole + part or "0")
    power = int(exponent[1]) if exponent else _DECIMAL.get(suffix, 0)
    if abs(power) > 1000:
        raise EvaluationError("unable to parse quantity's suffix")
    billionths = _scaled(figures << _BINARY.get(suffix, 0), power - len(part) + 9)
    if suffix in _BINARY:
        billionths = min(billionths, INT_MOST * _NANO)
    plain = _is_plain(whole.lstrip("0") or "0", part, suffix, power)
    return Quantity(-billionths if sign == "-" else billionths, plain)


def _scaled(figures: int, power: int) -> int:
    if power >= 0:
        return figures * int(10**power)
    return -(-figures // int(10**-power))


def _is_plain(whole: str, part: str, suffix: str, power: int) -> bool:
    """Say whether the server keeps it as a number with a power of ten that is not negative."""
    if suffix in _BINARY:
        return not part and 15 - len(whole) - int(_BINARY[suffix] * 3 / 10) - 1 >= 0
    return power - len(part) >= 0 and len(whole) + len(part) <= 18


def _integer(value: Quantity) -> int | None:
    number, rest = divmod(value.billionths, _NANO)
    return number if value.is_whole and not rest and INT_LEAST <= number <= INT_MOST else None


def _as_integer(value: Quantity) -> int:
    number = _integer(value)
    if number is None:
        raise EvaluationError("cannot convert value to integer")
    return number


def _compare(left: Quantity, right: Quantity) -> int:
    return (left.billionths > right.billionths) - (left.billionths < right.billionths)


def _sum(left: Quantity, right: Quantity) -> Quantity:
    return Quantity(left.billionths + right.billionths, left.is_whole and right.is_whole)


def _negative(value: Quantity) -> Quantity:
    return Quantity(-value.billionths, value.is_whole)


def _of_int(number: int) -> Quantity:
    return Quantity(number * _NANO)


def _is_quantity(text: str) -> bool:
    try:
        read_quantity(text)
    except EvaluationError:
        return False
    return True


def _function(name: str, *overloads: tuple[str, Callable[..., Value]], member: bool = True) -> Function:
    return Function(
        name=name,
        member=member,
        library="quantity",
        overloads=tuple(Overload(signature, run) for signature, run in overloads),
    )


_Q = Quantity.TYPE
COMPARISONS: dict[str, Overload] = {
    "isGreaterThan": Overload(f"{_Q}, {_Q} -> bool", lambda left, right: _compare(left, right) > 0),
    "isLessThan": Overload(f"{_Q}, {_Q} -> bool", lambda left, right: _compare(left, right) < 0),
    "compareTo": Overload(f"{_Q}, {_Q} -> int", _compare),
}
"""Shared by name with versions."""
LIBRARY = (
    _function("quantity", ("string -> " + _Q, read_quantity), member=False),
    _function("isQuantity", ("string -> bool", _is_quantity), member=False),
    _function("isInteger", (f"{_Q} -> bool", lambda value: _integer(value) is not None)),
    _function("asInteger", (f"{_Q} -> int", _as_integer)),
    _function("asApproximateFloat", (f"{_Q} -> double", lambda value: value.billionths / _NANO)),
    _function(
        "sign",
        (f"{_Q} -> int", lambda value: (value.billionths > 0) - (value.billionths < 0)),
        member=False,
    ),
    _function(
        "add",
        (f"{_Q}, {_Q} -> {_Q}", _sum),
        (f"{_Q}, int -> {_Q}", lambda value, number: _sum(value, _of_int(number))),
    ),
    _function(
        "sub",
        (f"{_Q}, {_Q} -> {_Q}", lambda left, right: _sum(left, _negative(right))),
        (f"{_Q}, int -> {_Q}", lambda value, number: _sum(value, _of_int(-number))),
    ),
)


def canonical(text: str) -> str:
    """Write a quantity as a server does: the largest suffix of its family that leaves a whole number.

    Raises:
        EvaluationError: it is none.
    """
    value = read_quantity(text)
    found = _FORM.fullmatch(text)
    suffix = found[4] if found else ""
    number, rest = divmod(abs(value.billionths), _NANO)
    sign = "-" if value.billionths < 0 else ""
    if suffix in _BINARY and not rest:
        steps = 0
        while number and number % 1024 == 0 and steps < 6:
            number, steps = number // 1024, steps + 1
        return f"{sign}{number}{('', *_BINARY)[steps]}"
    amount, power = abs(value.billionths), -9
    while amount and amount % 1000 == 0 and power < 18:
        amount, power = amount // 1000, power + 3
    if not amount:
        return "0"
    if _EXPONENT.fullmatch(suffix):
        return f"{sign}{amount}e{power}" if power else f"{sign}{amount}"
    return f"{sign}{amount}{next(one for one, other in _DECIMAL.items() if other == power)}"
