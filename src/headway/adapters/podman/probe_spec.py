"""What a manifest says of probes, parsed; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """One probe: exactly one of `path` (HTTP), `tcp` or `command` says how it asks."""

    port: int | str | None = None
    path: str | None = None
    scheme: str = "http"
    headers: tuple[tuple[str, str], ...] = ()
    tcp: bool = False
    command: tuple[str, ...] = ()
    initial_delay_s: float = 0.0
    period_s: float = 10.0
    timeout_s: float = 1.0
    success_threshold: int = 1
    failure_threshold: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerProbes:
    """The probes of one container; None: it has no such probe."""

    container: str
    readiness: ProbeSpec | None = None
    liveness: ProbeSpec | None = None
    startup: ProbeSpec | None = None


def parse_probes(container: Mapping[str, Any]) -> ContainerProbes:
    """Read a container's three probes, with Kubernetes' defaults."""
    return ContainerProbes(
        container=str(container["name"]),
        readiness=_parse(container.get("readinessProbe")),
        liveness=_parse(container.get("livenessProbe")),
        startup=_parse(container.get("startupProbe")),
    )


def _parse(probe: Mapping[str, Any] | None) -> ProbeSpec | None:
    if not probe:
        return None
    http, tcp, command = probe.get("httpGet"), probe.get("tcpSocket"), probe.get("exec")
    if http is None and tcp is None and command is None:
        return None  # gRPC: named as not enforced
    place = http or tcp or {}
    return ProbeSpec(
        port=place.get("port"),
        path=str(http.get("path", "/")) if http else None,
        scheme=str((http or {}).get("scheme", "http")).lower(),
        headers=tuple((str(h["name"]), str(h["value"])) for h in (http or {}).get("httpHeaders") or ()),
        tcp=tcp is not None,
        command=tuple(str(word) for word in (command or {}).get("command") or ()),
        initial_delay_s=float(probe.get("initialDelaySeconds", 0)),
        period_s=float(probe.get("periodSeconds", 10)),
        timeout_s=float(probe.get("timeoutSeconds", 1)),
        success_threshold=int(probe.get("successThreshold", 1)),
        failure_threshold=int(probe.get("failureThreshold", 3)),
    )
