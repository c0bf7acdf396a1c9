"""What every action and every watcher works with: the outside, the recorder, the planner, the pushers."""

from dataclasses import dataclass, field
from datetime import datetime

from headway.app.outside import Outside
from headway.app.planner import Planner
from headway.app.ports import Engine, Manifests, Renderer
from headway.app.pusher import Pusher
from headway.app.recorder import Recorder
from headway.app.standards.asking import Asking
from headway.app.standards.in_force import JudgeInForce
from headway.domain.errors import UsageError
from headway.domain.estate import ManifestsRepository
from headway.domain.facts import NewFact
from headway.domain.facts.fact import HEADWAY, Actor
from headway.domain.names import EnvironmentName, InstanceName, RepositoryName
from headway.domain.situation import Situation


@dataclass(kw_only=True)
class Desk:
    """One service's working state; everything that must last is in the ledger and in Git."""

    outside: Outside
    recorder: Recorder
    planner: Planner
    asking: Asking = field(init=False)
    """Asks the standards in force."""
    _pushers: dict[RepositoryName, Pusher] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with nothing judged."""
        self.asking = Asking(JudgeInForce(self.outside.schemas, self.outside.policies))

    @property
    def situation(self) -> Situation:
        """Give the situation as it is now."""
        return self.recorder.situation

    @property
    def now(self) -> datetime:
        """Give the present instant."""
        return self.outside.clock.now()

    def fact(self, body: object, *, reason: str = "", actor: Actor = HEADWAY) -> NewFact:
        """Make a fact that happens now."""
        return NewFact(body=body, happened_at=self.now, actor=actor, reason=reason)

    async def record(self, *facts: NewFact) -> None:
        """Record facts without a condition."""
        await self.recorder.record(facts)

    def repository_of(self, instance: InstanceName) -> tuple[Manifests, Renderer]:
        """Give the manifests repository that holds an instance's application, and its renderer."""
        return self.outside.repository(self._described(instance.application))

    def pusher_of(self, instance: InstanceName) -> Pusher:
        """Give the pusher of an instance's repository."""
        described = self._described(instance.application)
        return self.pusher(described.name, self.outside.repository(described)[0])

    def pusher(self, name: RepositoryName, manifests: Manifests) -> Pusher:
        """Give a repository's pusher."""
        if name not in self._pushers:
            self._pushers[name] = Pusher(manifests)
        return self._pushers[name]

    def environment_of(self, instance: InstanceName) -> EnvironmentName:
        """Give an instance's environment.

        Raises:
            UsageError: `instance-unknown`.
        """
        environment = self.situation.environment_of(instance)
        if environment is None:
            raise unknown_instance(self.situation, str(instance))
        return environment

    def engine_of(self, environment: EnvironmentName) -> Engine:
        """Give an environment's engine.

        Raises:
            UsageError: `environment-unknown`.
        """
        estate = self.situation.estate
        if estate is None or environment not in estate.environments:
            raise UsageError(
                "environment-unknown",
                f"there is no environment {environment!r}",
                why="estate.yaml does not name it",
                next_step="see `headway status` for those that are there",
            )
        return self.outside.engine(estate.environments[environment])

    def _described(self, application: str) -> ManifestsRepository:
        estate = self.situation.estate
        if estate is None or application not in estate.applications:
            raise UsageError(
                "application-unknown",
                f"there is no application {application!r}",
                why="no application.yaml of the estate describes it",
                next_step="see `headway status` for those that are there",
            )
        return estate.repositories[estate.applications[application].repository]


def unknown_instance(situation: Situation, text: str) -> UsageError:
    """Say that an instance is not there, and which are."""
    estate = situation.estate
    names = [str(one) for app in estate.applications for one in estate.instances(app)] if estate else []
    return UsageError(
        "instance-unknown",
        f"there is no instance {text!r}",
        why="no lane of the estate has it",
        next_step=f"choose one of: {', '.join(names) or 'none yet'}",
    )
