"""What a server adds to an object before policies see it: the common defaults, nothing that it alone knows.

`DEFAULTS` says which kinds; what is set stands in the reference of the standards' language. A quantity is
written as the server writes it, and `status` is the server's: what a manifest says there is dropped. Pure:
the given object is not changed.
"""

import base64
from collections.abc import Callable, Mapping
from typing import cast

from headway.adapters.policies.pod_defaults import (
    Fields,
    add,
    default_containers,
    default_pod,
    host_ports,
    quality_of_service,
    written_quantities,
)
from headway.adapters.policies.resources import BUILT_IN

_KEPT_LISTS = frozenset({"containers", "rules"})
"""Lists that stay in the object when they are empty."""
_LEFT_OUT = frozenset(
    {"labels", "annotations", "matchLabels", "data", "binaryData", "stringData", "nodeSelector"}
    | {"limits", "requests"}
)
"""Mappings that do not."""
_DEPLOYMENT: Fields = {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}
_POD: Fields = {
    "enableServiceLinks": True,
    "serviceAccountName": "default",
    "priority": 0,
    "preemptionPolicy": "PreemptLowerPriority",
}
_STATEFUL_SET: Fields = {
    "replicas": 1,
    "podManagementPolicy": "OrderedReady",
    "revisionHistoryLimit": 10,
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
}


def with_defaults(manifest: Mapping[str, object], namespace: str) -> Fields:
    """Give an object with the defaults of its kind, in its namespace."""
    found = cast(Fields, _copy(manifest))
    metadata = found.get("metadata")
    if namespace and isinstance(metadata, dict):
        metadata["namespace"] = namespace
    group = str(found.get("apiVersion", "")).rpartition("/")[0]
    kind = (group, str(found.get("kind")))
    if kind in BUILT_IN:
        found = cast(Fields, _without_nothing(found))
    if kind in DEFAULTS:
        DEFAULTS[kind](found)
    return found


def _copy(value: object) -> object:
    """Copy plain values; several times as fast as `deepcopy`."""
    if isinstance(value, Mapping):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _without_nothing(value: object) -> object:
    """Leave out null and, as the types of Kubernetes' own kinds do, lists and mappings of nothing."""
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_nothing(one) for key, one in value.items() if not _is_nothing(key, one)}


def _is_nothing(key: object, value: object) -> bool:
    if isinstance(value, list):
        return not value and key not in _KEPT_LISTS
    return value is None or (value == {} and key in _LEFT_OUT)


def _spec(found: Fields) -> Fields:
    return cast(Fields, spec) if isinstance(spec := found.setdefault("spec", {}), dict) else {}


def _own_status(found: Fields) -> None:
    found["status"] = {}


def _template(spec: Fields) -> None:
    template = spec.get("template")
    if isinstance(template, dict):
        template.setdefault("metadata", {})
        default_pod(template.get("spec"))


def _deployment(found: Fields) -> None:
    spec = _spec(found)
    add(spec, _DEPLOYMENT)
    strategy = spec.setdefault("strategy", {})
    if isinstance(strategy, dict):
        add(strategy, {"type": "RollingUpdate"})
        if strategy["type"] == "RollingUpdate":
            add(strategy, {"rollingUpdate": {}})
            add(strategy["rollingUpdate"], {"maxUnavailable": "25%", "maxSurge": "25%"})
    _template(spec)
    _own_status(found)


def _stateful_set(found: Fields) -> None:
    spec = _spec(found)
    add(spec, _STATEFUL_SET)
    strategy = spec.setdefault("updateStrategy", {})
    if isinstance(strategy, dict):
        add(strategy, {"type": "RollingUpdate"})
        if strategy["type"] == "RollingUpdate":
            add(strategy, {"rollingUpdate": {}})
            add(strategy["rollingUpdate"], {"partition": 0})
    for claim in spec.get("volumeClaimTemplates") or []:
        if isinstance(claim, dict):
            add(claim, {"apiVersion": "v1", "kind": "PersistentVolumeClaim"})
            _claim(claim)
            claim["status"] = {"phase": "Pending"}
    _template(spec)
    found["status"] = {"replicas": 0, "availableReplicas": 0}


