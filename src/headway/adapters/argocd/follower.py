"""Follows one instance: asks Argo CD to look, assesses, tells; again when something moves or is not done yet.

A settled instance costs nothing: it is woken by Argo CD's own stream of changes. One that is not settled is
looked at again at growing intervals, and so is one whose pods are new, because a pod that crashes changes
nothing in its Application.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from headway.adapters.argocd.api import ArgocdApi
from headway.adapters.argocd.application import Application, Applications
from headway.adapters.argocd.assessment import Assessment, Before, assess
from headway.adapters.argocd.unready import before_the_lock, not_compared
from headway.app.ports import Clock, DesiredInstance, DesiredState
from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState, Observation
from headway.domain.names import CommitId, InstanceName, PromotionId, TreeId

_LOG = logging.getLogger(__name__)

SOONEST_S, LATEST_S, GROWS = 0.25, 5.0, 1.3
"""How soon an unsettled instance is looked at again, at first and at last, and how the wait grows."""
WATCHES_FOR_S, WATCHES_LATEST_S = 300.0, 60.0
"""How long the pods of a rollout are asked on once they are healthy, and how seldom at last.

One that crashes is started again within a second, and Argo CD may not have seen it yet.
"""
WATCHES_CLOSELY_FOR_S = 90.0
"""So long they are read live at each look; then only where Argo CD's tree tells something new of them.

