"""What a rendered artifact asks the engine to run: Deployments, Pods and Jobs with their templates; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headway.adapters.podman.pod_template import PodTemplate, resolve_template
from headway.domain.errors import UsageError
from headway.domain.names import EnvironmentName, InstanceName

PROGRESS_DEADLINE_S = 600.0
"""Kubernetes' progressDeadlineSeconds."""
BACKOFF_LIMIT = 6
"""Kubernetes' backoffLimit: how often a Job is tried again after its first failure."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class WorkloadKey:
    """Names a workload on this engine, over all its versions."""

    environment: EnvironmentName
    instance: InstanceName
    artifact: str
    namespace: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One thing to run; `template` is None when it cannot be resolved now, `words` says why."""

    key: WorkloadKey
    replicas: int
    recreate: bool
    template: PodTemplate | None
    words: str = ""
    progress_deadline_s: float = PROGRESS_DEADLINE_S
    min_ready_s: float = 0.0
    backoff_limit: int = BACKOFF_LIMIT
    active_deadline_s: float | None = None
    """How long a Job may take over all its attempts; None: for ever."""


def config_maps_of(documents: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Give the ConfigMaps among documents by name."""
    return {str(d["metadata"]["name"]): d for d in documents if d.get("kind") == "ConfigMap"}


def workloads_of(
    environment: EnvironmentName,
    instance: InstanceName,
    namespace: str,
    artifact: str,
    documents: Sequence[Mapping[str, Any]],
    *,
    config_maps: Mapping[str, Mapping[str, Any]],
) -> tuple[Workload, ...]:
    """Read what an artifact's documents ask to run; `config_maps` are all of the namespace."""
    found = []
    for document in documents:
        kind = str(document.get("kind"))
        if kind not in {"Deployment", "Pod", "Job"}:
            continue
        key = WorkloadKey(
            environment=environment,
            instance=instance,
            artifact=artifact,
            namespace=namespace,
            kind=kind,
            name=str(document["metadata"]["name"]),
        )
        found.append(_workload(key, document, config_maps))
    return tuple(found)


def document_name(document: Mapping[str, Any]) -> str:
    """Give an object's name; empty: it has none."""
    return str((document.get("metadata") or {}).get("name", ""))


def _workload(
    key: WorkloadKey, document: Mapping[str, Any], config_maps: Mapping[str, Mapping[str, Any]]
) -> Workload:
    spec = document.get("spec") or {}
    template, words = None, ""
    try:
        template = resolve_template(
            document if key.kind == "Pod" else spec["template"], key.namespace, config_maps
        )
    except UsageError as refused:
        words = f"{key.kind} {key.name}: {refused.what}: {refused.why}"
    except (KeyError, TypeError, ValueError, AttributeError) as malformed:
        words = f"{key.kind} {key.name} is malformed: {type(malformed).__name__} {malformed}"
    deployment = spec if key.kind == "Deployment" else {}
    job = spec if key.kind == "Job" else {}
    return Workload(
        key=key,
        replicas=int(deployment.get("replicas", 1)),
        recreate=(deployment.get("strategy") or {}).get("type") == "Recreate",
        template=template,
        words=words,
        progress_deadline_s=float(deployment.get("progressDeadlineSeconds", PROGRESS_DEADLINE_S)),
        min_ready_s=float(deployment.get("minReadySeconds", 0)),
        backoff_limit=int(job.get("backoffLimit", BACKOFF_LIMIT)),
        active_deadline_s=float(job["activeDeadlineSeconds"]) if "activeDeadlineSeconds" in job else None,
    )
