"""What is wrong with a value, in words that hold no text of a manifest.

A text may be a secret (rule 9), wherever it stands: so texts are told by what they are, never by what they
say. Numbers are told only where a number or a truth value is asked for; names of fields always.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from headway.adapters.schemas.native import BASE64, INSTANT, QUANTITY
from headway.adapters.schemas.package import Schema
from headway.domain.field_path import FieldPath
from headway.domain.suggestion import closest, suggest

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_PATTERNS = {
    QUANTITY: 'it is no quantity. Write it like 100m, 0.5, 128Mi or "2"',
    BASE64: "it is not base64. Encode it, or write it under stringData",
    INSTANT: "it is no instant. Write it like 2026-11-25T18:30:00Z",
}
_LIMITS = {
    "minimum": "it must be {} or more",
    "maximum": "it must be {} or less",
    "exclusiveMinimum": "it must be more than {}",
    "exclusiveMaximum": "it must be less than {}",
    "multipleOf": "it must be a multiple of {}",
    "minLength": "it must have {} letters or more",
    "maxLength": "it must have {} letters or fewer",
    "minItems": "it must have {} items or more",
    "maxItems": "it must have {} items or fewer",
    "minProperties": "it must have {} fields or more",
    "maxProperties": "it must have {} fields or fewer",
}
_FORMS_TOLD = 3


def tell(error: ValidationError, schema: Schema) -> Iterator[tuple[FieldPath, str]]:
    """Give the places that an error is about, and what is wrong there.

    Args:
        error: the validator's.
        schema: the whole one that it validated by.
    """
    path = tuple(error.instance_path)
    holder = _at(schema, error.schema_path[:-1])
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            for name in sorted(names):
                hint = suggest(name, holder.get("properties", {}), "Take it out: nothing may stand here")
                yield (*path, name), f"unknown field. {hint}"
        case ValidationErrorKind.Required(property=name):
            yield (*path, name), f"it is missing. {_example(schema, holder, name)}"
        case _:
            yield path, _words(error, holder)


def _words(error: ValidationError, holder: Mapping[str, Any]) -> str:
    told: str | None = None
    match error.kind:
        case ValidationErrorKind.Type():
            told = _wrong_type(error.instance, holder)
        case ValidationErrorKind.Enum(options=options):
            told = _no_choice(error.instance, [str(one) for one in options if one is not None])
        case ValidationErrorKind.Pattern(pattern=pattern):
            told = _PATTERNS.get(pattern, f"it must match {pattern}")
        case ValidationErrorKind.AnyOf(context=forms) | ValidationErrorKind.OneOfNotValid(context=forms):
            told = _no_form(forms, holder)
        case ValidationErrorKind.OneOfMultipleValid():
            told = "it has more than one of several forms of which exactly one may be. Keep one"
        case ValidationErrorKind.UniqueItems():
            told = "an item stands there twice. Keep one"
        case ValidationErrorKind.Custom(message=message):
            told = f"{message}. Keep one"
        case kind if kind.name in _LIMITS:
            told = _LIMITS[kind.name].format(kind.value)
    return told or f"it breaks the schema's rule {error.kind.name}"


def _no_choice(value: object, words: list[str]) -> str:
    hint = closest(value, words) if isinstance(value, str) else None
    there = "another text" if isinstance(value, str) else _shown(value)
    return f"it takes {_either(words)}, not {there}" + (f". {hint}" if hint else "")


def _wrong_type(value: object, holder: Mapping[str, Any]) -> str:
    listed = holder.get("type", ())
    types = [one for one in ([listed] if isinstance(listed, str) else listed) if one != "null"]
    allowed = _either([_TYPES[one] for one in types])
    if "string" in types:
        hint = ". Put it in quotes" if isinstance(value, bool | int | float) else ""
        return f"it takes {allowed}, not {_kind(value)}{hint}"
    is_plain = not {"object", "array"} & set(types)
    there = _shown(value) if is_plain else _kind(value)
    hint = ". Take the quotes away" if is_plain and _is_quoted(value, types) else ""
    return f"it takes {allowed}, not {there}{hint}"


def _is_quoted(value: object, types: Iterable[str]) -> bool:
    if not isinstance(value, str):
        return False
    if "boolean" in types:
        return value in {"true", "false"}
    return value.removeprefix("-").isdecimal()


def _no_form(forms: Iterable[Iterable[ValidationError]], holder: Mapping[str, Any]) -> str:
    told = []
    for form in forms:
        for error in form:
            if isinstance(error.kind, ValidationErrorKind.Required):
                told.append(f"{error.kind.property} is missing")
            else:
                told.append(_words(error, holder if error.kind.name == "type" else {}))
            break
    shown = ", or ".join(dict.fromkeys(told[:_FORMS_TOLD]))
    more = ", …" if len(told) > _FORMS_TOLD else ""
    return f"it has none of the forms that may be: {shown}{more}"


def _shown(value: object) -> str:
    """Tell a value where only a number, a truth value or one of few words may be."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"the number {value}"[:80] if is_number else _kind(value)


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _either(words: Iterable[str]) -> str:
    *others, last = list(words)[:12]
    return f"{', '.join(others)} or {last}" if others else last


def _example(schema: Schema, holder: Mapping[str, Any], name: str) -> str:
    field = holder.get("properties", {}).get(name, {})
    while "$ref" in field:
        field = _at(schema, field["$ref"].removeprefix("#/").split("/"))
    if field.get("enum"):
        return f"Add {name}: {_either([str(one) for one in field['enum'] if one is not None])}"
    listed = field.get("type", ())
    types = [one for one in ([listed] if isinstance(listed, str) else listed) if one != "null"]
    shapes = {"object": "{…}", "array": "[…]", "integer": "a number", "boolean": "true or false"}
    return f"Add {name}: {shapes.get(types[0], '…') if types else '…'}"


def _at(schema: Any, path: Iterable[str | int]) -> Mapping[str, Any]:  # noqa: ANN401 - any part of a schema
    for part in path:
        schema = schema[part]
    return schema if isinstance(schema, dict) else {}
