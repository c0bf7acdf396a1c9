"""What the simulated engine shows of an instance: for each artifact a Deployment and a Service."""

import asyncio
from datetime import datetime, timedelta

from headway.domain.deployment import ArtifactHealth, DeploymentState
from headway.domain.live import (
    ContainerState,
    LastExit,
    LiveContainer,
    LiveInstance,
    LivePod,
    LiveResource,
    LogLine,
    LogRequest,
    LogTail,
    ResourceHealth,
    unknown_container,
)
from headway.domain.lock import LockEntry, LockFile
from headway.domain.log_text import log_tail
from headway.domain.names import InstanceName

MAIN = "main"


class SimulatedLive:
    """Answers as scripted; without a script as the artifacts' health says."""

    def __init__(self) -> None:
        self.scripted: dict[InstanceName, LiveInstance] = {}
        """What is shown of an instance in place of what its lock would make."""
        self.logs: dict[tuple[str, str, bool], tuple[str, ...]] = {}
        """Lines by pod, container and whether they are of the run before."""
        self.lags = timedelta(0)
        """How long before the present lines were written."""
        self.is_silent = False
        """It takes every question and never answers."""

    async def show(
        self, name: InstanceName, lock: LockFile | None, health: dict[str, ArtifactHealth], now: datetime
    ) -> LiveInstance:
        """Give what runs of an instance."""
        await self._answers()
        if name in self.scripted:
            return self.scripted[name]
        if lock is None:
            return LiveInstance()
        return LiveInstance(
            resources=tuple(
                resource
                for artifact, entry in lock.entries.items()
                for resource in _resources(artifact, entry, health[artifact], now)
            )
        )

    async def log(self, request: LogRequest, shown: LiveInstance, now: datetime) -> LogTail:
        """Give the lines of a container that is shown."""
        pods = [pod for one in shown.resources for pod in one.pods if pod.name == request.pod]
        found = [one for pod in pods for one in pod.containers if one.name == request.container]
        if not found:
            raise unknown_container(request)
        said = () if request.is_previous and found[0].last_exit is None else (f"{request.pod} begins",)
        lines = self.logs.get((request.pod, request.container, request.is_previous), said)
        return log_tail([LogLine(at=now - self.lags, text=one) for one in lines], request, is_cut=False)

    async def _answers(self) -> None:
        if self.is_silent:
            await asyncio.Event().wait()


def _resources(
    artifact: str, entry: LockEntry, health: ArtifactHealth, now: datetime
) -> tuple[LiveResource, ...]:
    pod = LivePod(
        name=f"{artifact}-0",
        is_ready=health.state is DeploymentState.HEALTHY,
        created_at=now,
        containers=(_container(entry, health, now),),
    )
    return (
        LiveResource(
            artifact=artifact,
            kind="Deployment",
            name=artifact,
            health=ResourceHealth(health.state),
            words=health.words,
            pods=(pod,),
        ),
        LiveResource(artifact=artifact, kind="Service", name=artifact, health=ResourceHealth.HEALTHY),
    )


def _container(entry: LockEntry, health: ArtifactHealth, now: datetime) -> LiveContainer:
    has_crashed = health.state is DeploymentState.FAILED
    return LiveContainer(
        name=MAIN,
        state=ContainerState.WAITING if has_crashed else ContainerState.RUNNING,
        words="it is started again" if has_crashed else "",
        is_ready=health.state is DeploymentState.HEALTHY,
        restarts=1 if has_crashed else 0,
        image=entry.reference or "",
        digest=entry.digest,
        is_locked=True if entry.digest else None,
        since=now,
        last_exit=LastExit(exit_code=1, reason="Error", at=now) if has_crashed else None,
    )
