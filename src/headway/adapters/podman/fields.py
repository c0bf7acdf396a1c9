"""Which kinds and fields of Kubernetes this engine does, passes over harmlessly, or does not enforce.

docs/reference/podman-engine.md lists the same tables; a test reads one against the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DONE_KINDS = {
    "ConfigMap": "resolved into the pods that name it",
    "Deployment": "pods, replicas, rollouts",
    "Job": "run once for each promotion that changes its rendering",
    "PersistentVolumeClaim": "a podman volume that stays",
    "Pod": "kept running, replaced as a Deployment's pod is",
    "Service": "a virtual address, names, published ports (TCP)",
}

IGNORED_KINDS = {
    "ClusterRole": "nothing here asks for permission",
    "ClusterRoleBinding": "nothing here asks for permission",
    "HorizontalPodAutoscaler": "replicas stay as they are written",
    "Namespace": "an instance's namespace exists by itself",
    "PodDisruptionBudget": "nothing disrupts pods but rollouts",
    "PriorityClass": "one machine, no scheduling",
    "Role": "nothing here asks for permission",
    "RoleBinding": "nothing here asks for permission",
    "ServiceAccount": "nothing here asks for permission",
}

UNSUPPORTED_KINDS = {
    "CronJob": "it would never run",
    "DaemonSet": "it would not run; write a Deployment",
    "Ingress": "no traffic would reach it; publish a NodePort",
    "NetworkPolicy": "traffic would not be restricted",
    "ReplicaSet": "it would not run; write a Deployment",
    "ReplicationController": "it would not run; write a Deployment",
    "Secret": "values do not belong in manifests; create a podman secret",
    "StatefulSet": "it would not run; write a Deployment with a volume claim",
}

BLOCKING_KINDS = frozenset({"CronJob", "DaemonSet", "ReplicaSet", "ReplicationController", "StatefulSet"})
"""Kinds that would silently not run: an artifact that holds one never becomes healthy here."""

IGNORED_FIELDS = {
    "affinity": "one machine, no scheduling",
    "automountServiceAccountToken": "there is no such token",
    "enableServiceLinks": "names are answered by DNS",
    "imagePullSecrets": "podman's own login is used",
    "lifecycle.preStop.sleep": "a pod gets no new requests before it ends",
    "nodeSelector": "one machine, no scheduling",
    "preemptionPolicy": "one machine, no scheduling",
    "priorityClassName": "one machine, no scheduling",
    "schedulerName": "one machine, no scheduling",
    "serviceAccountName": "nothing here asks for permission",
    "tolerations": "one machine, no scheduling",
    "topologySpreadConstraints": "one machine, no scheduling",
}

UNSUPPORTED_FIELDS = {
    "hostIPC": "the pod keeps its own",
    "hostNetwork": "the pod keeps its own",
    "hostPID": "the pod keeps its own",
    "runtimeClassName": "runc is used",
    "shareProcessNamespace": "each container keeps its own",
}

UNSUPPORTED_CONTAINER_FIELDS = {
    "envFrom.secretRef.prefix": "names are taken without it",
    "lifecycle": "its hooks would not run; draining comes before SIGTERM",
    "securityContext.runAsNonRoot": "without runAsUser an image that runs as root is not refused",
    "volumeDevices": "block devices are not passed on",
}

UNSUPPORTED_OTHERS = {
    "Job.completions": "a Job runs once",
    "Job.parallelism": "a Job runs once",
    "Job.suspend": "a Job runs at once",
    "Service.ExternalName": "its name would not be answered",
    "Service.SCTP": "only TCP is carried",
    "Service.UDP": "only TCP is carried",
    "Service.sessionAffinity": "requests go to any ready pod",
    "probe.grpc": "it would not be asked",
}


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Unsupported:
    """Something that a manifest asks for and this engine does not enforce."""

    kind: str
    name: str
    field: str
    """Empty: the whole object."""
    words: str

    @property
    def blocks(self) -> bool:
        """Whether the artifact cannot be healthy without it."""
        return not self.field and self.kind in BLOCKING_KINDS


def unsupported(documents: Sequence[Mapping[str, Any]]) -> list[Unsupported]:
    """List what documents ask for in vain, sorted; harmless fields are not among it."""
    return sorted({found for document in documents for found in _in_document(document)})


def _in_document(document: Mapping[str, Any]) -> Iterator[Unsupported]:
    kind, name = str(document.get("kind")), str((document.get("metadata") or {}).get("name", ""))
    spec = document.get("spec") or {}
    if kind not in DONE_KINDS:
        if kind not in IGNORED_KINDS:
            words = UNSUPPORTED_KINDS.get(kind, "this engine does not know the kind")
            yield Unsupported(kind=kind, name=name, field="", words=words)
        return
    for field, words in _in_spec(kind, spec):
        yield Unsupported(kind=kind, name=name, field=field, words=words)


def _in_spec(kind: str, spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if kind == "Service":
        yield from _in_service(spec)
    if kind == "Job":
        for field in ("completions", "parallelism"):
            if int(spec.get(field) or 1) != 1:
                yield field, UNSUPPORTED_OTHERS[f"Job.{field}"]
        if spec.get("suspend"):
            yield "suspend", UNSUPPORTED_OTHERS["Job.suspend"]
    pod = spec if kind == "Pod" else (spec.get("template") or {}).get("spec") or {}
    for field, words in UNSUPPORTED_FIELDS.items():
        if pod.get(field):
            yield field, words
    for container in [*(pod.get("initContainers") or ()), *(pod.get("containers") or ())]:
        yield from _in_container(container, pod.get("securityContext") or {})


def _hooks(lifecycle: Mapping[str, Any]) -> bool:
    """Say whether hooks would have to run; a pause before the end is what draining is here anyway."""
    return any(set(hook or {"": None}) != {"sleep"} or when != "preStop" for when, hook in lifecycle.items())


def _in_service(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if spec.get("type") == "ExternalName":
        yield "type", UNSUPPORTED_OTHERS["Service.ExternalName"]
    if spec.get("sessionAffinity", "None") != "None":
        yield "sessionAffinity", UNSUPPORTED_OTHERS["Service.sessionAffinity"]
    for port in spec.get("ports") or ():
        if port.get("protocol", "TCP") != "TCP":
            yield (
                "ports.protocol",
                UNSUPPORTED_OTHERS.get(f"Service.{port['protocol']}", "only TCP is carried"),
            )


def _in_container(container: Mapping[str, Any], of_pod: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Find what a container asks for; `of_pod` is the pod's security context, which it may overrule."""
    if _hooks(container.get("lifecycle") or {}):
        yield "lifecycle", UNSUPPORTED_CONTAINER_FIELDS["lifecycle"]
    if container.get("volumeDevices"):
        yield "volumeDevices", UNSUPPORTED_CONTAINER_FIELDS["volumeDevices"]
    security = {**of_pod, **(container.get("securityContext") or {})}
    if security.get("runAsNonRoot") and not security.get("runAsUser"):
        yield "securityContext.runAsNonRoot", UNSUPPORTED_CONTAINER_FIELDS["securityContext.runAsNonRoot"]
    for source in container.get("envFrom") or ():
        if "secretRef" in source and source.get("prefix"):
            yield "envFrom.secretRef.prefix", UNSUPPORTED_CONTAINER_FIELDS["envFrom.secretRef.prefix"]
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        if "grpc" in (container.get(probe) or {}):
            yield f"{probe}.grpc", UNSUPPORTED_OTHERS["probe.grpc"]
