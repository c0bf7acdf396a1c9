"""The schemas of Kubernetes' versions, out of the package `kubernetes-validate`; none of its code is run.

Its strict schemas refuse unknown fields. Each version is one file of definitions that refer to each other
(1.5 MB, parsed in ten milliseconds), read when it is first asked for and kept. Safe to call concurrently.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from headway.domain.kubernetes_version import KubernetesVersion, parse_kubernetes_version

Schema = dict[str, Any]
"""A JSON Schema, draft 2020-12."""

_FOLDER = re.compile(r"v(?P<minor>1\.[0-9]+)\.[0-9]+-local-strict")


class ApiKind(NamedTuple):
    """A kind in one API version, as manifests name them."""

    api_version: str
    kind: str


@cache
def known_versions() -> tuple[KubernetesVersion, ...]:
    """Give the versions whose schemas are there, oldest first; without gaps."""
    return tuple(sorted(_folders()))


@cache
def definitions_of(version: KubernetesVersion) -> Mapping[str, Schema]:
    """Give a known version's definitions by their name in Kubernetes' OpenAPI."""
    text = (_data() / _folders()[version] / "_definitions.json").read_bytes()
    return {name: _without_words(schema) for name, schema in json.loads(text)["$defs"].items()}


@cache
def kinds_of(version: KubernetesVersion) -> Mapping[ApiKind, str]:
    """Give the kinds that a known version serves, and the name of each one's definition."""
    return {
        ApiKind(f"{one['group']}/{one['version']}" if one["group"] else one["version"], one["kind"]): name
        for name, schema in definitions_of(version).items()
        for one in schema.get("x-kubernetes-group-version-kind", ())
    }


@cache
def _folders() -> Mapping[KubernetesVersion, str]:
    return dict(_found())


def _found() -> Iterator[tuple[KubernetesVersion, str]]:
    for folder in _data().iterdir():
        matched = _FOLDER.fullmatch(folder.name)
        if matched and (version := parse_kubernetes_version(matched["minor"])):
            yield version, folder.name


@cache
def _data() -> Path:
    found = find_spec("kubernetes_validate")  # finds the package without running it
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("kubernetes-validate is not installed, and it holds the schemas")
    return Path(found.submodule_search_locations[0]) / "kubernetes-json-schema"


def _without_words(schema: Schema) -> Schema:
    """Take out what only people read: two thirds of a version's memory."""
    plain: Schema = {}
    for key, value in schema.items():
        if key == "description":
            continue
        if key == "properties":
            plain[key] = {name: _without_words(one) for name, one in value.items()}
        elif isinstance(value, dict):
            plain[key] = _without_words(value)
        else:
            plain[key] = value
    return plain
