"""The schema of one of Kubernetes' own kinds, mended where the published one says too little or too much."""

from collections.abc import Iterator, Mapping

from headway.adapters.schemas.package import ApiKind, Schema, definitions_of, kinds_of
from headway.domain.kubernetes_version import KubernetesVersion

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

QUANTITY = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"
"""As Kubernetes' `resource.Quantity` is parsed."""
_DIGIT = r"[\r\n]*[A-Za-z0-9+/]"
_END = r"[\r\n]*="
BASE64 = rf"^(({_DIGIT}){{4}})*(({_DIGIT}){{2}}({_END}){{2}}|({_DIGIT}){{3}}{_END})?[\r\n]*$"
"""RFC 4648; Go's reader passes line ends over."""
INSTANT = r"^[0-9]{4}(-[0-9]{2}){2}[Tt][0-9]{2}(:[0-9]{2}){2}([.,][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
"""RFC 3339."""
FORMATS: Mapping[str, Schema] = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
    "byte": {"pattern": BASE64},
    "date-time": {"pattern": INSTANT},
}
"""The formats that a server holds values to; it passes every other over, and so do we."""

_EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1"
_INNER = {"$ref": f"#/$defs/{_EXTENSIONS}.JSONSchemaProps"}
_REPLACED: Mapping[str, Schema] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "type": ["string", "integer", "null"],
        **FORMATS["int32"],
    },
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "type": ["string", "number", "null"],
        "pattern": QUANTITY,
    },
    f"{_EXTENSIONS}.JSONSchemaPropsOrBool": {
        "if": {"type": "object"},
        "then": _INNER,
        "else": {"type": ["boolean", "null"]},
    },
    f"{_EXTENSIONS}.JSONSchemaPropsOrArray": {
        "if": {"type": "array"},
        "then": {"items": _INNER},
        "else": _INNER,
    },
}
"""The first two are published as a choice of two, each of which takes null, so that none fits it; the others
as anything at all."""
_NOT_ASKED: Mapping[str, tuple[str, ...]] = {
    "io.k8s.api.apps.v1.StatefulSetSpec": ("serviceName",),
    "io.k8s.api.batch.v1.PodFailurePolicy": ("rules",),
    "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern": ("status",),
    "io.k8s.api.batch.v1.PodFailurePolicyRule": ("onPodConditions",),
    "io.k8s.api.core.v1.HTTPHeader": ("value",),
    "io.k8s.api.core.v1.LimitRangeSpec": ("limits",),
    "io.k8s.api.core.v1.Sysctl": ("value",),
    "io.k8s.api.discovery.v1.EndpointSlice": ("endpoints",),
    "io.k8s.api.networking.v1.NetworkPolicySpec": ("podSelector",),
    "io.k8s.api.rbac.v1.RoleRef": ("apiGroup",),
    "io.k8s.api.scheduling.v1.PriorityClass": ("value",),
    f"{_EXTENSIONS}.CustomResourceDefinitionVersion": ("served",),
}
"""Fields that are published as required and that a server takes as empty where they are missing: newer
schemas no longer require some of them, a real server lets the others pass (tests/cluster/test_schemas.py)."""


def native_schema(version: KubernetesVersion, kind: ApiKind) -> Schema:
    """Give the whole schema of a kind that the version serves; definitions stand under ``$defs``."""
    name = kinds_of(version)[kind]
    reached: dict[str, Schema] = {}
    _reach(version, name, reached)
    top = reached[name]
    if "status" in top.get("properties", {}):
        # A server passes over the status of what it is given, so generators may leave anything there.
        reached[name] = {**top, "properties": {**top["properties"], "status": {}}}
    return {"$schema": DIALECT, "$ref": f"#/$defs/{name}", "$defs": reached}


def object_meta(version: KubernetesVersion) -> dict[str, Schema]:
    """Give the definitions that an object's metadata takes, `OBJECT_META` among them."""
    reached: dict[str, Schema] = {}
    _reach(version, OBJECT_META, reached)
    return reached


def _reach(version: KubernetesVersion, name: str, reached: dict[str, Schema]) -> None:
    if name in reached:
        return
    schema = reached[name] = _mend(name, definitions_of(version)[name])
    for reference in _references(schema):
        _reach(version, reference.rsplit("/", 1)[-1], reached)


def _mend(name: str, schema: Schema) -> Schema:
    if name in _REPLACED:
        return dict(_REPLACED[name])
    mended = _bounded(schema)
    for field in _NOT_ASKED.get(name, ()):
        mended["required"] = [one for one in mended.get("required", ()) if one != field]
        mended["properties"][field] = _or_nothing(mended["properties"][field])
    return mended


def _or_nothing(schema: Schema) -> Schema:
    """Let a plain value be null, which Go reads as the empty one."""
    return {**schema, "type": [schema["type"], "null"]} if isinstance(schema.get("type"), str) else schema


def _bounded(schema: Schema) -> Schema:
    """Write formats as rules; leave out Kubernetes' own remarks, which no validator reads."""
    bounded: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            bounded[key] = {name: _bounded(one) for name, one in value.items()}
        elif key == "format":
            bounded |= FORMATS.get(value, {})
        elif key.startswith("x-"):
            continue
        elif isinstance(value, dict):
            bounded[key] = _or_nothing(_bounded(value)) if key == "items" else _bounded(value)
        else:
            bounded[key] = value
    return bounded


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for below in value.values():
            yield from _references(below)
    elif isinstance(value, list):
        for below in value:
            yield from _references(below)
