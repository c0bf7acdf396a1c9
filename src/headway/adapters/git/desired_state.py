"""What engines read: environment branches, merged over all manifests repositories (the port `DesiredState`).

Invariants: an instance lives in exactly one repository; one that stands in two, or whose files cannot be
read, is told as unreadable and the others are given. What did not change since the last read is not parsed
again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from headway.app.bounded_yaml import read_documents
from headway.app.instance_folder import read_folder_at
from headway.app.lock_text import read_lock
from headway.app.ports import DesiredEnvironment, DesiredInstance, LockedAt, Manifests, Refs
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, EnvironmentName, InstanceName, TreeId, is_label

_Objects = tuple[Mapping[str, object], ...]
_REVISIONS_KEPT = 2000
"""Of how many (instance, revision) it is remembered what they hold."""


class ClonedManifests(Manifests, Protocol):
    """A manifests repository that also says what it knows without asking the remote."""

    async def refs(self) -> Refs:
        """Give the branches as the last fetch or push left them."""
        ...


@dataclass(slots=True, kw_only=True)
class _Folder:
    """What was read of one application's folder on a branch."""

    tree: TreeId | None
    instances: dict[InstanceName, DesiredInstance] = field(default_factory=dict)
    unreadable: dict[InstanceName, str] = field(default_factory=dict)

    def at(self, tip: CommitId) -> "_Folder":
        """Give it as another commit has it that holds the same tree."""
        instances = {name: replace(one, revision=tip) for name, one in self.instances.items()}
        return replace(self, instances=instances)


@dataclass(slots=True, kw_only=True)
class _Branch:
    """What was read of one branch of one repository, by application."""

    tip: CommitId
    folders: dict[str, _Folder] = field(default_factory=dict)


class GitDesiredState:
    """Environment branches of several clones (`DesiredState`)."""

    def __init__(self, manifests: Sequence[ClonedManifests]) -> None:
        """Read these; the sequence may grow while repositories are opened."""
        self._manifests = manifests
        self._read: dict[tuple[int, EnvironmentName], _Branch] = {}
        self._turn = asyncio.Lock()
        self._locked: dict[tuple[InstanceName, CommitId], LockedAt | None] = {}

    async def read(self, environment: EnvironmentName, *, fetch: bool) -> DesiredEnvironment:
        """See `DesiredState.read`.

        `DesiredInstance.revision` is the tip of the one branch that holds the instance; the environment's
        `revision` is that of the last repository, in the order given, that has the branch.
        """
        async with self._turn:
            repositories = tuple(self._manifests)
            refs = await asyncio.gather(*(one.fetch() if fetch else one.refs() for one in repositories))
            branches = []
            for number, (manifests, known) in enumerate(zip(repositories, refs, strict=True)):
                tip = known.environments.get(environment)
                if tip is None:
                    self._read.pop((number, environment), None)
                    continue
                before = self._read.get((number, environment))
                branch = await _read_branch(manifests, tip, before)
                self._read[number, environment] = branch
                branches.append(branch)
        return _merge(environment, branches)

    async def locked_at(self, instance: InstanceName, revision: CommitId) -> LockedAt | None:
        """See `DesiredState.locked_at`; what a commit holds never changes, so it is remembered."""
        key = (instance, revision)
        if key not in self._locked:
            found = await self._look_up(instance, revision)
            if found is None:
                # A revision that nobody knows may come with a later fetch; what one holds stays.
                return None
            self._locked[key] = found
            while len(self._locked) > _REVISIONS_KEPT:
                self._locked.pop(next(iter(self._locked)))
        return self._locked[key]

    async def _look_up(self, instance: InstanceName, revision: CommitId) -> LockedAt | None:
        for fetch in (False, True):
            for manifests in tuple(self._manifests):
                if fetch:
                    await manifests.fetch()
                with suppress(UsageError):
                    found = await read_folder_at(manifests, revision, instance)
                    if found is not None:
                        return LockedAt(promotion_id=found.lock.promotion, renderings=found.manifests)
        return None


