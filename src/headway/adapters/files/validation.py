"""Checks a document against its model, and tells every mistake in the words of the file, not of pydantic."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from headway.adapters.files.document import Document
from headway.adapters.files.shape import field_schema
from headway.domain.estate.problems import EstateInvalid, Problem
from headway.domain.field_path import FieldPath
from headway.domain.suggestion import closest, suggest

Model = TypeVar("Model", bound=BaseModel)

_MOST_TOLD = 100
"""Of one file; who has more of them began with the wrong file."""

_LATER = {
    ("", "lanes"): "Name one lane, like lane: standard",
    ("", "standards"): "Take it out until then",
    ("", "retired"): "Take it out until then",
    ("", "notifications"): "Take it out until then",
}
"""What the design names and this version does not do, by the field around it (empty: none) and its name."""

_LATER_KINDS = {"flags", "chart", "stack"}
_LATER_FILE_KINDS = {"Flags", "Chart", "Stack", "Standard", "Standards"}

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping, `name: value`",
    "model_type": "a mapping, `name: value`",
    "list_type": "a list",
}


def validate(document: Document, model: type[Model]) -> Model:
    """Read a document as its model.

    Raises:
        EstateInvalid: fields are unknown, missing, empty or wrong; all of them are told.
    """
    problems = [_tell_empty(document, path, model) for path in document.empty[:_MOST_TOLD]]
    count = len(document.empty)
    parsed: Model | None = None
    try:
        parsed = model.model_validate(document.value, strict=True)
    except ValidationError as error:
        details = [one for one in error.errors(include_url=False) if not _is_empty(document, one)]
        count += len(details)
        told = details[: _MOST_TOLD - len(problems)]
        problems += [_tell(document, _field_path(one["loc"]), one, model) for one in told]
    if parsed is not None and not count:
        return parsed
    if count > len(problems):
        problems.append(
            document.problem((), f"it has {count - len(problems)} mistakes more", "Mend these first")
        )
    raise EstateInvalid(tuple(problems))


def _is_empty(document: Document, detail: ErrorDetails) -> bool:
    """Say whether a mistake comes of a field without a value, which is told already."""
    path = _field_path(detail["loc"])
    return any(path == one[: len(path)] for one in document.empty)


def _field_path(location: tuple[int | str, ...]) -> FieldPath:
    """Drop pydantic's own mark for a mapping's key."""
    return tuple(part for part in location if part != "[key]")


def _tell_empty(document: Document, path: FieldPath, model: type[BaseModel]) -> Problem:
    if not path:
        return document.problem(path, "it is empty", "Write it; `headway init` shows an example")
    schema = field_schema(model, path)
    plain = "properties" in schema or "additionalProperties" in schema
    required = "required" in schema
    hint = (
        "Write {} for nothing more to say"
        if plain and not required
        else "Write a value, or take the line out"
    )
    return document.problem(path, "it has no value", hint)


def _tell(document: Document, path: FieldPath, detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _tell_unknown(document, path, detail["input"], model)
    if kind == "literal_error":
        return _tell_choice(document, path, detail["input"], model)
    if kind in _TYPES:
        return _tell_type(document, path, detail, model)
    context: Mapping[str, Any] = detail.get("ctx", {})
    words = {
        "greater_than_equal": (f"{detail['input']} is too small", f"Write {context.get('ge')} or more"),
        "less_than_equal": (f"{detail['input']} is too large", f"Write {context.get('le')} or less"),
        "field": (context.get("why"), context.get("suggestion")),
        "missing": ("it is missing", f"Add {_example(model, path)}"),
        "too_short": ("it is empty", "Write at least one"),
        "string_too_short": ("it is empty", "Write a text, or take the field out"),
    }
    why, suggestion = words.get(kind, (_lower_first(detail["msg"][:300]), f"Write {_example(model, path)}"))
    return document.problem(path, str(why), str(suggestion))


def _tell_type(document: Document, path: FieldPath, detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    kind, value = detail["type"], detail["input"]
    hint = f"Write {_example(model, path)}"
    if kind == "string_type" and not isinstance(value, dict | list):
        hint = "Put it in quotes"
    if kind == "bool_type" and value in {"yes", "on", "no", "off"}:
        hint = f"Write {'true' if value in {'yes', 'on'} else 'false'}"
    return document.problem(path, f"it takes {_TYPES[kind]}, not {_describe(value)}", hint)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _tell_unknown(document: Document, path: FieldPath, value: object, model: type[BaseModel]) -> Problem:
    name, around = str(path[-1]), path[:-1]
    parent = str(around[-1]) if around else ""
    if name == "kind" and len(around) == 2 and around[0] == "artifacts":
        if value in _LATER_KINDS:
            return document.problem(
                path,
                f"artifacts of kind {value} are not yet there",
                "Take it out: a folder of manifests needs no kind",
            )
        return document.problem(path, "unknown field", "Take it out: a folder of manifests needs no kind")
    if (parent, name) in _LATER:
        return document.problem(path, f"{name} is not yet there", _LATER[parent, name])
    known = field_schema(model, around).get("properties", {})
    what = "unknown engine" if parent == "engine" else "unknown field"
    return document.problem(path, what, suggest(name, known, "Take it out: nothing stands here"))


def _tell_choice(document: Document, path: FieldPath, value: object, model: type[BaseModel]) -> Problem:
    schema = field_schema(model, path)
    known = schema.get("enum") or [schema.get("const")]
    if path == ("kind",) and value in _LATER_FILE_KINDS:
        return document.problem(path, f"files of kind {value} are not yet there", f"Here stands {known[0]}")
    if path == ("apiVersion",):
        return document.problem(path, f"{_describe(value)} is not read by this Headway", f"Write {known[0]}")
    shown = " or ".join(str(one) for one in known)
    hint = closest(str(value), [str(one) for one in known]) or f"Write {shown}"
    return document.problem(path, f"it takes {shown}, not {_describe(value)}", hint)


def _describe(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case int() | float():
            return f"the number {value}"
        case _:
            return repr(str(value)[:80])


def _example(model: type[BaseModel], path: FieldPath) -> str:
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "it")
    schema = field_schema(model, path)
    if "const" in schema:
        return f"{name}: {schema['const']}"
    if "enum" in schema:
        return f"{name}: {' or '.join(schema['enum'])}"
    shapes = {
        "object": "{…}",
        "array": "[…]",
        "integer": "a number",
        "boolean": "true or false",
        "string": "…",
    }
    return f"{name}: {shapes.get(str(schema.get('type')), '…')}"
