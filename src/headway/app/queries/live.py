"""What runs of one instance at this moment, and what its containers wrote. Nothing is kept.

An engine that does not answer makes all of it unknown, and that is what is told.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from headway.app.desk import Desk
from headway.app.queries.status import instance_status
from headway.domain.errors import Transient
from headway.domain.facts import Source
from headway.domain.live import LiveContainer, LiveInstance, LivePod, LiveResource, LogLine, LogRequest
from headway.domain.log_text import plain_line
from headway.domain.names import EnvironmentName, InstanceName

MOST_LINES = 200
"""Lines of a log that are given unless fewer are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveArtifact:
    """One artifact, and all of it that the engine sees."""

    artifact: str
    """Its name inside the application; empty: what belongs to none."""
    version: str | None
    """What the lock asks for; None: it is not in the lock file."""
    resources: tuple[LiveResource, ...]
    """None where the engine did not answer, or has not begun with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveShown:
    """One instance as its engine saw it when it was asked."""

    instance: InstanceName
    environment: EnvironmentName
    at: datetime
    away: str | None
    """Why nothing is known now; None: the engine answered."""
    away_since: datetime | None
    """Since when it is known to be away; None: it is not away, or was not before it was asked now."""
    words: str
    """What the engine says of the whole; empty: nothing."""
    artifacts: tuple[LiveArtifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogShown:
    """The last lines of one container."""

    instance: InstanceName
    pod: str
    container: str
    is_previous: bool
    """Of the run before the present one."""
    at: datetime
    lines: tuple[LogLine, ...]
    """The oldest first."""
    is_cut: bool
    """Something was left out: earlier lines, or the end of one that was too long."""
    words: str
    """Why there are none, as the engine says; empty: nothing is known of that."""


async def live(desk: Desk, name: InstanceName) -> LiveShown:
    """Ask an instance's engine what runs.

    Raises:
        UsageError: `instance-unknown`.
    """
    environment = desk.environment_of(name)
    away, found = None, LiveInstance()
    try:
        async with asyncio.timeout(desk.outside.pace.live_within.total_seconds()):
            found = await desk.engine_of(environment).live(environment, name)
    except Transient as silent:
        away = f"{silent.what}: {silent.why}"
    except TimeoutError:
        away = _late(desk)
    known = desk.situation.away.get((Source.ENGINE, environment))
    return LiveShown(
        instance=name,
        environment=environment,
        at=desk.now,
        away=None if away is None else plain_line(away),
        away_since=known[0] if known is not None and away is not None else None,
        words=plain_line(found.words),
        artifacts=_artifacts(desk, name, found),
    )


async def container_log(
    desk: Desk, name: InstanceName, pod: str, container: str, *, is_previous: bool, lines: int = MOST_LINES
) -> LogShown:
    """Ask an instance's engine for the last lines of a container.

    Raises:
        Transient: `engine-away`, `engine-denied`, `log-unreadable`.
        UsageError: `instance-unknown`, `container-unknown`.
    """
    environment = desk.environment_of(name)
    request = LogRequest(
        environment=environment,
        instance=name,
        pod=pod,
        container=container,
        is_previous=is_previous,
        most_lines=lines,
    )
    try:
        async with asyncio.timeout(desk.outside.pace.live_within.total_seconds()):
            tail = await desk.engine_of(environment).log(request)
    except TimeoutError as late:
        raise Transient(
            "engine-away",
            f"the engine of {environment} does not answer",
            why=_late(desk),
            next_step="ask again; see `headway doctor` if it stays so",
        ) from late
    return LogShown(
        instance=name,
        pod=pod,
        container=container,
        is_previous=is_previous,
        at=desk.now,
        lines=tail.lines,
        is_cut=tail.is_cut,
        words=tail.words,
    )


def _late(desk: Desk) -> str:
    return f"it did not answer within {desk.outside.pace.live_within.total_seconds():g} s"


def _artifacts(desk: Desk, name: InstanceName, found: LiveInstance) -> tuple[LiveArtifact, ...]:
    """Put together what belongs to one artifact: those of the lock in its order, then what is left over."""
    versions = {one.artifact.artifact: one.version for one in instance_status(desk, name).cells}
    by_artifact: dict[str, list[LiveResource]] = {artifact: [] for artifact in versions}
    for one in found.resources:
        by_artifact.setdefault(one.artifact, []).append(_tamed(one))
    return tuple(
        LiveArtifact(artifact=artifact, version=versions.get(artifact), resources=tuple(resources))
        for artifact, resources in by_artifact.items()
        if resources or versions.get(artifact) is not None
    )


def _tamed(one: LiveResource) -> LiveResource:
    """Free what an engine says of what commands terminals, and of what no answer could carry."""
    return replace(
        one,
        kind=plain_line(one.kind),
        name=plain_line(one.name),
        words=plain_line(one.words),
        pods=tuple(_tamed_pod(pod) for pod in one.pods),
    )


def _tamed_pod(pod: LivePod) -> LivePod:
    containers = tuple(_tamed_container(one) for one in pod.containers)
    return replace(pod, name=plain_line(pod.name), words=plain_line(pod.words), containers=containers)


def _tamed_container(one: LiveContainer) -> LiveContainer:
    ended = one.last_exit
    return replace(
        one,
        name=plain_line(one.name),
        words=plain_line(one.words),
        image=plain_line(one.image),
        last_exit=replace(ended, reason=plain_line(ended.reason)) if ended is not None else None,
    )
