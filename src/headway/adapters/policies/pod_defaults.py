"""The defaults of pod specs, and quantities as a server writes them. Changes what it is given."""

import re
from collections.abc import Mapping
from typing import Any

from headway.adapters.policies.functions.quantities import canonical
from headway.adapters.policies.values import EvaluationError

Fields = dict[object, Any]
"""A mapping as YAML gives it."""

_POD: Fields = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
_CONTAINER: Fields = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "resources": {},
}
_PROBE: Fields = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_MODES = ("secret", "configMap", "downwardAPI", "projected")


def add(fields: object, defaults: Mapping[object, object]) -> None:
    """Set what is missing; null is missing."""
    if isinstance(fields, dict):
        for name, value in defaults.items():
            if fields.get(name) is None:
                fields[name] = dict(value) if isinstance(value, dict) else value


def default_pod(spec: object) -> None:
    """Set the defaults of a pod spec and of all in it."""
    if not isinstance(spec, dict):
        return
    add(spec, _POD)
    if spec.get("serviceAccountName") is not None:
        add(spec, {"serviceAccount": spec["serviceAccountName"]})
    for name in ("initContainers", "containers", "ephemeralContainers"):
        default_containers(spec.get(name))
    for volume in _mappings(spec.get("volumes")):
        _volume(volume)


def host_ports(spec: Fields) -> None:
    """Take a pod's ports on the host's network for the host's; in templates a server leaves that out."""
    for name in ("initContainers", "containers") if spec.get("hostNetwork") else ():
        for container in _mappings(spec.get(name)):
            for port in _mappings(container.get("ports")):
                add(port, {"hostPort": port.get("containerPort")})


def quality_of_service(spec: Fields) -> str:
    """Give the class that a server finds a pod to be of."""
    wanted = [one.get("resources") or {} for one in _mappings(spec.get("containers"))]
    amounts = [(one.get("requests") or {}, one.get("limits") or {}) for one in wanted]
    if not any(requests or limits for requests, limits in amounts):
        return "BestEffort"
    sure = all(
        limits.get(name) is not None and requests.get(name) == limits[name]
        for requests, limits in amounts
        for name in ("cpu", "memory")
    )
    return "Guaranteed" if sure else "Burstable"


def default_containers(containers: object, *, requests_from_limits: bool = False) -> None:
    """Set the defaults of containers; a pod's own requests follow its limits."""
    for container in _mappings(containers):
        add(container, _CONTAINER)
        image = str(container.get("image") or "")
        newest = ":latest" in image or not re.search(r"[:@][^/]*$", image)
        add(container, {"imagePullPolicy": "Always" if newest else "IfNotPresent"})
        written_quantities(container["resources"])
        resources = container["resources"]
        if requests_from_limits and isinstance(resources, dict) and isinstance(resources.get("limits"), dict):
            add(resources, {"requests": {}})
            add(resources["requests"], resources["limits"])
        for port in _mappings(container.get("ports")):
            add(port, {"protocol": "TCP"})
        for name in ("livenessProbe", "readinessProbe", "startupProbe"):
            if isinstance(probe := container.get(name), dict):
                add(probe, _PROBE)
                _handler(probe)
        for handler in (container.get("lifecycle") or {}).values():
            _handler(handler)
        for variable in _mappings(container.get("env")):
            source = variable.get("valueFrom")
            if isinstance(source, dict) and "fieldRef" in source:
                add(source["fieldRef"], {"apiVersion": "v1"})
            if isinstance(source, dict) and "resourceFieldRef" in source:
                add(source["resourceFieldRef"], {"divisor": "0"})


def _handler(handler: object) -> None:
    if isinstance(handler, dict):
        add(handler.get("httpGet"), {"path": "/", "scheme": "HTTP"})
        add(handler.get("grpc"), {"service": ""})


def _volume(volume: Fields) -> None:
    if len(volume) == 1:
        volume["emptyDir"] = {}
    for name in _MODES:
        add(volume.get(name), {"defaultMode": 0o644})
    add(volume.get("hostPath"), {"type": ""})
    projected = volume.get("projected")
    for source in _mappings(projected.get("sources") if isinstance(projected, dict) else None):
        add(source.get("serviceAccountToken"), {"expirationSeconds": 3600})
        downward = source.get("downwardAPI")
        for item in _mappings(downward.get("items") if isinstance(downward, dict) else None):
            add(item.get("fieldRef"), {"apiVersion": "v1"})


def _mappings(listed: object) -> list[Fields]:
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def written_quantities(resources: object) -> None:
    """Write limits and requests as the server does; what is no quantity stays as it is."""
    for name in ("limits", "requests"):
        amounts = resources.get(name) if isinstance(resources, dict) else None
        if not isinstance(amounts, dict):
            continue
        for key, value in amounts.items():
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                try:
                    amounts[key] = canonical(str(value))
                except EvaluationError:
                    continue
