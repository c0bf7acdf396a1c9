"""Where a work tree on somebody's desk comes from."""

import re
from pathlib import Path

import pygit2

from headway.domain.errors import UsageError

_WITH_LOGIN = re.compile(r"^(https?://)[^/@]*@")


def origin_of(folder: Path) -> str:
    """Give the URL of a work tree's remote `origin`, without a login that may stand in it.

    Raises:
        UsageError: `adopt-no-origin`: it is no work tree, or has no such remote.
    """
    try:
        url = pygit2.Repository(str(folder)).remotes["origin"].url
    except (pygit2.GitError, KeyError) as error:
        raise UsageError(
            "adopt-no-origin",
            f"it is not known which repository {folder} is",
            why="it is no Git repository, or has no remote named origin",
            next_step="clone the repository that Argo CD reads, and name that folder",
        ) from error
    return _WITH_LOGIN.sub(r"\1", str(url))
