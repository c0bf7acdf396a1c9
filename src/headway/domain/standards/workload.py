"""What runs pods, as rules over several objects see it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from headway.domain.standards.judgement import ObjectKey
from headway.domain.standards.manifest import key_of

_TEMPLATE = {
    ("", "Pod"): (),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
"""Where its pods are described, by group and kind."""
_SCALED = frozenset({"Deployment", "StatefulSet"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """An object that runs pods."""

    key: ObjectKey
    labels: Mapping[str, object]
    annotations: Mapping[str, object]
    pod_labels: Mapping[str, object]
    replicas: int
    """As written; 1 where nothing is, as a server takes it."""

    @property
    def is_scaled(self) -> bool:
        """It runs as many pods as are asked for, and goes on."""
        return self.key.kind in _SCALED


def workloads_in(objects: Sequence[Mapping[str, object]], namespace: str) -> Iterator[Workload]:
    """Give what runs pods and has no owner, each in its namespace."""
    for one in objects:
        key = in_namespace(one, namespace)
        place = _TEMPLATE.get((group_of(key), key.kind))
        if place is None or fields_at(one, "metadata").get("ownerReferences"):
            continue
        replicas = fields_at(one, "spec").get("replicas")
        yield Workload(
            key=key,
            labels=fields_at(one, "metadata", "labels"),
            annotations=fields_at(one, "metadata", "annotations"),
            pod_labels=fields_at(one, *place, "metadata", "labels"),
            replicas=replicas if isinstance(replicas, int) else 1,
        )


def in_namespace(manifest: Mapping[str, object], namespace: str) -> ObjectKey:
    """Give an object's key; what names no namespace goes into this one."""
    key = key_of(manifest)
    return key if key.namespace else replace(key, namespace=namespace)


def group_of(key: ObjectKey) -> str:
    """Give the group of an object's API; empty: the core's."""
    return key.api_version.rpartition("/")[0]


def fields_at(manifest: Mapping[str, object], *path: str) -> Mapping[str, object]:
    """Give a mapping inside an object; empty where there is none."""
    found: object = manifest
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
