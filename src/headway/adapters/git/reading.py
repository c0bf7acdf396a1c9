"""Reads trees of repositories that strangers wrote.

Invariants: nothing outside the tree is ever reached (a symlink is never followed, a submodule never entered);
one read gives at most `FOLDER_BYTES`. Only on the thread that owns the clone.
"""

from collections.abc import Iterator, Mapping

import pygit2
from pygit2.enums import FileMode

from headway.domain.errors import UsageError
from headway.domain.tree_path import is_safe_name, not_followed, parse_tree_path, path_outside

FOLDER_BYTES = 64 << 20
"""Far more than manifests need; a folder of videos committed by mistake stops here, not in memory."""
FOLDER_FILES = 20_000
_LONGEST_TARGET = 4096
"""PATH_MAX of Linux: nothing longer could be followed anywhere."""
_REGULAR = (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)


def find_commit(repository: pygit2.Repository, commit: str) -> pygit2.Commit | None:
    """Give a commit of the clone; None: it has none of that id."""
    try:
        found = repository[commit]
    except (KeyError, ValueError):
        return None
    return found if isinstance(found, pygit2.Commit) else None


def known_commit(repository: pygit2.Repository, commit: str) -> pygit2.Commit:
    """Give a commit of the clone.

    Raises:
        UsageError: `commit-unknown`.
    """
    found = find_commit(repository, commit)
    if found is None:
        raise commit_unknown(commit)
    return found


def known_tree(repository: pygit2.Repository, tree: str) -> pygit2.Tree:
    """Give a tree of the clone.

    Raises:
        UsageError: `tree-unknown`.
    """
    found = repository.get(tree)
    if not isinstance(found, pygit2.Tree):
        raise UsageError(
            "tree-unknown",
            f"the clone has no tree {tree[:12]}",
            why="it was written into another clone, or the clone was made anew",
            next_step="write the folder again",
        )
    return found


def commit_unknown(commit: str) -> UsageError:
    """Make the error for a commit that the clone does not have."""
    return UsageError(
        "commit-unknown",
        f"the manifests repository has no commit {commit[:12]}",
        why="it is on no branch that is fetched, or history was rewritten",
        next_step="name a commit of main or of an environment's branch",
    )


def find_entry(tree: pygit2.Tree, path: str) -> pygit2.Object | None:
    """Give what stands at a path of a tree, ``""`` being the tree; None: nothing, or no tree can hold it."""
    try:
        names = parse_tree_path(path)
    except UsageError:
        return None
    found: pygit2.Object = tree
    for name in names:
        if not isinstance(found, pygit2.Tree) or name not in found:
            return None
        found = found[name]
    return found if found.filemode != FileMode.COMMIT else None


def read_file(tree: pygit2.Tree, path: str) -> bytes | None:
    """Give a regular file's bytes; None: nothing there, a folder, a symlink or a submodule.

    Raises:
        UsageError: `manifests-too-large`.
    """
    found = find_entry(tree, path)
    if not isinstance(found, pygit2.Blob) or found.filemode not in _REGULAR:
        return None
    if found.size > FOLDER_BYTES:
        raise _too_large(path)
    return found.data


def read_link(tree: pygit2.Tree, path: str) -> str | None:
    """Give a symbolic link's target; None: there is no link, or its target is no text."""
    found = find_entry(tree, path)
    if not isinstance(found, pygit2.Blob) or found.filemode != FileMode.LINK or found.size > _LONGEST_TARGET:
        return None
    try:
        return found.data.decode()
    except UnicodeDecodeError:
        return None


def list_entries(tree: pygit2.Tree, path: str) -> list[str]:
    """Give a folder's names, sorted, folders with a trailing slash; hostile names are left out."""
    found = find_entry(tree, path)
    if not isinstance(found, pygit2.Tree):
        return []
    names = (
        (entry.name or "") + ("/" if entry.filemode == FileMode.TREE else "")
        for entry in found
        if is_safe_name(entry.name or "")
    )
    return sorted(names)


def read_folder(tree: pygit2.Tree, path: str) -> Mapping[str, bytes]:
    """Give every file under a folder by its path relative to it; empty when it is not there.

    Raises:
        UsageError: `path-outside` for a symlink, a submodule or a hostile name in it; `manifests-too-large`.
    """
    found = find_entry(tree, path)
    files: dict[str, bytes] = {}
    if not isinstance(found, pygit2.Tree):
        return files
    left = FOLDER_BYTES
    for name, blob in _walk(found, path, ""):
        left -= blob.size
        if left < 0 or len(files) >= FOLDER_FILES:
            raise _too_large(path)
        files[name] = blob.data
    return files


def _walk(tree: pygit2.Tree, root: str, below: str) -> Iterator[tuple[str, pygit2.Blob]]:
    for entry in tree:
        name = f"{below}{entry.name}"
        shown = f"{root}/{name}" if root else name
        if not is_safe_name(entry.name or ""):
            raise path_outside(shown, "no file may have that name")
        if entry.filemode == FileMode.LINK:
            raise not_followed(shown, "symbolic link")
        if entry.filemode == FileMode.COMMIT:
            raise not_followed(shown, "submodule")
        if isinstance(entry, pygit2.Tree):
            yield from _walk(entry, root, f"{name}/")
        elif isinstance(entry, pygit2.Blob):
            yield name, entry


def _too_large(path: str) -> UsageError:
    return UsageError(
        "manifests-too-large",
        f"{path or 'the root'} holds more than manifests may",
        why=f"one folder is read up to {FOLDER_BYTES >> 20} MB and {FOLDER_FILES} files",
        next_step="take out what is no manifest",
    )
