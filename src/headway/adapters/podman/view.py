"""Looks at one instance when somebody asks: podman now, and what the engine's last pass found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headway.adapters.podman.environment import EnvironmentRun
from headway.adapters.podman.held_instance import HeldInstance
from headway.adapters.podman.live_pod import LivePod
from headway.adapters.podman.log_file import read_log
from headway.adapters.podman.looking import Look, find_container, live_instance, run_began
from headway.adapters.podman.pod_start import claim_volume
from headway.adapters.podman.podman import Podman
from headway.adapters.podman.settings import AgentSettings
from headway.adapters.podman.workload import WorkloadKey, document_name
from headway.domain.errors import Transient
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.names import EnvironmentName, InstanceName

_DRIVER = "k8s-file"


class View:
    """What one engine shows; safe to use concurrently with its passes."""

    def __init__(self, settings: AgentSettings, podman: Podman) -> None:
        self._settings = settings
        self._podman = podman

    async def live(
        self, run: EnvironmentRun, environment: EnvironmentName, name: InstanceName, held: HeldInstance | None
    ) -> LiveInstance:
        """Give an instance's objects and pods.

        Raises:
            Transient: podman does not answer.
        """
        pods = await self._pods(environment, name)
        inspected = await self._podman.inspect([one.id for pod in pods for one in pod.containers])
        look = Look(
            pods=pods,
            inspected=inspected,
            last_pass=run.last_pass,
            endings=run.pods.endings,
            restarts=run.pods.restarts,
            claims=await self._claims(environment, held) if held is not None else frozenset(),
        )
        return live_instance(held, look)

    async def log(self, run: EnvironmentRun, request: LogRequest) -> LogTail:
        """Give the last lines of a container of the instance that is named, and of no other.

        Raises:
            Transient: podman does not answer, or the log cannot be read.
            UsageError: `container-unknown`.
        """
        container = find_container(await self._pods(request.environment, request.instance), request)
        told = (await self._podman.inspect([container.id])).get(container.id, {})
        kept: Mapping[str, Any] = (told.get("HostConfig") or {}).get("LogConfig") or {}
        if kept.get("Type") != _DRIVER or not kept.get("Path"):
            raise _unreadable(request, f"podman keeps it by {kept.get('Type') or 'nothing that it tells'}")
        try:
            began = run_began(told, run.pods.restarts.get(container.id))
            return await read_log(Path(str(kept["Path"])), request, began=began)
        except OSError as refused:
            raise _unreadable(request, refused.strerror or "its file cannot be read") from refused

    async def _pods(self, environment: EnvironmentName, name: InstanceName) -> list[LivePod]:
        pods = (await self._podman.pods()).values()
        return [pod for pod in pods if (pod.key.environment, pod.key.instance) == (environment, name)]

    async def _claims(self, environment: EnvironmentName, held: HeldInstance) -> frozenset[str]:
        documents = [one for those in held.desired.artifacts.values() for one in those]
        names = {document_name(one) for one in documents if one.get("kind") == "PersistentVolumeClaim"}
        volumes = {name: claim_volume(self._settings.name, _place(environment, held), name) for name in names}
        return frozenset(
            [name for name, volume in volumes.items() if await self._podman.exists("volume", volume)]
        )


def _place(environment: EnvironmentName, held: HeldInstance) -> WorkloadKey:
    return WorkloadKey(
        environment=environment,
        instance=held.name,
        artifact="",
        namespace=held.desired.namespace,
        kind="",
        name="",
    )


def _unreadable(request: LogRequest, why: str) -> Transient:
    return Transient(
        "log-unreadable",
        f"the log of {request.container} in {request.pod} cannot be read",
        why=why,
        next_step=f"look on the machine itself: podman logs {request.pod}-{request.container}",
    )
