"""Watches engines: an observation becomes a fact when it decides something, or when it lasted."""

import asyncio
import logging

from headway.app.desk import Desk
from headway.app.watch.away import AwayWatch
from headway.domain.deployment import ArtifactHealth, DeploymentState, Observation
from headway.domain.errors import Transient
from headway.domain.facts import DeploymentSeen, Source
from headway.domain.names import EnvironmentName, InstanceName
from headway.domain.situation.records import InstanceState

_LOG = logging.getLogger(__name__)

_WORSE = (DeploymentState.DEGRADED, DeploymentState.FAILED)


class EngineWatch:
    """Follows one engine's observations for the environments that it serves."""

    def __init__(self, desk: Desk, away: AwayWatch) -> None:
        self._desk = desk
        self._away = away
        self._latest: dict[InstanceName, Observation] = {}
        self._settling: dict[InstanceName, asyncio.Task[None]] = {}
        self._said: dict[EnvironmentName, str] = {}
        """By an engine's first environment, what was logged of its silence: the same is not said twice."""

    async def follow(self, environments: list[EnvironmentName]) -> None:
        """Follow the engine of these environments until cancelled; a broken stream is asked for anew."""
        try:
            while True:
                try:
                    await self._follow_once(environments)
                except Transient as error:
                    await self._fell_silent(environments, error)
                    wait = min(error.retry_after, self._desk.outside.pace.away_after)
                    await self._desk.outside.clock.sleep_until(self._desk.now + wait)
        finally:
            for task in self._settling.values():
                task.cancel()

    async def _fell_silent(self, environments: list[EnvironmentName], error: Transient) -> None:
        """Note it; a ledger that cannot be written is no silence of the engine, and ends no following."""
        try:
            for environment in environments if not error.code.startswith("ledger-") else ():
                await self._away.silent(Source.ENGINE, environment, error)
        except Transient as unwritten:
            error = unwritten
        if self._said.get(environments[0]) != str(error):
            _LOG.info("%s", error)
        self._said[environments[0]] = str(error)

    async def _follow_once(self, environments: list[EnvironmentName]) -> None:
        engine = self._desk.engine_of(environments[0])
        async for observation in engine.observations():
            if self._said.pop(environments[0], None) is not None:
                _LOG.info("the engine of %s answers again", ", ".join(environments))
            for environment in environments:
                await self._away.answered(Source.ENGINE, environment)
            await self.observe(observation)

    async def observe(self, observation: Observation) -> None:
        """Take one observation in."""
        self._latest[observation.instance] = observation
        state = self._desk.situation.instance(observation.instance)
        if state.deployment is None or observation.promotion_id != state.deployment:
            return
        if not _differs(state, observation):
            return
        if state.underway or not _is_worse(state, observation):
            await self._record(observation)
        elif observation.instance not in self._settling:
            task = asyncio.create_task(self._settle(observation.instance))
            self._settling[observation.instance] = task

    async def repeat(self, instance: InstanceName) -> None:
        """Take the latest observation in again: its lock may only now have been seen to land."""
        while (latest := self._latest.get(instance)) is not None:
            try:
                return await self.observe(latest)
            except Transient as error:
                # Nothing was recorded, and the engine does not say it twice.
                _LOG.warning("%s", error)
            await self._desk.outside.clock.sleep_until(self._desk.now + self._desk.outside.pace.away_after)
        return None

    async def _settle(self, instance: InstanceName) -> None:
        """Record what got worse only if it lasted."""
        while True:
            await self._desk.outside.clock.sleep_until(self._desk.now + self._desk.outside.pace.settles_after)
            latest = self._latest[instance]
            state = self._desk.situation.instance(instance)
            try:
                if latest.promotion_id == state.deployment and _differs(state, latest):
                    await self._record(latest)
            except Transient as error:
                _LOG.warning("%s", error)
            else:
                self._settling.pop(instance, None)
                return

    async def _record(self, observation: Observation) -> None:
        if observation.promotion_id is None:
            return
        body = DeploymentSeen(
            promotion_id=observation.promotion_id,
            instance=observation.instance,
            artifacts=dict(observation.artifacts),
        )
        await self._desk.recorder.record(
            [self._desk.fact(body)],
            only_if=lambda situation: _differs(situation.instance(observation.instance), observation),
        )


def _differs(state: InstanceState, observation: Observation) -> bool:
    """Say whether the classification is another; words alone change nothing but what people read."""
    if state.health_at is None:
        # That the engine has taken up this lock is news, even of a lock that holds nothing.
        return True
    seen = {name: _class(health) for name, health in observation.artifacts.items()}
    known = {name: _class(health) for name, health in state.health.items()}
    lock = state.lock or {}
    return {name: one for name, one in seen.items() if name in lock} != known


def _class(health: ArtifactHealth) -> tuple[str, str, str]:
    # While something is wrong the words are the news: another reason is another fact.
    words = health.words if health.state in _WORSE or health.cause != "none" else ""
    return health.state, health.cause, words


def _is_worse(state: InstanceState, observation: Observation) -> bool:
    """Say whether an artifact that was healthy is not any more."""
    return any(
        (known := state.health.get(name)) is not None
        and known.state is DeploymentState.HEALTHY
        and health.state is not DeploymentState.HEALTHY
        for name, health in observation.artifacts.items()
    )
