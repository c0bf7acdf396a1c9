"""An instance as the engine holds it: what its branch asked for last, read into workloads and services.

What a branch asked for last is kept on disk, so that an agent that starts while Git is away, or whose
instance became unreadable, goes on serving it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headway.adapters.podman.fields import Unsupported, unsupported
from headway.adapters.podman.json_file import read_json, write_json
from headway.adapters.podman.service import Service, services_of
from headway.adapters.podman.workload import Workload, config_maps_of, workloads_of
from headway.app.ports import DesiredEnvironment, DesiredInstance
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId, TreeId, parse_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldInstance:
    """One instance, ready to be worked on."""

    name: InstanceName
    desired: DesiredInstance
    workloads: tuple[Workload, ...]
    services: tuple[Service, ...]
    gaps: Mapping[str, tuple[Unsupported, ...]]
    """What each artifact asks for in vain."""
    frozen: str = ""
    """Why it is left as it runs though its branch does not name it now; empty: it is named."""


class HeldInstances:
    """All instances of one environment that its branch ever named and nobody retired."""

    def __init__(self, path: Path, environment: EnvironmentName) -> None:
        self._path = path
        self._environment = environment
        self.by_name: dict[InstanceName, HeldInstance] = {}
        for entry in read_json(path).get("instances", []):
            desired = _parse(entry)
            self.by_name[desired.instance] = self._hold(desired, "")

    def take(self, read: DesiredEnvironment) -> bool:
        """Take in what was read; True: something changed."""
        before = dict(self.by_name)
        for name, desired in read.instances.items():
            held = self.by_name.get(name)
            if held is None or held.desired != desired or held.frozen:
                self.by_name[name] = self._hold(desired, "")
        for name, held in self.by_name.items():
            if name in read.instances:
                continue
            why = read.unreadable.get(name)
            words = f"its files cannot be read: {why}" if why else "the branch names it no more"
            self.by_name[name] = self._hold(held.desired, f"left as it runs: {words}")
        if before == self.by_name:
            return False
        write_json(self._path, {"instances": [_as_json(held.desired) for held in self.by_name.values()]})
        return True

    def _hold(self, desired: DesiredInstance, frozen: str) -> HeldInstance:
        name, namespace = desired.instance, desired.namespace
        config_maps = config_maps_of([d for documents in desired.artifacts.values() for d in documents])
        workloads: list[Workload] = []
        services: list[Service] = []
        for artifact, documents in desired.artifacts.items():
            place = (self._environment, name, namespace, artifact)
            workloads += workloads_of(*place, documents, config_maps=config_maps)
            services += services_of(*place, documents)
        return HeldInstance(
            name=name,
            desired=desired,
            workloads=tuple(workloads),
            services=tuple(services),
            gaps={
                artifact: tuple(unsupported(documents)) for artifact, documents in desired.artifacts.items()
            },
            frozen=frozen,
        )


def _as_json(desired: DesiredInstance) -> dict[str, Any]:
    return {
        "instance": str(desired.instance),
        "namespace": desired.namespace,
        "promotion_id": desired.promotion_id,
        "revision": desired.revision,
        "artifacts": {name: list(documents) for name, documents in desired.artifacts.items()},
        "renderings": dict(desired.renderings),
    }


def _parse(entry: Mapping[str, Any]) -> DesiredInstance:
    return DesiredInstance(
        instance=parse_instance(entry["instance"]),
        namespace=entry["namespace"],
        promotion_id=PromotionId(entry["promotion_id"]),
        revision=CommitId(entry["revision"]),
        artifacts={name: tuple(documents) for name, documents in entry["artifacts"].items()},
        renderings={name: TreeId(tree) for name, tree in entry["renderings"].items()},
    )
