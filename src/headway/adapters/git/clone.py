"""Our bare clone of one remote: made when needed, set aside when broken, owned by one thread.

Invariants: every pygit2 call on the clone happens on its thread, through `run`; a clone that cannot be read
is renamed, never mended in place, and the next fetch starts from an empty one; only refs of the remote stand
in it. Nothing in it is precious: the remote has it all.
"""

import asyncio
import hashlib
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pygit2
from pygit2.enums import RepositoryOpenFlag

from headway.domain.errors import Broken, Transient

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_KEPT_ASIDE = 3
"""Broken clones kept for a person to look at; older ones are deleted, or a failing disk would fill up."""


class OwnedClone:
    """One bare clone and the thread that owns it."""

    def __init__(self, state: Path, name: str, url: str) -> None:
        identity = hashlib.sha256(url.encode()).hexdigest()[:12]
        safe_name = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        self.path = (state / f"{safe_name}-{identity}.git").absolute()
        self._url = url
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"git-{safe_name}")
        self._repository: pygit2.Repository | None = None
        self.is_suspect = False
        """Whether an object could not be read: the next fetch looks at the whole clone."""

    async def run(
        self,
        work: Callable[Concatenate[pygit2.Repository, _Given], _Result],
        *given: _Given.args,
        **named: _Given.kwargs,
    ) -> _Result:
        """Do `work` on the clone's thread.

        Raises:
            Transient: `clone-damaged`: an object cannot be read; the next fetch mends it.
            Broken: `clone-unwritable`: the state folder cannot be written.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(self._do, work, *given, **named))

    async def open(self) -> None:
        """Make the clone if it is not there."""
        await self.run(lambda _: None)

    async def set_aside(self) -> None:
        """Rename the clone, so that an empty one takes its place."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._set_aside)

    async def close(self) -> None:
        """Let the thread end after what it does now."""
        await asyncio.to_thread(self._thread.shutdown)

    def _do(
        self,
        work: Callable[Concatenate[pygit2.Repository, _Given], _Result],
        *given: _Given.args,
        **named: _Given.kwargs,
    ) -> _Result:
        try:
            return work(self._opened(), *given, **named)
        except OSError as error:
            raise Broken(
                "clone-unwritable",
                f"the clone {self.path.name} cannot be written",
                why=str(error),
                next_step="make room on the disk, or give Headway its state folder back",
            ) from error
        except (pygit2.GitError, KeyError, ValueError) as error:
            self.is_suspect = True
            raise Transient(
                "clone-damaged",
                f"the clone {self.path.name} cannot be read",
                why=str(error),
                next_step="the next fetch looks at it and clones anew",
            ) from error

    def _opened(self) -> pygit2.Repository:
        if self._repository is not None:
            return self._repository
        if self.path.exists() and not _is_readable(self.path):
            self._set_aside()
        if not self.path.exists():
            make_bare(self.path, self._url)
        self._repository = pygit2.Repository(str(self.path), RepositoryOpenFlag.NO_SEARCH)
        return self._repository

    def _set_aside(self) -> None:
        self._repository = None
        self.is_suspect = False
        if not self.path.exists():
            return
        aside = sorted(self.path.parent.glob(f"{self.path.name}.broken-*"), key=_number)
        number = _number(aside[-1]) + 1 if aside else 1
        for older in aside[: max(0, len(aside) - _KEPT_ASIDE + 1)]:
            shutil.rmtree(older, ignore_errors=True)
        self.path.rename(self.path.parent / f"{self.path.name}.broken-{number}")


def make_bare(path: Path, url: str) -> None:
    """Make an empty bare repository whose remote `origin` is `url`; it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    repository = pygit2.init_repository(str(unfinished), bare=True)
    repository.config["remote.origin.url"] = url
    # Written by hand above and read by git alone: the address may hold credentials.
    (unfinished / "config").chmod(0o600)
    repository.free()
    unfinished.rename(path)


def _number(aside: Path) -> int:
    last = aside.name.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def _has_tree(found: pygit2.Object) -> bool:
    return isinstance(found, pygit2.Commit) and isinstance(found.tree, pygit2.Tree)


def _is_readable(path: Path) -> bool:
    """Say whether the clone opens and each branch's commit and root tree can be read."""
    try:
        repository = pygit2.Repository(str(path), RepositoryOpenFlag.NO_SEARCH)
        if (
            "ref:" not in (path / "HEAD").read_text(errors="replace")
            or "remote.origin.url" not in repository.config
        ):
            return False
        for name in repository.listall_references():
            if not _has_tree(repository.references[name].peel(None)):
                return False
    except (pygit2.GitError, KeyError, ValueError, OSError):
        return False
    return True