Its tree may lag where much happens at once; but reading each pod of a fleet again and again costs more than
all else.
"""

_SETTLED = (DeploymentState.HEALTHY, DeploymentState.FAILED, DeploymentState.DEGRADED)


@dataclass(kw_only=True)
class Follower:
    """One instance of one Argo CD; its loop is `run`."""

    instance: InstanceName
    api: ArgocdApi
    clock: Clock
    desired_state: DesiredState
    applications: Applications
    publish: Callable[[Observation], None]
    desired: DesiredInstance | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _proven: dict[str, TreeId] = field(default_factory=dict)
    _was_healthy: dict[str, PromotionId] = field(default_factory=dict)
    _rolling: dict[str, TreeId] = field(default_factory=dict)
    _pods: str = ""
    _watched_s: float = 0.0
    """For how long the pods have been watched since all was settled."""
    _refreshed: tuple[PromotionId, str] | None = None
    """The lock and what its Application told when Argo CD was asked to look last; None: it knows the lock."""

    def want(self, desired: DesiredInstance) -> None:
        """Follow this lock from now on."""
        if self.desired is None or desired.promotion_id != self.desired.promotion_id:
            self._refreshed = None
        is_news = not _asks_the_same(self.desired, desired)
        self.desired = desired
        if is_news:
            self.wake()

    def wake(self) -> None:
        """Look again now."""
        self._woken.set()

    async def run(self) -> None:
        """Follow until cancelled.

        Raises:
            Transient: Argo CD or Git is away: the stream of observations ends with it.
        """
        wait, in_time, was_settled = SOONEST_S, False, False
        while True:
            self._woken.clear()
            settled = await self._look(in_time=in_time)
            if not (settled and was_settled):
                self._watched_s = 0.0
            if settled and not was_settled:
                wait = SOONEST_S
            if settled and self._watched_s >= WATCHES_FOR_S:
                self._rolling.clear()
            was_settled = settled
            try:
                async with asyncio.timeout(None if settled and not self._rolling else wait):
                    await self._woken.wait()
                in_time = False
                if self._refreshed is None:
                    wait = SOONEST_S
            except TimeoutError:
                in_time = True
                self._watched_s += wait
                wait = min(wait * GROWS, WATCHES_LATEST_S if settled else LATEST_S)

    async def _look(self, *, in_time: bool) -> bool:
        """Look once and tell; gives whether only a change from outside can tell anything else.

        `in_time` says that time passed and nothing moved: Argo CD may be asked again the same.
        """
        desired = self.desired
        if desired is None:
            return True
        found = self.applications.of(self.instance)
        early = await self._early(desired, found)
        if (
            early is not None
            and early.needs_refresh
            and self._may_refresh(desired, found[0], in_time=in_time)
        ):
            if await self._refresh(found[0]):
                found = self.applications.of(self.instance)
                early = await self._early(desired, found)
            else:
                early = not_compared(desired, found[0])
        told = early or await self._assess(desired, found[0])
        if not _asks_the_same(self.desired, desired):
            return False
        artifacts = {name: self._named(name, health, desired) for name, health in told.artifacts.items()}
        if early is None:
            self._proven, self._rolling, self._pods = dict(told.proven), dict(told.rolling), told.pods
        else:
            new = {name: tree for name, tree in desired.renderings.items() if self._proven.get(name) != tree}
            self._rolling |= new
        self._tell(desired, artifacts)
        if not told.needs_refresh:
            self._refreshed = None
        elif early is None and in_time and self._may_refresh(desired, found[0], in_time=in_time):
            # Once a sync window opens, only a look makes Argo CD begin; and a comparison that may be older
            # than the end of the sync is followed by no other.
            await self._refresh(found[0])
        return early is None and all(health.state in _SETTLED for health in artifacts.values())

    def _may_refresh(self, desired: DesiredInstance, application: Application, *, in_time: bool) -> bool:
        """Say whether Argo CD is asked to look, and note what it told when it was.

        A refresh changes the Application itself, if only its time: that alone is no reason for another.
        """
        state = (desired.promotion_id, application.told)
        may = in_time or self._refreshed != state
        if may:
            self._refreshed = state
        return may

    async def _early(self, desired: DesiredInstance, found: list[Application]) -> Assessment | None:
        """Say why nothing can be said of the lock yet; None: its one Application speaks of it."""
        holds = await self._holds(desired, found[0].revision if found else None)
        return before_the_lock(desired, found, holds=holds)

    async def _refresh(self, application: Application) -> bool:
        """Have Argo CD look at Git; gives whether it did in time."""
        fresh = await self.api.refresh(application.key)
        if fresh is not None:
            self.applications.update(fresh)
        return fresh is not None

    async def _holds(self, desired: DesiredInstance, revision: str | None) -> bool:
        """Say whether a revision holds exactly our lock: its promotion, and the trees that it stands for."""
        if revision is None:
            return False
        locked = await self.desired_state.locked_at(self.instance, CommitId(revision))
        return (
            locked is not None
            and locked.promotion_id == desired.promotion_id
            and dict(locked.renderings) == dict(desired.renderings)
        )

    async def _assess(self, desired: DesiredInstance, application: Application) -> Assessment:
        ours = await self._holds(desired, application.operation_revision)
        proven = self._proven if application.health == "Healthy" else {}
        pods = self._pods if self._watched_s >= WATCHES_CLOSELY_FOR_S else None
        before = Before(proven=proven, rolling=self._rolling, pods=pods)
        now = self.clock.now()
        return await assess(self.api, desired, application, before, now=now, operation_is_ours=ours)

    def _named(self, name: str, health: ArtifactHealth, desired: DesiredInstance) -> ArtifactHealth:
        """Call what was healthy for this very lock and is not any more degraded."""
        if health.state is DeploymentState.HEALTHY:
            self._was_healthy[name] = desired.promotion_id
            return health
        was = self._was_healthy.get(name) == desired.promotion_id
        if was and health.cause is Cause.VERSION and health.state is DeploymentState.FAILED:
            return replace(health, state=DeploymentState.DEGRADED)
        return health

    def _tell(self, desired: DesiredInstance, artifacts: dict[str, ArtifactHealth]) -> None:
        self.publish(
            Observation(
                instance=self.instance,
                promotion_id=desired.promotion_id,
                revision=desired.revision,
                artifacts=artifacts,
                seen_at=self.clock.now(),
            )
        )

    async def interrupt(self) -> bool:
        """End an operation that brings another lock than ours, and have Argo CD begin with ours.

        Gives whether one was ended.

        Raises:
            Transient: `engine-away`, `engine-denied`.
        """
        desired, gave_up = self.desired, False
        if desired is None:
            return False
        for application in self.applications.of(self.instance):
            if not application.is_operating or await self._holds(desired, application.operation_revision):
                continue
            _LOG.info("the sync of %s is ended: a newer lock waits for it", self.instance)
            await self.api.terminate(application.key)
            await self._refresh(application)
            gave_up = True
            self.wake()
        return gave_up


def _asks_the_same(one: DesiredInstance | None, other: DesiredInstance) -> bool:
    """Say whether two commits ask for the same here: most commits of a branch are about siblings."""
    return one is not None and replace(one, revision=other.revision) == other
