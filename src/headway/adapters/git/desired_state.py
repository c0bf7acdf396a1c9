"""What engines read: environment branches, merged over all manifests repositories (the port `DesiredState`).

Invariants: an instance lives in exactly one repository; one that stands in two, or whose files cannot be
read, is told as unreadable and the others are given. What did not change since the last read is not parsed
again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from headway.app.bounded_yaml import read_documents
from headway.app.lock_text import read_lock
from headway.app.ports import DesiredEnvironment, DesiredInstance, Manifests, Refs
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, EnvironmentName, InstanceName, TreeId, is_label

_Objects = tuple[Mapping[str, object], ...]


class ClonedManifests(Manifests, Protocol):
    """A manifests repository that also says what it knows without asking the remote."""

    async def refs(self) -> Refs:
        """Give the branches as the last fetch or push left them."""
        ...


@dataclass(slots=True, kw_only=True)
class _Branch:
    """What was read of one branch of one repository."""

    tip: CommitId
    names: list[InstanceName] = field(default_factory=list)
    instances: dict[InstanceName, DesiredInstance] = field(default_factory=dict)
    unreadable: dict[InstanceName, str] = field(default_factory=dict)


class GitDesiredState:
    """Environment branches of several clones (`DesiredState`)."""

    def __init__(self, manifests: Sequence[ClonedManifests]) -> None:
        self._manifests = tuple(manifests)
        self._read: dict[tuple[int, EnvironmentName], _Branch] = {}
        self._turn = asyncio.Lock()

    async def read(self, environment: EnvironmentName, *, fetch: bool) -> DesiredEnvironment:
        """See `DesiredState.read`.

        `DesiredInstance.revision` is the tip of the one branch that holds the instance; the environment's
        `revision` is that of the last repository, in the order given, that has the branch.
        """
        async with self._turn:
            asked = (one.fetch() if fetch else one.refs() for one in self._manifests)
            refs = await asyncio.gather(*asked)
            branches = []
            for number, (manifests, known) in enumerate(zip(self._manifests, refs, strict=True)):
                tip = known.environments.get(environment)
                if tip is None:
                    self._read.pop((number, environment), None)
                    continue
                before = self._read.get((number, environment))
                branch = await _read_branch(manifests, tip, before)
                self._read[number, environment] = branch
                branches.append(branch)
        return _merge(environment, branches)


def _merge(environment: EnvironmentName, branches: Sequence[_Branch]) -> DesiredEnvironment:
    instances: dict[InstanceName, DesiredInstance] = {}
    unreadable: dict[InstanceName, str] = {}
    for branch in branches:
        for name in branch.names:
            if name in instances or name in unreadable:
                instances.pop(name, None)
                unreadable[name] = "it stands in two manifests repositories"
            elif name in branch.unreadable:
                unreadable[name] = branch.unreadable[name]
            else:
                instances[name] = branch.instances[name]
    return DesiredEnvironment(
        environment=environment,
        revision=branches[-1].tip if branches else None,
        instances=instances,
        unreadable=unreadable,
    )


async def _read_branch(manifests: Manifests, tip: CommitId, before: _Branch | None) -> _Branch:
    if before is not None and before.tip == tip:
        return before
    branch = _Branch(tip=tip)
    folders = await _instances(manifests, tip)
    locks = await manifests.tree_ids(tip, [f"{name}/lock.yaml" for name in folders])
    branch.names = [name for name in folders if locks[f"{name}/lock.yaml"] is not None]
    for name in branch.names:
        try:
            branch.instances[name] = await _read_instance(manifests, tip, name, before, branch)
        except UsageError as error:
            branch.unreadable[name] = f"{error.what}: {error.why}"
    return branch


async def _instances(manifests: Manifests, tip: CommitId) -> list[InstanceName]:
    names = []
    for application in await manifests.list_folder(tip, ""):
        if application.endswith("/") and is_label(application[:-1]):
            names += [
                InstanceName(application[:-1], instance[:-1])
                for instance in await manifests.list_folder(tip, application[:-1])
                if instance.endswith("/") and is_label(instance[:-1])
            ]
    return names


async def _read_instance(
    manifests: Manifests, tip: CommitId, name: InstanceName, before: _Branch | None, branch: _Branch
) -> DesiredInstance:
    path = f"{name}/lock.yaml"
    known = before.instances.get(name) if before else None
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
        revision=branch.tip,
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
