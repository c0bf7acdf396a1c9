"""An instance's folder on its environment branch: where it is, what it holds, how it is recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1

from headway.app.lock_text import read_lock, write_lock
from headway.app.ports import CommitReader
from headway.domain.estate import Estate
from headway.domain.lock import LockEntry, LockFile
from headway.domain.names import CommitId, EnvironmentName, InstanceName, PromotionId, TreeId


def folder_of(instance: InstanceName) -> str:
    """Give the folder's path on the branch."""
    return f"{instance.application}/{instance.instance}"


def namespace_of(estate: Estate | None, instance: InstanceName) -> str:
    """Give the namespace that the instance runs in."""
    application = estate.applications.get(instance.application) if estate else None
    return (
        application.namespace(instance.instance)
        if application
        else f"{instance.application}-{instance.instance}"
    )


def branch_of(environment: EnvironmentName) -> str:
    """Give the branch that an environment's desired state stands on."""
    return f"environments/{environment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedFolder:
    """A lock file and the manifests that it names."""

    lock: LockFile
    manifests: Mapping[str, TreeId]
    """By artifact: the tree of its rendered manifests."""

    @property
    def id(self) -> TreeId:
        """Fingerprint it: the same on the desk, on the branch, after a squash and after a revert."""
        return folder_id(write_lock(self.lock), self.manifests)

    def with_entry(self, artifact: str, entry: LockEntry, manifests: TreeId) -> "LockedFolder":
        """Give it with one artifact put in or replaced."""
        lock = LockFile(
            promotion=self.lock.promotion,
            namespace=self.lock.namespace,
            entries={**self.lock.entries, artifact: entry},
        )
        return LockedFolder(lock=lock, manifests={**self.manifests, artifact: manifests})

    def without(self, artifact: str) -> "LockedFolder":
        """Give it with one artifact taken out."""
        entries = {name: entry for name, entry in self.lock.entries.items() if name != artifact}
        lock = LockFile(promotion=self.lock.promotion, namespace=self.lock.namespace, entries=entries)
        kept = {name: tree for name, tree in self.manifests.items() if name != artifact}
        return LockedFolder(lock=lock, manifests=kept)

    def named(self, promotion: PromotionId) -> "LockedFolder":
        """Give it as the promotion that writes it."""
        lock = LockFile(promotion=promotion, namespace=self.lock.namespace, entries=self.lock.entries)
        return LockedFolder(lock=lock, manifests=self.manifests)


def folder_id(lock_text: bytes, manifests: Mapping[str, TreeId]) -> TreeId:
    """Fingerprint a folder by its lock file's bytes and its manifests' trees."""
    trees = "\n".join(f"{name} {tree}" for name, tree in sorted(manifests.items()))
    return TreeId(sha1(lock_text + b"\0" + trees.encode(), usedforsecurity=False).hexdigest())


def empty_folder(estate: Estate | None, instance: InstanceName) -> LockedFolder:
    """Give the folder of an instance that never had a lock."""
    lock = LockFile(promotion=PromotionId("0" * 16), namespace=namespace_of(estate, instance), entries={})
    return LockedFolder(lock=lock, manifests={})


async def read_folder_at(
    manifests: CommitReader, commit: CommitId | None, instance: InstanceName
) -> LockedFolder | None:
    """Read an instance's folder at a commit; None: there is no lock file.

    Raises:
        UsageError: the lock file cannot be understood.
    """
    if commit is None:
        return None
    folder = folder_of(instance)
    path = f"{folder}/lock.yaml"
    text = (await manifests.read_files(commit, [path]))[path]
    if text is None:
        return None
    names = [name.rstrip("/") for name in await manifests.list_folder(commit, f"{folder}/manifests")]
    trees = await manifests.tree_ids(commit, [f"{folder}/manifests/{name}" for name in names])
    found = {name: tree for name in names if (tree := trees[f"{folder}/manifests/{name}"]) is not None}
    return LockedFolder(lock=read_lock(text, path), manifests=found)


def overlay_of(artifact: str, application: str, instance: InstanceName) -> str:
    """Give the overlay's path on `main`."""
    return f"{application}/{artifact}/overlays/{instance.instance}"


def inputs_of(estate: Estate, application: str, artifact: str) -> tuple[str, ...]:
    """Give the paths on `main` that an artifact's overlays may read."""
    return (f"{application}/{artifact}", *estate.applications[application].artifacts[artifact].shares)