def _daemon_set(found: Fields) -> None:
    spec = _spec(found)
    add(spec, {"revisionHistoryLimit": 10})
    strategy = spec.setdefault("updateStrategy", {})
    if isinstance(strategy, dict):
        add(strategy, {"type": "RollingUpdate"})
        if strategy["type"] == "RollingUpdate":
            add(strategy, {"rollingUpdate": {}})
            add(strategy["rollingUpdate"], {"maxUnavailable": 1, "maxSurge": 0})
    _template(spec)
    numbers = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
    found["status"] = dict.fromkeys(numbers, 0)


def _replica_set(found: Fields) -> None:
    spec = _spec(found)
    add(spec, {"replicas": 1})
    _template(spec)
    found["status"] = {"replicas": 0}


def _job(found: Fields) -> None:
    spec = _spec(found)
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    add(
        spec,
        {
            "parallelism": 1,
            "backoffLimit": 6,
            "completionMode": "NonIndexed",
            "suspend": False,
            "podReplacementPolicy": "TerminatingOrFailed" if "podFailurePolicy" not in spec else "Failed",
            "manualSelector": False,
        },
    )
    _template(spec)
    _own_status(found)


def _cron_job(found: Fields) -> None:
    spec = _spec(found)
    add(
        spec,
        {
            "concurrencyPolicy": "Allow",
            "suspend": False,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
        },
    )
    job = spec.get("jobTemplate")
    if isinstance(job, dict):
        job.setdefault("metadata", {})
        if isinstance(below := job.get("spec"), dict):
            _template(below)
    _own_status(found)


def _pod(found: Fields) -> None:
    spec = _spec(found)
    add(spec, _POD)
    tolerations = spec.setdefault("tolerations", [])
    if isinstance(tolerations, list):
        for state in ("not-ready", "unreachable"):
            tolerations.append(
                {
                    "key": f"node.kubernetes.io/{state}",
                    "operator": "Exists",
                    "effect": "NoExecute",
                    "tolerationSeconds": 300,
                }
            )
    add(spec, {"serviceAccount": spec["serviceAccountName"]})
    default_pod(spec)
    for name in ("initContainers", "containers"):
        default_containers(spec.get(name), requests_from_limits=True)
    host_ports(spec)
    found["status"] = {"phase": "Pending", "qosClass": quality_of_service(spec)}


def _service(found: Fields) -> None:
    spec = _spec(found)
    add(spec, {"sessionAffinity": "None", "type": "ClusterIP"})
    if spec["type"] != "ExternalName":
        add(spec, {"internalTrafficPolicy": "Cluster"})
    if spec["type"] in {"NodePort", "LoadBalancer"}:
        add(spec, {"externalTrafficPolicy": "Cluster"})
    if spec["type"] == "LoadBalancer":
        add(spec, {"allocateLoadBalancerNodePorts": True})
    for port in spec.get("ports") or []:
        if isinstance(port, dict):
            add(port, {"protocol": "TCP", "targetPort": port.get("port")})
    found["status"] = {"loadBalancer": {}}


def _claim(found: Fields) -> None:
    spec = _spec(found)
    add(spec, {"volumeMode": "Filesystem", "resources": {}})
    written_quantities(spec.get("resources"))
    _own_status(found)


def _network_policy(found: Fields) -> None:
    spec = _spec(found)
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    for direction in ("ingress", "egress"):
        for rule in spec.get(direction) or []:
            for port in (rule.get("ports") or []) if isinstance(rule, dict) else []:
                add(port, {"protocol": "TCP"})


def _secret(found: Fields) -> None:
    add(found, {"type": "Opaque"})
    texts = found.pop("stringData", None)
    if isinstance(texts, dict):
        add(found, {"data": {}})
        for name, text in texts.items():
            found["data"][name] = base64.b64encode(str(text).encode()).decode()


def _autoscaler(found: Fields) -> None:
    add(_spec(found), {"minReplicas": 1})
    found["status"] = {"desiredReplicas": 0, "currentMetrics": None}


def _ingress(found: Fields) -> None:
    found["status"] = {"loadBalancer": {}}


def _budget(found: Fields) -> None:
    numbers = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    found["status"] = dict.fromkeys(numbers, 0)


DEFAULTS: Mapping[tuple[str, str], Callable[[Fields], None]] = {
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Pod"): _pod,
    ("", "Secret"): _secret,
    ("", "Service"): _service,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("batch", "CronJob"): _cron_job,
    ("batch", "Job"): _job,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("networking.k8s.io", "NetworkPolicy"): _network_policy,
    ("policy", "PodDisruptionBudget"): _budget,
}
"""By group and kind; all others are judged as they are written."""
