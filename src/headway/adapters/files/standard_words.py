"""The kinds of words that standards' fields hold; refused as those in `words` are."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from headway.adapters.files.words import refuse
from headway.domain.standards.place import parse_place

_RULE = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""An admission policy's name is its rule's id."""
_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
_PATTERN = re.compile(r"[A-Za-z0-9.:*?-]{1,253}")


def _read_place(text: str) -> str:
    if not text or parse_place(text) is None:
        raise refuse(
            f"{text[:80]!r} is no place in an object",
            "Write it like spec.replicas, or spec.template.spec.containers[*].resources for each",
        )
    return text


def _read_pattern(text: str) -> str:
    if not _PATTERN.fullmatch(text):
        raise refuse(f"{text[:80]!r} names no object", "Write a name, with * for any letters")
    return text


def _read_reason(text: str) -> str:
    if not text.strip() or len(text) > 500:
        raise refuse("a reason has 1 to 500 letters", "Write why, for whoever reads it in a year")
    return text


def _read_rule(text: str) -> str:
    if not _RULE.fullmatch(text):
        raise refuse(f"{text[:80]!r} is no rule's id", "Write it like removed-api")
    return text


def _read_day(value: object) -> date:
    example = "Write it like 2027-01-31"
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise refuse("it is no day", example)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise refuse(f"{value} is in no calendar", example) from error


PlaceInObject = Annotated[str, AfterValidator(_read_place)]
NamePattern = Annotated[str, AfterValidator(_read_pattern)]
Reason = Annotated[str, AfterValidator(_read_reason)]
RuleId = Annotated[str, AfterValidator(_read_rule)]
Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "pattern": f"^{_DAY.pattern}$"}),
]
"""A day of the calendar, in no time zone."""
