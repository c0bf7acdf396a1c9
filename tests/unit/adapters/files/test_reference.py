"""The reference of the files says what the published schema says: each field, its default and its meaning."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from headway.adapters.files.shape import PUBLISHED, schema_of

REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "estate.md"
ROW = re.compile(r"\| `(?P<field>[^`]+)` \| (?P<takes>[^|]+) \| (?P<default>[^|]+) \| (?P<meaning>[^|]+) \|")


def documented() -> dict[str, dict[str, re.Match[str]]]:
    sections: dict[str, dict[str, re.Match[str]]] = {}
    rows: dict[str, re.Match[str]] = {}
    for line in REFERENCE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            rows = sections.setdefault(line.lstrip("# "), {})
        elif found := ROW.fullmatch(line):
            rows[found["field"]] = found
    return sections


def objects() -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for model in PUBLISHED.values():
        schema = schema_of(model)
        found[model.__name__] = schema
        found |= schema["$defs"]
    return {name.removesuffix("File"): schema for name, schema in found.items()}


def default_of(name: str, schema: Mapping[str, Any]) -> str:
    if name in schema.get("required", []):
        return "required"
    if "default" not in schema["properties"][name]:
        return "-"
    default = schema["properties"][name]["default"]
    return f"`{default if isinstance(default, str) and default else json.dumps(default)}`"


@pytest.mark.parametrize("name", sorted(objects()))
def test_every_field_stands_in_the_reference_as_the_schema_has_it(name: str) -> None:
    schema = objects()[name]
    rows = documented()[name]
    assert list(rows) == list(schema.get("properties", {}))
    for field, row in rows.items():
        assert row["meaning"] == schema["properties"][field]["description"]
        assert row["default"] == default_of(field, schema)
        is_duration = "d)?([0-9]+h)?" in schema["properties"][field].get("pattern", "")
        assert (row["takes"] == "duration") == is_duration
