"""Schemas in memory: the port `Schemas` for a handful of kinds, of which it knows only the replicas.

Custom resources are known by name and version of their definition alone. Held to the same contract tests as
the real one. Not for concurrent use by threads.
"""

from collections.abc import Iterator, Mapping, Sequence

from headway.domain.kubernetes_version import KubernetesVersion
from headway.domain.standards import Judgement, ObjectKey, Unjudged, Violation
from headway.domain.standards.manifest import key_of
from headway.domain.standards.schema_rules import SCHEMA

_KINDS = frozenset(
    {
        ("v1", "ConfigMap"),
        ("v1", "Service"),
        ("apps/v1", "Deployment"),
        ("batch/v1", "Job"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    }
)
_GROUPS = frozenset(api.rpartition("/")[0] for api, _ in _KINDS)
_KNOWN = frozenset(KubernetesVersion(1, minor) for minor in range(25, 38))


class InMemorySchemas:
    """Judges by next to nothing (`Schemas`)."""

    def __init__(self) -> None:
        self.asked = 0
        """How often."""

    async def judge(
        self,
        objects: Sequence[Mapping[str, object]],
        version: KubernetesVersion,
        definitions: Sequence[Mapping[str, object]] = (),
    ) -> Judgement:
        """See `Schemas.judge`."""
        self.asked += 1
        found = [one for each in objects for one in _judge(each, version, definitions)]
        return Judgement(
            violations=tuple(one for one in found if isinstance(one, Violation)),
            unjudged=tuple(one for one in found if isinstance(one, Unjudged)),
        )


def _judge(
    found: Mapping[str, object], version: KubernetesVersion, definitions: Sequence[Mapping[str, object]]
) -> Iterator[Violation | Unjudged]:
    key = key_of(found)
    if version not in _KNOWN:
        yield _unjudged(key, f"no schemas of Kubernetes {version} are known", "Judge by another")
    elif (key.api_version, key.kind) in _KINDS:
        spec = found.get("spec")
        replicas = spec.get("replicas", 1) if isinstance(spec, Mapping) else 1
        if not isinstance(replicas, int):
            message = "it is no number. Write a number"
            yield Violation(rule=SCHEMA, object=key, path="spec.replicas", message=message)
    elif key.api_version.rpartition("/")[0] in _GROUPS:
        message = f"Kubernetes {version} has no {key.kind} in {key.api_version}. Write another"
        yield Violation(rule=SCHEMA, object=key, path="apiVersion", message=message)
    else:
        yield from _judge_custom(key, definitions)


def _judge_custom(
    key: ObjectKey, definitions: Sequence[Mapping[str, object]]
) -> Iterator[Violation | Unjudged]:
    group, _, name = key.api_version.rpartition("/")
    for one in definitions:
        spec = one.get("spec")
        if not isinstance(spec, Mapping) or (spec["group"], spec["names"]["kind"]) != (group, key.kind):
            continue
        if not any(each["name"] == name and each["served"] for each in spec["versions"]):
            message = f"its definition has no version {name}. Write another"
            yield Violation(rule=SCHEMA, object=key, path="apiVersion", message=message)
        return
    yield _unjudged(key, f"no schema for {key.api_version} {key.kind}", "Put its definition into the estate")


def _unjudged(key: ObjectKey, why: str, suggestion: str) -> Unjudged:
    return Unjudged(rule=SCHEMA, object=key, why=why, suggestion=suggestion)
