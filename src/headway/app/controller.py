"""The loop: facts in, plans out, actions done, round and round.

Level-triggered: whatever fails or is lost is asked for again, because the plan still wants it. One poisoned
action is logged and left to cool; the loop goes on for everything else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any

from headway.app.actions.conclude import conclude, lift_hold
from headway.app.actions.decide import decide
from headway.app.actions.interrupt import interrupt
from headway.app.actions.judge_standards import judge_standards
from headway.app.actions.look import look_for_image, look_for_references
from headway.app.actions.push import push, write_stops
from headway.app.actions.render import render
from headway.app.actions.verify import pass_no_change, verify
from headway.app.desk import Desk
from headway.app.watch.away import AwayWatch
from headway.app.watch.clock import ClockWatch
from headway.app.watch.engines import EngineWatch
from headway.app.watch.images import ImageWatch
from headway.app.watch.manifests import ManifestsWatch
from headway.app.watch.running import RunningWatch
from headway.app.watch.sources import SourceWatch, has_no_place
from headway.domain.deployment import ArtifactHealth, Cause
from headway.domain.errors import Conflict, HeadwayError, Transient
from headway.domain.facts import (
    ClockTaken,
    DeploymentSeen,
    EstateTaken,
    Fact,
    InstanceUntouched,
    PromotionLanded,
)
from headway.domain.names import EnvironmentName, InstanceName
from headway.domain.plan import Action, Touches
from headway.domain.plan.actions import (
    Conclude,
    Decide,
    Interrupt,
    JudgeStandards,
    LiftHold,
    LookForImage,
    LookForReferences,
    PassNoChange,
    Push,
    Render,
    Verify,
    WriteStops,
)

_LOG = logging.getLogger(__name__)

_DOERS: dict[type, Callable[[Desk, Any], Awaitable[None]]] = {
    Render: render,
    LookForImage: look_for_image,
    LookForReferences: look_for_references,
    JudgeStandards: judge_standards,
    Decide: decide,
    Push: push,
    Interrupt: interrupt,
    Verify: verify,
    Conclude: conclude,
    PassNoChange: pass_no_change,
    LiftHold: lift_hold,
    WriteStops: write_stops,
}

_ASKED_AGAIN_LATER = (LookForImage, LookForReferences, JudgeStandards)
_COOLS_FOR = timedelta(seconds=1)
"""How soon an action that changed nothing is tried again."""


class Controller:
    """Runs the delivery of one estate."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.clock = ClockWatch(desk)
        self.away = AwayWatch(desk)
        self.images = ImageWatch(desk, self.away)
        self.sources = SourceWatch(desk, self.away)
        self.manifests = ManifestsWatch(desk, self.away)
        self.engines = EngineWatch(desk, self.away)
        self.running = RunningWatch(desk)
        self._woken = asyncio.Event()
        self._looks_at_git = asyncio.Event()
        self._looks_at_images = asyncio.Event()
        self._looks_at_sources = asyncio.Event()
        self._running: dict[object, asyncio.Task[None]] = {}
        self._cooling: dict[object, datetime] = {}
        self._followers: dict[EnvironmentName, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        desk.recorder.listen(self._heard)

    async def start(self) -> None:
        """Fold the ledger, then look at everything once; what cannot be reached is looked at again later."""
        await self.desk.recorder.load()
        await self.clock.look()
        await self.manifests.standards.begin()
        await self._safely(self.manifests.look)
        await self._safely(self.images.look_at_all)

    async def run(self) -> None:
        """Run until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await self.start()
            tasks.create_task(self._look_at_git_again())
            tasks.create_task(self._look_at_images_again())
            tasks.create_task(self._look_at_sources_again())
            tasks.create_task(self._look_at_clock_again())
            tasks.create_task(self.running.run())
            while True:
                self._woken.clear()
                # Nothing is decided by a clock that was set since what it is compared with was noted.
                if await self.clock.look():
                    self.follow_engines(tasks)
                    self.act(tasks)
                    await self._wait()
                else:
                    await self.desk.outside.clock.sleep_until(self.desk.now + _COOLS_FOR)

    def wake(self) -> None:
        """Plan again soon."""
        self._woken.set()

    def git_moved(self) -> None:
        """Hint that a manifests repository has something new."""
        self._looks_at_git.set()

    def act(self, tasks: asyncio.TaskGroup) -> None:
        """Bring the plans up to date and start what they ask for."""
        for instance in self.desk.planner.plan(self.desk.situation, self.desk.now):
            for action in self.desk.planner.wanted(instance):
                self._begin(tasks, instance, action)

    def is_busy(self) -> bool:
        """Say whether any action is being done."""
        return bool(self._running)

    def _begin(self, tasks: asyncio.TaskGroup, instance: InstanceName, action: Action) -> None:
        key = _key(action)
        if key in self._running:
            return
        cool_at = self._cooling.get(action)
        if cool_at is not None and cool_at > self.desk.now:
            self.desk.planner.look_again(instance, cool_at)
            return
        self._running[key] = tasks.create_task(self._do(instance, key, action))

    async def _do(self, instance: InstanceName, key: object, action: Action) -> None:
        wait = (
            self.desk.outside.pace.looks_again_after if isinstance(action, _ASKED_AGAIN_LATER) else _COOLS_FOR
        )
        try:
            await _DOERS[type(action)](self.desk, action)
        except Transient as error:
            _LOG.info("%s: tried again in %s", error, error.retry_after)
            wait = error.retry_after
            self.git_moved()
        except Conflict as error:
            _LOG.info("%s", error)
            self.git_moved()
        except HeadwayError as error:
            _LOG.warning("%s", error)
            wait = self.desk.outside.pace.looks_again_after
        except Exception:
            # One poisoned thing is set aside; the loop goes on for everything else (rule 10).
            _LOG.exception("%s could not be done", action)
            wait = self.desk.outside.pace.looks_again_after
        finally:
            self._running.pop(key, None)
            self._cool(instance, action, wait)

    def _cool(self, instance: InstanceName, action: Action, wait: timedelta) -> None:
        self._cooling[action] = self.desk.now + wait
        if len(self._cooling) > 10_000:
            self._cooling = {one: at for one, at in self._cooling.items() if at > self.desk.now}
        # The plan may have wanted something else in the meantime that waited for this to end.
        self.desk.planner.touch(Touches(instances=frozenset({instance})))
        self._woken.set()

    def _heard(self, fact: Fact, touches: Touches) -> None:
        self.desk.planner.touch(touches)
        self._woken.set()
        self.running.hear(fact)
        if isinstance(fact.body, (PromotionLanded, InstanceUntouched)):
            self._repeat(fact.body.instance)
        if isinstance(fact.body, ClockTaken):
            for name, state in self.desk.situation.instances.items():
                if state.underway:
                    self._repeat(name)
        if isinstance(fact.body, DeploymentSeen) and _blames_surroundings(fact.body.artifacts):
            # Whether the registry is away decides whether the deployment's clock stands: better to know soon.
            self._looks_at_images.set()
        if has_no_place(fact.body) or isinstance(fact.body, EstateTaken):
            self._looks_at_sources.set()
        if isinstance(fact.body, EstateTaken):
            self._spawn(self._look_at_new_images)

    def _repeat(self, instance: InstanceName) -> None:
        """Take in again what the engine said last of an instance."""
        self._spawn(lambda: self.engines.repeat(instance))

    def _spawn(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin something on the side, which ends nothing else; while the loop ends, nothing is begun."""
        if self._tasks is None:
            return
        safely = self._safely(work)
        try:
            self._tasks.create_task(safely)
        except RuntimeError:
            safely.close()

    async def _look_at_new_images(self) -> None:
        estate = self.desk.situation.estate
        for application in estate.applications.values() if estate else ():
            for artifact in application.artifacts.values():
                if artifact.image is not None and not self.images.has_looked(artifact):
                    await self.images.look(artifact)

    def follow_engines(self, tasks: asyncio.TaskGroup) -> None:
        """Follow every engine of the estate, each once though it serves many environments."""
        estate = self.desk.situation.estate
        if estate is None:
            return
        new = [name for name in estate.environments if name not in self._followers]
        by_engine: dict[int, list[EnvironmentName]] = {}
        for name in new:
            engine = self.desk.outside.engine(estate.environments[name])
            by_engine.setdefault(id(engine), []).append(name)
        for names in by_engine.values():
            task = tasks.create_task(self.engines.follow(names))
            for name in names:
                self._followers[name] = task

    async def _wait(self) -> None:
        next_at = self.desk.planner.next_at
        if next_at is None:
            await self._woken.wait()
            return
        sleeping = asyncio.ensure_future(self.desk.outside.clock.sleep_until(next_at))
        waking = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait({sleeping, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            waking.cancel()

    async def _look_at_git_again(self) -> None:
        while True:
            await self._pause(self._looks_at_git, self.desk.outside.pace.manifests)
            self._looks_at_git.clear()
            await self._safely(self.manifests.look)

    async def _look_at_images_again(self) -> None:
        while True:
            pace = self.desk.outside.pace
            troubled = any(
                state.underway and _blames_surroundings(state.health)
                for state in self.desk.situation.instances.values()
            )
            await self._pause(self._looks_at_images, pace.looks_again_after if troubled else pace.images)
            self._looks_at_images.clear()
            await self._safely(self.images.look_at_all)

    async def _look_at_sources_again(self) -> None:
        # Apart from the looks at registries: a source that hangs keeps no image from being known.
        while True:
            self._looks_at_sources.clear()
            await self._safely(self.sources.look)
            await self._pause(self._looks_at_sources, self.desk.outside.pace.sources)

    async def _look_at_clock_again(self) -> None:
        while True:
            await self.desk.outside.clock.sleep_until(self.desk.now + self.desk.outside.pace.clock)
            self.wake()

    async def _pause(self, hint: asyncio.Event, pace: timedelta) -> None:
        """Wait for a hint, or for the slow safety look; sooner while something is away."""
        if self.desk.situation.away or self.away.has_doubts:
            pace = min(pace, self.desk.outside.pace.looks_again_after)
        sleeping = asyncio.ensure_future(self.desk.outside.clock.sleep_until(self.desk.now + pace))
        hinted = asyncio.ensure_future(hint.wait())
        try:
            await asyncio.wait({sleeping, hinted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            hinted.cancel()

    async def _safely(self, look: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await look()
        except HeadwayError as error:
            _LOG.warning("%s", error)
        except Exception:
            _LOG.exception("a look at the outside failed; the next one comes by itself")


def _blames_surroundings(healths: Mapping[str, ArtifactHealth]) -> bool:
    return any(health.cause is Cause.SURROUNDINGS for health in healths.values())


def _key(action: Action) -> object:
    """Give what an action excludes while it is done: of these, one at a time in an instance."""
    if isinstance(action, Decide):
        return (Decide, action.instance)
    if isinstance(action, WriteStops):
        return (WriteStops, action.instance)
    return action
