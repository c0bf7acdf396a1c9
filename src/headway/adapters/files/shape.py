"""The JSON Schema of each kind of file, as it is published for editors; messages take their hints from it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from headway.adapters.files.application_model import ApplicationFile
from headway.adapters.files.estate_model import EstateFile
from headway.adapters.files.waivers_model import WaiversFile

PUBLISHED: Mapping[str, type[BaseModel]] = {
    "estate.schema.json": EstateFile,
    "application.schema.json": ApplicationFile,
    "waivers.schema.json": WaiversFile,
}
"""By file name, the model of each schema that is published."""


@cache
def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """Give a model's JSON Schema (draft 2020-12): no nulls, no names that are no names."""
    title = model.__name__.removesuffix("File")
    plain: dict[str, Any] = _mend(model.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **plain}


def field_schema(model: type[BaseModel], path: tuple[str | int, ...]) -> Mapping[str, Any]:
    """Give the schema of the field at a path; empty: the model says nothing of it."""
    whole = schema_of(model)
    schema: Mapping[str, Any] = whole
    for part in path:
        schema = next(_steps(_resolve(whole, schema), part), {})
    return _resolve(whole, schema)


def _mend(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Take out titles and nulls, which files never hold, and refuse names that fit no pattern."""
    if isinstance(value, list):
        return [_mend(one) for one in value]
    if not isinstance(value, dict):
        return value
    schema: dict[str, Any] = {
        key: _mend_fields(inner) if key in {"properties", "$defs", "patternProperties"} else _mend(inner)
        for key, inner in value.items()
        if key != "title" and not (key == "default" and inner is None)
    }
    if "patternProperties" in schema:
        schema.setdefault("additionalProperties", False)
    alternatives = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(alternatives) == 1:
        del schema["anyOf"]
        return {**alternatives[0], **schema}
    return schema


def _mend_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Mend each field's schema; a field may be named like a word of JSON Schema."""
    return {name: _mend(schema) for name, schema in fields.items()}


def _steps(schema: Mapping[str, Any], part: str | int) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, int):
        if isinstance(schema.get("items"), dict):
            yield schema["items"]
        return
    if part in schema.get("properties", {}):
        yield schema["properties"][part]
    if isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]
    yield from schema.get("patternProperties", {}).values()


def _resolve(whole: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema
