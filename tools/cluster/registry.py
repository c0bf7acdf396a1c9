"""The cluster's image registry, Debian's docker-registry: one address for nodes and host, plain HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.cluster.sandbox import INSIDE, Program

PORT = 5000


@dataclass(frozen=True, kw_only=True)
class Notifications:
    """Where the registry posts its events to."""

    url: str
    """Reached from the node: an address of the host's is `Cluster.host_address`."""
    headers: Mapping[str, str] = field(default_factory=dict)


def write_configuration(folder: Path, notifications: Notifications | None) -> None:
    """Write what `registry` starts with."""
    settings: dict[str, object] = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": "/run/state/registry"}, "delete": {"enabled": True}},
        "http": {"addr": f"0.0.0.0:{PORT}"},
    }
    if notifications is not None:
        endpoint = {
            "name": "headway",
            "url": notifications.url,
            "headers": {name: [value] for name, value in notifications.headers.items()},
            "timeout": "2s",
            "threshold": 5,
            "backoff": "200ms",
        }
        settings["notifications"] = {"endpoints": [endpoint]}
    (folder / "registry.json").write_text(json.dumps(settings))  # JSON is YAML too


def registry() -> Program:
    """Give the registry."""
    return Program(name="registry", argv=["docker-registry", "serve", f"{INSIDE}/registry.json"])


def trust(folder: Path, address: str) -> None:
    """Let the node pull from a registry over plain HTTP; containerd looks at each pull."""
    hosts = folder / "registries" / address
    hosts.mkdir(parents=True, exist_ok=True)
    (hosts / "hosts.toml").write_text(f'[host."http://{address}"]\ncapabilities = ["pull", "resolve"]\n')
