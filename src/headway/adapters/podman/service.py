"""Kubernetes Services as the engine serves them: a stable virtual address and ports; pure.

A headless Service (clusterIP: None) gets a virtual address too: its name then answers with one address that
always leads to a ready pod.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headway.domain.names import EnvironmentName, InstanceName


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ServiceKey:
    """Names a Service inside an environment."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePort:
    """One port of a Service."""

    port: int
    target: int | str
    """A number, or the name of a container's port."""
    http: bool
    node_port: int | None
    """Published on 127.0.0.1; None: not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One Service and whose it is."""

    key: ServiceKey
    environment: EnvironmentName
    instance: InstanceName
    artifact: str
    selector: Mapping[str, str]
    """Empty: it leads nowhere."""
    ports: tuple[ServicePort, ...]

    def selects(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Say whether a pod is behind this Service."""
        return (
            bool(self.selector)
            and namespace == self.key.namespace
            and all(labels.get(name) == value for name, value in self.selector.items())
        )


def services_of(
    environment: EnvironmentName,
    instance: InstanceName,
    namespace: str,
    artifact: str,
    documents: Sequence[Mapping[str, Any]],
) -> tuple[Service, ...]:
    """Read the Services among an artifact's documents; UDP ports and ExternalName are passed over."""
    found = []
    for document in documents:
        spec = document.get("spec") or {}
        if document.get("kind") != "Service" or spec.get("type") == "ExternalName":
            continue
        published = spec.get("type") in {"NodePort", "LoadBalancer"}
        balanced = spec.get("type") == "LoadBalancer"
        found.append(
            Service(
                key=ServiceKey(namespace=namespace, name=str(document["metadata"]["name"])),
                environment=environment,
                instance=instance,
                artifact=artifact,
                selector={str(k): str(v) for k, v in (spec.get("selector") or {}).items()},
                ports=tuple(
                    _port(port, published=published, balanced=balanced)
                    for port in spec.get("ports") or ()
                    if port.get("protocol", "TCP") == "TCP"
                ),
            )
        )
    return tuple(found)


def _port(port: Mapping[str, Any], *, published: bool, balanced: bool) -> ServicePort:
    """Read one port; it is HTTP when its appProtocol or its name (``http``, ``http-…``) says so."""
    name, protocol = str(port.get("name", "")), str(port.get("appProtocol", ""))
    node_port = port.get("nodePort") or (port["port"] if balanced else None)
    return ServicePort(
        port=int(port["port"]),
        target=port.get("targetPort", port["port"]),
        http=protocol == "http"
        or (not protocol and name.startswith("http") and not name.startswith("https")),
        node_port=int(node_port) if published and node_port else None,
    )
