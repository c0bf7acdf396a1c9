"""Compares environment branches with the situation: what landed, what other hands touched, what is there.

Run at the start, after every fetch and after every push that went wrong, always the same: the remote wins.
"""

import logging

from headway.app.actions.push import landed
from headway.app.desk import Desk
from headway.app.instance_folder import branch_of, folder_of, read_folder_at
from headway.app.ports import Manifests, Refs
from headway.app.watch.rebuild import find_instance
from headway.domain.errors import UsageError
from headway.domain.facts import InstanceTouched, InstanceUntouched
from headway.domain.names import CommitId, InstanceName, TreeId
from headway.domain.situation.records import InstanceState

_LOG = logging.getLogger(__name__)


class BranchWatch:
    """Compares the branches of all repositories."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._mains: dict[int, CommitId | None] = {}
        """Where each repository's `main` stood when its branches were compared last."""
        self._seen: dict[InstanceName, tuple[TreeId | None, TreeId | None]] = {}
        """By instance: the tree on its branch and what Headway had last seen landed, when both agreed."""

    async def compare(self, manifests: Manifests, repository: str, refs: Refs) -> None:
        """Compare every instance that a repository's branches hold."""
        estate = self._desk.situation.estate
        if estate is None:
            return
        self._mains[id(manifests)] = refs.main
        for application in estate.applications.values():
            if application.repository != repository:
                continue
            for instance in estate.instances(application.name):
                environment = self._desk.environment_of(instance)
                await self._compare_one(manifests, instance, refs.environments.get(environment))

    async def _compare_one(self, manifests: Manifests, instance: InstanceName, tip: CommitId | None) -> None:
        tree = await _tree(manifests, tip, instance)
        state = self._desk.situation.instance(instance)
        pending = any(one.landed_at is None for one in state.underway)
        if self._seen.get(instance) == (tree, state.folder) and not pending and state.touched is None:
            return
        if await self._judge(manifests, instance, tip) is None:
            self._seen[instance] = (tree, self._desk.situation.instance(instance).folder)
            return
        # These branches were read a while ago, and a promotion of ours may have landed since: look once more.
        environment = self._desk.environment_of(instance)
        tip = (await manifests.fetch()).environments.get(environment)
        folder = self._desk.situation.instance(instance).folder
        words = await self._judge(manifests, instance, tip)
        if words is not None:
            await self._touched(manifests, instance, tip, words, folder)

    async def _judge(self, manifests: Manifests, instance: InstanceName, tip: CommitId | None) -> str | None:
        """Record what the branch says of an instance; give the words if other hands changed its folder."""
        try:
            folder = await read_folder_at(manifests, tip, instance)
        except UsageError as error:
            return f"its lock file cannot be read: {error.why}"
        found = folder.id if folder else None
        state = self._desk.situation.instance(instance)
        arrived = next((one for one in state.underway if one.landed_at is None and one.folder == found), None)
        if arrived is not None and tip is not None:
            commit = await _commit_of(manifests, tip, instance, arrived.promotion_id)
            await landed(self._desk, instance, arrived, commit)
        elif found == state.folder:
            await self._untouched(instance, tip, state)
        elif state.folder is None and state.lock is None and tip is not None:
            await find_instance(self._desk, manifests, instance, tip, self._mains.get(id(manifests)))
        else:
            return "its folder is gone" if found is None else "its files are not as Headway wrote them"
        return None

    async def _untouched(self, instance: InstanceName, tip: CommitId | None, state: InstanceState) -> None:
        if state.touched is None or tip is None:
            return
        await self._desk.record(self._desk.fact(InstanceUntouched(instance=instance, commit=tip)))

    async def _touched(
        self,
        manifests: Manifests,
        instance: InstanceName,
        tip: CommitId | None,
        words: str,
        folder: TreeId | None,
    ) -> None:
        """Record that other hands changed an instance, if `folder` is still what Headway saw last."""
        state = self._desk.situation.instance(instance)
        author, commit = "somebody", tip
        if tip is not None:
            commits = await manifests.history(tip, state.commit, folder_of(instance))
            if commits:
                author, commit = commits[-1].author, commits[-1].id
        else:
            words = f"the branch {branch_of(self._desk.environment_of(instance))} is gone"
        if state.touched is not None and state.touched.commit == commit and state.touched.words == words:
            return
        _LOG.warning("%s was changed by other hands: %s", instance, words)
        body = InstanceTouched(instance=instance, commit=commit, author=author, words=words)
        await self._desk.recorder.record(
            [self._desk.fact(body)], only_if=lambda situation: situation.instance(instance).folder == folder
        )


async def _tree(manifests: Manifests, tip: CommitId | None, instance: InstanceName) -> TreeId | None:
    if tip is None:
        return None
    folder = folder_of(instance)
    return (await manifests.tree_ids(tip, [folder]))[folder]


async def _commit_of(
    manifests: Manifests, tip: CommitId, instance: InstanceName, promotion_id: str
) -> CommitId:
    """Find the commit that carries a promotion; after a squash it is the branch's tip."""
    for commit in reversed(await manifests.history(tip, None, folder_of(instance))):
        if promotion_id in commit.trailers.get("Promotion-Id", ()):
            return commit.id
    return tip
