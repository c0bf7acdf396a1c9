"""Definitions of custom resources as they stand among manifests; compiled when a resource is met."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from headway.adapters.schemas.native import native_schema, object_meta
from headway.adapters.schemas.package import ApiKind
from headway.adapters.schemas.structural import as_stored, custom_schema
from headway.adapters.schemas.validator import Validator, compile_schema
from headway.domain.kubernetes_version import KubernetesVersion

DEFINITION = ApiKind("apiextensions.k8s.io/v1", "CustomResourceDefinition")
_REMEMBERED = 512
"""Compiled definitions: the largest operators bring some fifty, and few versions are asked for."""


class Unreadable(Exception):
    """No schema can be had of a definition: the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomVersion:
    """One version of a custom resource."""

    name: str
    served: bool
    deprecated: str | None
    """What the definition says of its end; None: nothing."""
    structural: Mapping[str, Any]
    validator: Validator

    def mistakes(self, value: Mapping[str, object]) -> list[tuple[tuple[str | int, ...], str]]:
        """Give what is wrong with a resource; see `Validator.mistakes`."""
        return list(self.validator.mistakes(as_stored(value, self.structural)))


class Definitions:
    """The definitions among some objects, by group and kind."""

    def __init__(self, objects: Iterable[Mapping[str, object]]) -> None:
        self._texts: dict[tuple[str, str], dict[str, None]] = {}
        self._found: dict[tuple[str, str], list[Mapping[str, object]]] = {}
        for one in objects:
            if one.get("kind") == DEFINITION.kind and one.get("apiVersion") == DEFINITION.api_version:
                spec = _mapping(one.get("spec"))
                kind = _mapping(spec.get("names")).get("kind")
                self._found.setdefault((str(spec.get("group")), str(kind)), []).append(one)

    def kinds(self, group: str) -> tuple[str, ...]:
        """Give the kinds that are defined in a group, sorted."""
        return tuple(sorted(kind for found, kind in self._found if found == group))

    def of(self, version: KubernetesVersion, group: str, kind: str) -> Mapping[str, CustomVersion] | None:
        """Give a custom resource's versions by name; None: nothing defines it.

        Raises:
            Unreadable: its definition is wrong, or there are several that differ.
        """
        found = self._found.get((group, kind))
        if not found:
            return None
        if (group, kind) not in self._texts:
            texts = (json.dumps(one.get("spec"), sort_keys=True, default=str) for one in found)
            self._texts[group, kind] = dict.fromkeys(texts)
        text, *others = self._texts[group, kind]
        if others:
            raise Unreadable("its CustomResourceDefinition stands here more than once, and not the same")
        return _versions(version, text)


@lru_cache(maxsize=_REMEMBERED)
def _versions(version: KubernetesVersion, text: str) -> Mapping[str, CustomVersion]:
    spec = json.loads(text)
    whole = {"apiVersion": DEFINITION.api_version, "kind": DEFINITION.kind, "spec": spec}
    if any(compile_definition(version).mistakes(whole)):
        raise Unreadable("its CustomResourceDefinition is not valid itself")
    try:
        return {one["name"]: _version(version, one) for one in spec["versions"]}
    except ValueError as error:
        raise Unreadable(f"its CustomResourceDefinition's schema cannot be used: {error}") from error


@lru_cache(maxsize=4)
def compile_definition(version: KubernetesVersion) -> Validator:
    """Compile the schema of definitions themselves."""
    return compile_schema(native_schema(version, DEFINITION))


def _version(version: KubernetesVersion, found: Mapping[str, Any]) -> CustomVersion:
    structural = _mapping(_mapping(found.get("schema")).get("openAPIV3Schema"))
    if not structural:
        raise ValueError(f"its version {found['name']} has none")
    has_own_status = _mapping(found.get("subresources")).get("status") is not None
    schema = custom_schema(structural, object_meta(version), has_own_status=has_own_status)
    said = found.get("deprecationWarning") or "its definition calls it deprecated"
    return CustomVersion(
        name=found["name"],
        served=bool(found.get("served")),
        deprecated=str(said) if found.get("deprecated") else None,
        structural=structural,
        validator=compile_schema(schema),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}
