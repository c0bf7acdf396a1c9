"""Overlays that no Application reads: nobody runs them, or the account may not see who does."""

import posixpath
from collections.abc import Collection, Sequence

from headway.app.adoption.survey import Survey
from headway.app.adoption.tree import KUSTOMIZATIONS, Trees
from headway.domain.adoption.place import place_of
from headway.domain.errors import UsageError
from headway.domain.names import CommitId


async def unread_overlays(
    seen: Survey, otherwise: str, trees: Trees, commit: CommitId, environments: Collection[str]
) -> tuple[str, ...]:
    """Give the folders of Kustomize beside those that were found and that are read by nobody.

    Args:
        seen: what was found.
        otherwise: an application's name where paths have none.
        trees: the repository.
        commit: at which it is looked at.
        environments: the names that environments have.
    """
    paths = [one.application.path for one in seen.found]
    known = {path for one in seen.found for path in one.reaches} | set(seen.paths)
    done = {one.path.rpartition("/")[0] for one in seen.followed}
    beside: list[str] = []
    for above in sorted({posixpath.dirname(path) for path in paths} - {""}):
        beside += [f"{above}/{name}" for name in await _kustomizations(trees, commit, above)]
    return tuple(
        path
        for path in beside
        if path not in known and str(place_of(path, environments, otherwise)) not in done
    )


async def _kustomizations(trees: Trees, commit: CommitId, folder: str) -> Sequence[str]:
    try:
        files = await trees.read_folder(commit, folder)
    except UsageError:
        # A link somewhere in it, say: whoever renders from there is told, and this is but a remark.
        return ()
    split = [path.split("/") for path in files]
    return sorted({parts[0] for parts in split if len(parts) == 2 and parts[1] in KUSTOMIZATIONS})
