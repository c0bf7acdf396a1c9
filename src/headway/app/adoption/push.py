"""Writes first locks to environment branches: one commit for each instance, as Headway's own first lock is.

A ledger that knows nothing of them takes them up as it does after a rebuild, and holds each instance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headway.app.adoption.locks import FirstLock
from headway.app.commit_text import AUTHOR
from headway.app.instance_folder import LockedFolder, branch_of, folder_of, namespace_of, read_folder_at
from headway.app.lock_text import write_lock
from headway.app.ports import BranchPush, Manifests, NewCommit, PushResult
from headway.domain.estate import Estate
from headway.domain.facts import Change
from headway.domain.lock import LockEntry, LockFile
from headway.domain.names import ArtifactName, CommitId, EnvironmentName, InstanceName, TreeId, Version
from headway.domain.promotion_id import full, promotion_id

_REASON = "adopted: "
"""How the reason of each commit here begins: by it they are known again."""
_AS_IT_RUNS = "as it runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one instance's first lock."""

    instance: InstanceName
    branch: str
    result: PushResult | None
    """None: nothing was pushed, as the branch has a lock of it already."""
    words: str = ""

    @property
    def is_right(self) -> bool:
        """Say whether the branch has a lock of exactly what runs."""
        return self.result is PushResult.LANDED or (self.result is None and self.words == _AS_IT_RUNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What each first lock's commit says of itself."""

    main: CommitId
    """The commit of `main` that was rendered."""
    who: str
    at: datetime


async def push_first_locks(
    manifests: Manifests, estate: Estate, locks: Sequence[FirstLock], signed: Signed
) -> tuple[Written, ...]:
    """Push first locks, all branches at once; one that is refused stops no other. Idempotent.

    A lock of an earlier call that is not what runs any more is written anew. One that anybody else wrote
    since is left as it is.

    Raises:
        Transient: `git-remote-away`.
    """
    refs = await manifests.fetch()
    commits: dict[EnvironmentName, list[tuple[InstanceName, NewCommit]]] = {}
    done: list[Written] = []
    for one in locks:
        instance, environment = one.found.instance, one.found.application.environment
        made = await _made(manifests, estate, one, signed, refs.environments.get(environment))
        if isinstance(made, str):
            done.append(Written(instance=instance, branch=branch_of(environment), result=None, words=made))
        else:
            commits.setdefault(environment, []).append((instance, made))
    pushes = [
        BranchPush(
            branch=branch_of(environment),
            expected=refs.environments.get(environment),
            commits=tuple(commit for _, commit in made),
        )
        for environment, made in commits.items()
    ]
    results = await manifests.push(pushes) if pushes else ()
    for result, carried in zip(results, commits.values(), strict=True):
        done += [
            Written(instance=instance, branch=result.branch, result=result.result, words=result.words)
            for instance, _ in carried
        ]
    return tuple(sorted(done, key=lambda written: written.instance))


async def _made(
    manifests: Manifests, estate: Estate, one: FirstLock, signed: Signed, tip: CommitId | None
) -> NewCommit | str:
    """Make an instance's commit, or say why there is none to make."""
    instance = one.found.instance
    before = await read_folder_at(manifests, tip, instance)
    trees = {name: await manifests.write_folder(entry.files) for name, entry in sorted(one.entries.items())}
    if before is not None and tip is not None:
        if before.manifests == trees:
            return _AS_IT_RUNS
        last = (await manifests.history(tip, None, folder_of(instance)))[-1]
        if not any(reason.startswith(_REASON) for reason in last.trailers.get("Reason", ())):
            return f"written since by {last.author}, and not what runs: let Headway or them say why"
    changes = [_change(one, name, tree, before, signed.main) for name, tree in trees.items()]
    lock = LockFile(
        promotion=promotion_id(instance, changes, before.lock.promotion if before else None),
        namespace=namespace_of(estate, instance),
        entries={
            name: LockEntry(digest=entry.digest, commit=signed.main, reference=entry.reference)
            for name, entry in one.entries.items()
        },
    )
    folder = folder_of(instance)
    edits: dict[str, bytes | TreeId | None] = {f"{folder}/lock.yaml": write_lock(lock)}
    edits |= {f"{folder}/manifests": None} if before else {}
    edits |= {f"{folder}/manifests/{name}": tree for name, tree in trees.items()}
    message = _message(one, lock, changes, signed.who, is_first=before is None)
    return NewCommit(edits=edits, message=message, author=AUTHOR, at=signed.at)


def _change(one: FirstLock, name: str, tree: TreeId, before: LockedFolder | None, main: CommitId) -> Change:
    entry = one.entries[name]
    locked = before.lock.entries.get(name) if before else None
    return Change(
        artifact=ArtifactName(one.found.instance.application, name),
        before=Version(locked.digest, locked.commit) if locked else None,
        after=Version(entry.digest, main),
        manifests=tree,
        reference=entry.reference,
    )


def _message(one: FirstLock, lock: LockFile, changes: Sequence[Change], who: str, *, is_first: bool) -> str:
    instance = one.found.instance
    reason = f"{_REASON}what Application {one.found.application} ran"
    when = "for the first time" if is_first else "anew, as it runs"
    lines = [f"Lock {instance} {when}", "", reason, ""]
    lines += [f"Promotion-Id: {lock.promotion}", f"Instance: {instance}"]
    for change in changes:
        lines += [
            f"Artifact: {change.artifact}",
            f"Version: {full(change.after)}",
            f"Previous-Version: {full(change.before)}",
        ]
        if change.after is not None:
            lines.append(f"Configuration-Commit: {change.after.commit}")
    lines += [f"Promoted-By: {' '.join(who.split())}", f"Reason: {reason}"]
    return "\n".join(lines) + "\n"
