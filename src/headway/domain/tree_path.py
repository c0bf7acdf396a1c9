"""Paths inside a repository's tree: what may stand in one, decided in one place.

Invariant: a parsed path never leaves the tree, whatever file system it is written to later: no empty part,
no ``.`` or ``..``, no ``.git`` in any case, no backslash, colon-drive or control character.
"""

from headway.domain.errors import UsageError

_FORBIDDEN = frozenset({"", ".", "..", ".git", "git~1"})


def is_safe_name(name: str) -> bool:
    """Say whether one entry's name can be written to disk inside its folder and nowhere else."""
    if name.lower() in _FORBIDDEN or "/" in name or "\\" in name:
        return False
    return all(character.isprintable() for character in name)


def parse_tree_path(path: str) -> tuple[str, ...]:
    """Split a path of a tree into its names; ``""`` is the root and has none.

    Raises:
        UsageError: `path-outside`: it is absolute, leaves the tree or names what Git keeps for itself.
    """
    if not path:
        return ()
    parts = tuple(path.split("/"))
    if not all(is_safe_name(part) for part in parts):
        raise path_outside(path, "it is absolute, leaves the tree or holds a name that no tree may hold")
    return parts


def path_outside(path: str, why: str) -> UsageError:
    """Make the error that every reader and writer of trees raises for such a path."""
    return UsageError(
        "path-outside",
        f"{path!r} is not a path inside the repository",
        why=why,
        next_step="use regular files at relative paths inside the repository",
    )


def not_followed(path: str, kind: str) -> UsageError:
    """Make the error for a symbolic link or a submodule (`kind`), alike for every reader of trees."""
    return UsageError(
        "path-outside",
        f"{path!r} is a {kind}",
        why="it is not followed: it may lead out of the repository",
        next_step="put what it leads to there itself",
    )
