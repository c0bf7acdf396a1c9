"""The JSON Schemas that editors use say what the reader does; another implementation checks them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from headway.adapters.files.schema import write_schemas

PUBLISHED = Path(__file__).parents[4] / "docs" / "schema"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((PUBLISHED / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_published_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    for path in write_schemas(tmp_path):
        assert (PUBLISHED / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), (
            "write them anew: python -m headway.adapters.files.schema docs/schema"
        )


def test_right_files_fit_their_schemas(whole_estate: str, whole_application: str) -> None:
    yaml = YAML(typ="safe", pure=True)
    validator("estate.schema.json").validate(yaml.load(whole_estate))
    validator("application.schema.json").validate(yaml.load(whole_application))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("soak: 10m", "soaks: 10m"),
        ("soak: 10m", "soak: 10"),
        ("soak: 10m", "soak: ''"),
        ("kind: Estate", "kind: Estat"),
        ("{podman: {}}", "{argocd: {}}"),
        ("{podman: {}}", "{}"),
        ("count: 2", "count: 0"),
        ("  standard:", "  Standard_Lane:"),
        ("{dev: development}}", "{dev: development}, afterRollback: retry}"),
        ("{dev: development}}", "{dev: development}, wait: 'no'}"),
        ("region: ap-southeast-2", "region: null"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(
    told: Callable[..., list[str]], whole_estate: str, old: str, new: str
) -> None:
    assert told(estate=(old, new))
    spoilt = YAML(typ="safe", pure=True).load(whole_estate.replace(old, new))
    assert not validator("estate.schema.json").is_valid(spoilt)
