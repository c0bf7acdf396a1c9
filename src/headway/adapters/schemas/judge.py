"""The port `Schemas` over the packaged schemas and the definitions that are given with a question."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from headway.adapters.schemas.custom import CustomVersion, Definitions, Unreadable
from headway.adapters.schemas.native import native_schema
from headway.adapters.schemas.package import ApiKind, kinds_of, known_versions
from headway.adapters.schemas.served import absent, ended, ending, is_of_kubernetes
from headway.adapters.schemas.validator import Validator, compile_schema
from headway.domain.field_path import FieldPath, show_path
from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.standards import Judgement, ObjectKey, Unjudged, Violation
from headway.domain.standards.manifest import key_of
from headway.domain.standards.schema_rules import DEPRECATED_API, REMOVED_API, SCHEMA

_MOST_TOLD = 50
"""Of one object; who has more of them began with the wrong schema."""
_NO_JSON = "a key in it is no text, so it is no JSON. Put the key in quotes"


class PackagedSchemas:
    """Judges by what each version of Kubernetes publishes. Compiled schemas are shared by all of these."""

    async def judge(
        self,
        objects: Sequence[Mapping[str, object]],
        version: KubernetesVersion,
        definitions: Sequence[Mapping[str, object]] = (),
    ) -> Judgement:
        """Judge objects as a cluster of that version would take them; in a thread, beside the event loop."""
        return await asyncio.to_thread(judge_objects, objects, version, definitions)


def judge_objects(
    objects: Sequence[Mapping[str, object]],
    version: KubernetesVersion,
    definitions: Sequence[Mapping[str, object]] = (),
) -> Judgement:
    """Do what the port promises, in the caller's thread."""
    if version not in known_versions():
        first, last = known_versions()[0], known_versions()[-1]
        why = f"no schemas of Kubernetes {version} are known, those of {first} to {last} are"
        suggestion = "Judge by one of these, or bring Headway up to date"
        return Judgement(
            unjudged=tuple(
                Unjudged(rule=SCHEMA, object=key_of(one), why=why, suggestion=suggestion) for one in objects
            )
        )
    defined = Definitions(definitions)
    found = [one for each in objects for one in _judge(each, version, defined)]
    return Judgement(
        violations=tuple(one for one in found if isinstance(one, Violation)),
        unjudged=tuple(one for one in found if isinstance(one, Unjudged)),
    )


def _judge(
    found: Mapping[str, object], version: KubernetesVersion, defined: Definitions
) -> Iterator[Violation | Unjudged]:
    key = key_of(found)
    if not key.api_version or not key.kind:
        lacking = "apiVersion" if not key.api_version else "kind"
        message = f"it has no {lacking}, so it is no Kubernetes object. Add {lacking}: …"
        yield Violation(rule=SCHEMA, object=key, path=lacking, message=message)
        return
    if not key.name and _is_nameless(found):
        yield Violation(rule=SCHEMA, object=key, path="metadata.name", message="it is missing. Add name: …")
    api = ApiKind(key.api_version, key.kind)
    group = key.api_version.rpartition("/")[0]
    if api in kinds_of(version):
        if warning := ending(version, api):
            yield Violation(rule=DEPRECATED_API, object=key, path="apiVersion", message=warning)
        yield from _mistakes(key, native_validator(version, api), found)
    elif gone := ended(version, api):
        yield Violation(rule=REMOVED_API, object=key, path="apiVersion", message=gone)
    elif is_of_kubernetes(version, group):
        yield Violation(rule=SCHEMA, object=key, path="apiVersion", message=absent(version, api))
    else:
        yield from _judge_custom(found, key, version, defined)


def _is_nameless(found: Mapping[str, object]) -> bool:
    """Say whether an object has no name and asks for none: no schema requires one, and every server does."""
    metadata = found.get("metadata")
    return not isinstance(metadata, dict) or not (metadata.get("name") or metadata.get("generateName"))


def _judge_custom(
    found: Mapping[str, object], key: ObjectKey, version: KubernetesVersion, defined: Definitions
) -> Iterator[Violation | Unjudged]:
    group, _, name = key.api_version.rpartition("/")
    try:
        versions = defined.of(version, group, key.kind)
    except Unreadable as error:
        yield Unjudged(rule=SCHEMA, object=key, why=str(error), suggestion="Mend the definition")
        return
    if versions is None:
        yield _undefined(key, defined.kinds(group))
        return
    if (custom := versions.get(name)) is None:
        served = " or ".join(f"{group}/{one.name}" for one in versions.values() if one.served)
        message = f"its definition has no version {name}. Write apiVersion: {served}"
        yield Violation(rule=SCHEMA, object=key, path="apiVersion", message=message)
        return
    if not custom.served:
        served = " or ".join(f"{group}/{one.name}" for one in versions.values() if one.served)
        message = f"its definition does not serve {name} any more. Write apiVersion: {served or '…'}"
        yield Violation(rule=REMOVED_API, object=key, path="apiVersion", message=message)
        return
    if custom.deprecated:
        message = f"{key.api_version} {key.kind}: {custom.deprecated}"
        yield Violation(rule=DEPRECATED_API, object=key, path="apiVersion", message=message)
    yield from _mistakes(key, custom, found)


def _undefined(key: ObjectKey, beside: Sequence[str]) -> Unjudged:
    defined = f" (defined in {key.api_version.rpartition('/')[0]}: {', '.join(beside)})" if beside else ""
    return Unjudged(
        rule=SCHEMA,
        object=key,
        why=f"no schema for {key.api_version} {key.kind}{defined}",
        suggestion="Put its CustomResourceDefinition among the estate's manifests",
    )


def _mistakes(
    key: ObjectKey, validator: Validator | CustomVersion, found: Mapping[str, object]
) -> Iterator[Violation]:
    try:
        told = sorted(set(validator.mistakes(found)), key=_place)
    except ValueError:
        told = [((), _NO_JSON)]
    for path, message in told[:_MOST_TOLD]:
        yield Violation(rule=SCHEMA, object=key, path=show_path(path), message=message)
    if len(told) > _MOST_TOLD:
        message = f"it has {len(told) - _MOST_TOLD} mistakes more. Mend these first"
        yield Violation(rule=SCHEMA, object=key, message=message)


def _place(told: tuple[FieldPath, str]) -> tuple[list[tuple[int, int, str]], str]:
    """Order places as they stand in an object: positions by number, fields by name."""
    path, message = told
    return [(0, one, "") if isinstance(one, int) else (1, 0, one) for one in path], message


@cache
def native_validator(version: KubernetesVersion, api: ApiKind) -> Validator:
    """Compile the schema of one of Kubernetes' kinds; a few hundred kinds a version at most."""
    return compile_schema(native_schema(version, api))
