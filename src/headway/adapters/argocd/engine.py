"""The port `Engine` over one environment's Argo CD.

Everything that is known of the cluster is what Argo CD says at this moment; nothing is kept. While somebody
listens, one stream of changes is open, and each instance has a follower. Safe to use concurrently.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.application import Application, Applications
from headway.adapters.argocd.cluster_checks import ClusterChecks
from headway.adapters.argocd.diagnosis import diagnose_applications, diagnose_cluster
from headway.adapters.argocd.follower import Follower
from headway.adapters.argocd.view import View
from headway.app.observation_hub import ObservationHub
from headway.app.ports import CheckRequest, Clock, DesiredState, Reference
from headway.domain.checks import CheckResult
from headway.domain.deployment import Observation
from headway.domain.diagnosis import Finding
from headway.domain.errors import Transient
from headway.domain.live import LiveInstance, LogRequest, LogTail
from headway.domain.names import CommitId, EnvironmentName, InstanceName

READS_EVERY = timedelta(seconds=30)
"""How often our clone is looked at for what other hands put on the branch, and Argo CD for all names."""
LISTS_SOON = timedelta(seconds=1)
"""When that is done first: between the listing at the start and the stream of changes there is a gap."""


class ArgocdEngine:
    """One Argo CD as Headway's engine of one environment (`Engine`)."""

    def __init__(
        self,
        environment: EnvironmentName,
        *,
        api: ArgocdApi,
        desired_state: DesiredState,
        repositories: Callable[[], Sequence[str]],
        checks: ClusterChecks,
        clock: Clock,
    ) -> None:
        """Prepare; nothing is asked before the first call.

        `repositories` gives the URLs of the estate's manifests repositories.
        """
        self._environment = environment
        self._api = api
        self._desired_state = desired_state
        self._repositories = repositories
        self._checks = checks
        self._clock = clock
        self._view = View(api)
        self._listening: set[_Listening] = set()

    async def close(self) -> None:
        """Close all connections."""
        await self._checks.close()
        await self._api.close()

    async def ask(self, environment: EnvironmentName, commit: CommitId) -> None:
        """See `Engine.ask`: the instances that changed are refreshed at once."""
        del environment, commit
        for one in tuple(self._listening):
            await one.read()

    async def observations(self) -> AsyncIterator[Observation]:
        """See `Engine.observations`."""
        one = _Listening(
            self._environment,
            api=self._api,
            desired_state=self._desired_state,
            applications=Applications(self._environment, self._repositories()),
            clock=self._clock,
        )
        await one.begin()
        self._listening.add(one)
        work = asyncio.create_task(one.run())
        try:
            async for observation in one.hub.subscribe():
                yield observation
            await work
        finally:
            self._listening.discard(one)
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, Transient):
                await work

    async def interrupt(self, instance: InstanceName) -> bool:
        """See `Engine.interrupt`: a sync of another lock is terminated."""
        gave_up = False
        for one in tuple(self._listening):
            await one.read()
            if (follower := one.followers.get(instance)) is not None:
                gave_up = await follower.interrupt() or gave_up
        return gave_up

    async def run_check(self, request: CheckRequest) -> CheckResult:
        """See `Engine.run_check`."""
        return await self._checks.run(request)

    async def missing_references(
        self, environment: EnvironmentName, namespace: str, references: Sequence[Reference]
    ) -> Sequence[Reference]:
        """See `Engine.missing_references`."""
        del environment
        return await self._checks.missing(namespace, references)

    async def live(self, environment: EnvironmentName, instance: InstanceName) -> LiveInstance:
        """See `LiveView.live`."""
        desired = (await self._desired_state.read(environment, fetch=False)).instances.get(instance)
        return await self._view.live(desired, await self._applications_of(instance))

    async def log(self, request: LogRequest) -> LogTail:
        """See `LiveView.log`."""
        return await self._view.log(request, await self._applications_of(request.instance))

    async def _applications_of(self, instance: InstanceName) -> list[Application]:
        """Give the Applications of an instance, as the stream of changes tells, or asked for now."""
        for one in self._listening:
            return one.applications_of(instance)
        known = Applications(self._environment, self._repositories())
        for application in await self._api.applications():
            known.take("ADDED", application)
        return known.of(instance)

    async def diagnose(
        self, environment: EnvironmentName, instances: Sequence[InstanceName]
    ) -> Sequence[Finding]:
        """See `Engine.diagnose`."""
        known = Applications(environment, self._repositories())
        of_argocd, of_cluster = await asyncio.gather(
            diagnose_applications(self._api, known, self._desired_state, environment, instances),
            diagnose_cluster(self._checks, environment),
        )
        return [*of_argocd, *of_cluster]


class _Listening:
    """One listener's followers, and the stream of changes that wakes them."""

    def __init__(
        self,
        environment: EnvironmentName,
        *,
        api: ArgocdApi,
        desired_state: DesiredState,
        applications: Applications,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._api = api
        self._desired_state = desired_state
        self._applications = applications
        self._clock = clock
        self._tasks: asyncio.TaskGroup | None = None
        self.hub = ObservationHub()
        self.followers: dict[InstanceName, Follower] = {}

    def applications_of(self, instance: InstanceName) -> list[Application]:
        """Give the Applications that read an instance's manifests, as they are known now."""
        return self._applications.of(instance)

    async def begin(self) -> None:
        """Learn what there is before anything is said of it.

        Raises:
            Transient: `engine-away`, `engine-denied`, `git-remote-away`.
        """
        for application in await self._api.applications():
            self._applications.take("ADDED", application)
        await self.read()

    async def read(self) -> None:
        """Read the branch as our clone knows it, and follow what it asks for."""
        desired = await self._desired_state.read(self._environment, fetch=False)
        for name, wanted in desired.instances.items():
            follower = self.followers.get(name)
            if follower is None:
                follower = self.followers[name] = self._follow(name)
            follower.want(wanted)

    def _follow(self, name: InstanceName) -> Follower:
        follower = Follower(
            instance=name,
            api=self._api,
            clock=self._clock,
            desired_state=self._desired_state,
            applications=self._applications,
            publish=lambda observation: self.hub.publish(self._environment, observation),
        )
        if self._tasks is not None:
            self._tasks.create_task(follower.run())
        return follower

    async def run(self) -> None:
        """Follow until the stream breaks, and end the hub with it.

        Raises:
            Transient: the first reason why it cannot go on.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for follower in self.followers.values():
                    tasks.create_task(follower.run())
                tasks.create_task(self._changes())
                tasks.create_task(self._read_again())
        except* Transient as broken:
            raise _first(broken) from broken
        finally:
            self._tasks = None
            self.hub.close()

    async def _changes(self) -> None:
        async for kind, application in self._api.changes():
            is_news = self._applications.is_news(kind, application)
            instance = self._applications.take(kind, application)
            if is_news and instance in self.followers:
                self.followers[instance].wake()

    async def _read_again(self) -> None:
        wait = LISTS_SOON
        while True:
            await self._clock.sleep_until(self._clock.now() + wait)
            wait = READS_EVERY
            await self.read()
            await self._forget()

    async def _forget(self) -> None:
        """Forget Applications that are gone: the stream does not tell of one that went before it was open."""
        before = self._applications.uids()
        for instance in self._applications.keep_only(await self._api.names(), of=before):
            if instance in self.followers:
                self.followers[instance].wake()


def _first(group: BaseExceptionGroup[Transient]) -> Transient:
    for one in group.exceptions:
        return _first(one) if isinstance(one, BaseExceptionGroup) else one
    raise AssertionError
