"""Keeps the clone's branches where the remote's are. Only on the thread that owns the clone."""

from collections.abc import Mapping, Sequence

import pygit2

from headway.adapters.git.reading import find_commit
from headway.app.ports import Refs
from headway.domain.names import CommitId, EnvironmentName

BRANCHES = "refs/heads/"
_ENVIRONMENTS = f"{BRANCHES}environments/"
_MAIN = f"{BRANCHES}main"


def known_refs(repository: pygit2.Repository) -> Refs:
    """Give the branches that the clone knows."""
    tips = _tips(repository)
    environments = {
        EnvironmentName(ref.removeprefix(_ENVIRONMENTS)): CommitId(commit)
        for ref, commit in sorted(tips.items())
        if ref.startswith(_ENVIRONMENTS)
    }
    main = tips.get(_MAIN)
    return Refs(main=CommitId(main) if main else None, environments=environments)


def missing(repository: pygit2.Repository, tips: Mapping[str, str]) -> Sequence[str]:
    """Give the refs whose commit the clone does not have, after removing those that the remote does not have.

    Removed first, because a branch `environments/a` gone leaves room for `environments/a/b`.
    """
    for ref in _tips(repository).keys() - tips.keys():
        repository.references.delete(ref)
    return sorted(ref for ref, commit in tips.items() if find_commit(repository, commit) is None)


def follow(repository: pygit2.Repository, tips: Mapping[str, str]) -> None:
    """Set each branch to the remote's commit where the clone has it; one fetched meanwhile is newer still."""
    for ref, commit in tips.items():
        if find_commit(repository, commit) is not None:
            repository.references.create(ref, commit, force=True)


def set_branch(repository: pygit2.Repository, ref: str, commit: str | None) -> None:
    """Set one branch to what a look at the remote saw; None: it is gone."""
    if commit is None:
        if ref in repository.references:
            repository.references.delete(ref)
    elif find_commit(repository, commit) is not None:
        repository.references.create(ref, commit, force=True)


def _tips(repository: pygit2.Repository) -> dict[str, str]:
    names = repository.listall_references()
    return {
        name: str(repository.references[name].target)
        for name in names
        if name == _MAIN or name.startswith(_ENVIRONMENTS)
    }
