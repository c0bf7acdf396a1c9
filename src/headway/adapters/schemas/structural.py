"""A custom resource's schema, as its CustomResourceDefinition has it, written as a JSON Schema. Pure.

A server reads structural schemas (OpenAPI v3 with Kubernetes' own words) in its own way: first it drops
nulls where none may stand and fills in defaults (`as_stored`), then it judges, and it refuses fields that
are not named unless they are to be kept. Not judged here: rules in CEL (``x-kubernetes-validations``), and
formats but those in `native.FORMATS`. The definition must be valid itself, as `native` judges it.
"""

from collections.abc import Mapping
from typing import Any

from headway.adapters.schemas.native import DIALECT, FORMATS, OBJECT_META
from headway.adapters.schemas.package import Schema

LIST_MAP_KEYS = "x-kubernetes-list-map-keys"
"""Our validator knows this word: items are told apart by these fields."""

_METADATA: Schema = {"$ref": f"#/$defs/{OBJECT_META}"}
_RULES = (
    *("minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "enum"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required"),
)
_CHOICES = ("allOf", "anyOf", "oneOf")


def custom_schema(
    structural: Mapping[str, Any], meta: Mapping[str, Schema], *, has_own_status: bool
) -> Schema:
    """Give the JSON Schema of one version of a custom resource.

    Args:
        structural: ``openAPIV3Schema``.
        meta: the definitions that metadata takes in the environment's Kubernetes.
        has_own_status: whether status is a subresource: then a server passes over what stands there.
    """
    top = _structural(structural)
    own = top.get("properties", {})
    metadata = _values(_mapping(_mapping(structural.get("properties")).get("metadata")))
    top["properties"] = {
        **own,
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"allOf": [_METADATA, metadata]},
    }
    if has_own_status:
        top["properties"]["status"] = {}
    return {"$schema": DIALECT, "$ref": "#/$defs/object", "$defs": {**meta, "object": top}}


def as_stored(value: Any, structural: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value of YAML
    """Give what a server makes of a value before it judges: without nulls that may not be, with defaults."""
    if isinstance(value, list):
        items = _mapping(structural.get("items"))
        return [as_stored(one, items) for one in value]
    if not isinstance(value, dict):
        return value
    properties = _mapping(structural.get("properties"))
    others = _mapping(structural.get("additionalProperties"))
    stored = {}
    for key, below in value.items():
        schema = _mapping(properties.get(key)) or others
        if below is not None or not schema or schema.get("nullable"):
            stored[key] = as_stored(below, schema)
    for key, schema in properties.items():
        if key not in stored and _mapping(schema).get("default") is not None:
            stored[key] = as_stored(schema["default"], schema)
    return stored


def _structural(schema: Mapping[str, Any]) -> Schema:
    node = _values(schema)
    if _mapping(schema.get("properties")):
        node["properties"] = {name: _structural(_mapping(one)) for name, one in schema["properties"].items()}
    if isinstance(schema.get("items"), dict):
        node["items"] = _structural(schema["items"])
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        node["additionalProperties"] = _structural(others)
    elif others is not True and not schema.get("x-kubernetes-preserve-unknown-fields"):
        node["additionalProperties"] = False
    if schema.get("x-kubernetes-embedded-resource"):
        text = {"type": "string"}
        implied = {"apiVersion": text, "kind": text, "metadata": _METADATA}
        node["properties"] = {**node.get("properties", {}), **implied}
        node["required"] = list(dict.fromkeys([*node.get("required", ()), "apiVersion", "kind"]))
    if schema.get("x-kubernetes-list-type") == "set":
        node["uniqueItems"] = True
    if schema.get("x-kubernetes-list-type") == "map" and schema.get(LIST_MAP_KEYS):
        node[LIST_MAP_KEYS] = list(schema[LIST_MAP_KEYS])
    return node


def _values(schema: Mapping[str, Any]) -> Schema:
    """Write the rules about values, which may stand inside choices too: there no field is unknown."""
    own = {key: schema[key] for key in _RULES if schema.get(key) is not None}
    rules: Schema = {**FORMATS.get(str(schema.get("format")), {}), **own}
    for bound in ("minimum", "maximum"):
        exclusive = f"exclusive{bound.capitalize()}"
        if schema.get(exclusive) is True and bound in rules:
            rules[exclusive] = rules.pop(bound)
    choices: Schema = {
        key: [_inner(_mapping(one)) for one in schema[key]] for key in _CHOICES if schema.get(key)
    }
    if isinstance(schema.get("not"), dict):
        choices["not"] = _inner(schema["not"])
    types = ["integer", "string"] if schema.get("x-kubernetes-int-or-string") else [schema.get("type")]
    if not any(types):
        return {**rules, **choices}
    if schema.get("nullable"):
        types = [*types, "null"]
        rules |= {"enum": [*rules["enum"], None]} if "enum" in rules else {}
        return {"type": types, **rules, **({"if": {"type": "null"}, "else": choices} if choices else {})}
    return {"type": types, **rules, **choices}


def _inner(schema: Mapping[str, Any]) -> Schema:
    rules = _values(schema)
    if _mapping(schema.get("properties")):
        rules["properties"] = {name: _inner(_mapping(one)) for name, one in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            rules[key] = _inner(schema[key])
    return rules


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