def _merge(environment: EnvironmentName, branches: Sequence[_Branch]) -> DesiredEnvironment:
    instances: dict[InstanceName, DesiredInstance] = {}
    unreadable: dict[InstanceName, str] = {}
    for folder in (one for branch in branches for one in branch.folders.values()):
        for name in (*folder.instances, *folder.unreadable):
            if name in instances or name in unreadable:
                instances.pop(name, None)
                unreadable[name] = "it stands in two manifests repositories"
            elif name in folder.unreadable:
                unreadable[name] = folder.unreadable[name]
            else:
                instances[name] = folder.instances[name]
    return DesiredEnvironment(
        environment=environment,
        revision=branches[-1].tip if branches else None,
        instances=instances,
        unreadable=unreadable,
    )


async def _read_branch(manifests: Manifests, tip: CommitId, before: _Branch | None) -> _Branch:
    """Read a branch; an application whose tree is that of before is not looked into again."""
    if before is not None and before.tip == tip:
        return before
    names = [name[:-1] for name in await manifests.list_folder(tip, "") if name.endswith("/")]
    applications = [name for name in names if is_label(name)]
    trees = await manifests.tree_ids(tip, applications)
    branch = _Branch(tip=tip)
    for application in applications:
        known = before.folders.get(application) if before else None
        if known is not None and known.tree == trees[application]:
            branch.folders[application] = known.at(tip)
        else:
            branch.folders[application] = await _read_folder(
                manifests, tip, application, trees[application], known
            )
    return branch


async def _read_folder(
    manifests: Manifests, tip: CommitId, application: str, tree: TreeId | None, before: _Folder | None
) -> _Folder:
    names = [
        InstanceName(application, name[:-1])
        for name in await manifests.list_folder(tip, application)
        if name.endswith("/") and is_label(name[:-1])
    ]
    locks = await manifests.tree_ids(tip, [f"{name}/lock.yaml" for name in names])
    folder = _Folder(tree=tree)
    for name in names:
        if locks[f"{name}/lock.yaml"] is None:
            continue
        known = before.instances.get(name) if before else None
        try:
            folder.instances[name] = await _read_instance(manifests, tip, name, known)
        except UsageError as error:
            folder.unreadable[name] = f"{error.what}: {error.why}"
    return folder


async def _read_instance(
    manifests: Manifests, tip: CommitId, name: InstanceName, known: DesiredInstance | None
) -> DesiredInstance:
    path = f"{name}/lock.yaml"
    data = (await manifests.read_files(tip, [path]))[path]
    if data is None:
        raise UsageError(
            "lock-malformed", f"{path} is no file", why="it is a folder or a link", next_step="restore it"
        )
    lock = read_lock(data, path)
    folders = {artifact: f"{name}/manifests/{artifact}" for artifact in sorted(lock.entries)}
    ids = await manifests.tree_ids(tip, list(folders.values()))
    artifacts: dict[str, _Objects] = {}
    renderings: dict[str, TreeId] = {}
    for artifact, folder in folders.items():
        tree = ids[folder]
        if tree is None:
            raise _no_manifests(folder)
        renderings[artifact] = tree
        if known is not None and known.renderings.get(artifact) == tree:
            artifacts[artifact] = known.artifacts[artifact]
        else:
            artifacts[artifact] = _parse(folder, await manifests.read_folder(tip, folder))
    return DesiredInstance(
        instance=name,
        namespace=lock.namespace,
        promotion_id=lock.promotion,
        revision=tip,
        artifacts=artifacts,
        renderings=renderings,
    )


def _parse(folder: str, files: Mapping[str, bytes]) -> _Objects:
    objects: list[Mapping[str, object]] = []
    for file, data in sorted(files.items()):
        if "/" in file or not file.endswith(".yaml"):
            continue
        for document in read_documents(data, f"{folder}/{file}"):
            value = document.value
            if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
                raise UsageError(
                    "manifest-malformed",
                    f"{folder}/{file} is no Kubernetes object",
                    why="it has no kind",
                    next_step="restore the instance's manifests",
                )
            objects.append(value)
    return tuple(objects)


def _no_manifests(folder: str) -> UsageError:
    return UsageError(
        "manifests-missing",
        f"{folder} is not there",
        why="the lock file names the artifact and nothing is rendered beside it",
        next_step="restore the instance",
    )
