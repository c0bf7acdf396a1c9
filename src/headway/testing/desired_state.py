"""What an environment's branch asks for, set in memory by tests and demos."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from headway.app.ports import DesiredEnvironment, DesiredInstance, LockedAt
from headway.domain.errors import Transient
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId, TreeId

Documents = Sequence[Mapping[str, object]]


class InMemoryDesiredState:
    """The port `DesiredState` without Git: every change makes a new revision."""

    def __init__(self) -> None:
        self.away = False
        """While set, reading raises `git-remote-away`."""
        self._revisions = 0
        self._history: dict[CommitId, Mapping[InstanceName, DesiredInstance]] = {}
        self._environments: dict[EnvironmentName, DesiredEnvironment] = {}

    def deploy(
        self,
        environment: EnvironmentName,
        instance: InstanceName,
        artifacts: Mapping[str, Documents],
        *,
        namespace: str | None = None,
    ) -> PromotionId:
        """Ask for exactly these artifacts in an instance; a new promotion each time."""
        revision = self._next_revision()
        promotion_id = PromotionId(revision[:16])
        wanted = DesiredInstance(
            instance=instance,
            namespace=namespace or f"{instance.application}-{instance.instance}",
            promotion_id=promotion_id,
            revision=revision,
            artifacts={name: tuple(documents) for name, documents in artifacts.items()},
            renderings={name: _tree(documents) for name, documents in artifacts.items()},
        )
        before = self._environments.get(environment)
        instances = dict(before.instances) if before else {}
        unreadable = dict(before.unreadable) if before else {}
        unreadable.pop(instance, None)
        self._set(environment, revision, {**instances, instance: wanted}, unreadable)
        return promotion_id

    def drop(
        self, environment: EnvironmentName, instance: InstanceName, unreadable: str | None = None
    ) -> None:
        """Have the branch name an instance no more, or hold files that cannot be read, and why."""
        before = self._environments[environment]
        instances = {name: wanted for name, wanted in before.instances.items() if name != instance}
        words = {**before.unreadable, **({instance: unreadable} if unreadable else {})}
        self._set(environment, self._next_revision(), instances, words)

    def revision(self, environment: EnvironmentName) -> CommitId | None:
        """Give where the branch stands."""
        read = self._environments.get(environment)
        return read.revision if read else None

    async def read(self, environment: EnvironmentName, *, fetch: bool) -> DesiredEnvironment:  # noqa: ARG002 - nothing to fetch
        """Read what was set.

        Raises:
            Transient: `git-remote-away`, while `away`.
        """
        if self.away:
            raise Transient("git-remote-away", "the remote is away", why="the test says so", next_step="wait")
        nothing = DesiredEnvironment(environment=environment, revision=None, instances={}, unreadable={})
        return self._environments.get(environment, nothing)

    async def locked_at(self, instance: InstanceName, revision: CommitId) -> LockedAt | None:
        """Say what was asked of an instance at a revision."""
        held = self._history.get(revision, {}).get(instance)
        return LockedAt(promotion_id=held.promotion_id, renderings=held.renderings) if held else None

    def _set(
        self,
        environment: EnvironmentName,
        revision: CommitId,
        instances: Mapping[InstanceName, DesiredInstance],
        unreadable: Mapping[InstanceName, str],
    ) -> None:
        self._history[revision] = dict(instances)
        self._environments[environment] = DesiredEnvironment(
            environment=environment, revision=revision, instances=instances, unreadable=unreadable
        )

    def _next_revision(self) -> CommitId:
        self._revisions += 1
        return CommitId(hashlib.sha1(str(self._revisions).encode(), usedforsecurity=False).hexdigest())


def _tree(documents: Documents) -> TreeId:
    text = json.dumps(list(documents), sort_keys=True)
    return TreeId(hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())
