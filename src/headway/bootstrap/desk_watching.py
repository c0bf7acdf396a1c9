"""Checks an estate on the desk again and again: whenever one of its files was changed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch
from watchfiles.main import FileChange

from headway.adapters.files import tree_from_directory
from headway.bootstrap.desk_checking import DeskCheck
from headway.domain.errors import Transient
from headway.interfaces.cli.composition import Checked, CheckSettings

_SAVED_TOGETHER_MS = 400
"""Files that are saved within this time are one change, such as those of a checkout."""
_LOOKS_EVERY_MS = 50


class WatchedCheck:
    """`Checking` of folders, on a loop of its own."""

    def __init__(self, settings: CheckSettings, runner: asyncio.Runner) -> None:
        """Watch from here on."""
        self._check = DeskCheck(settings)
        self._runner = runner
        self._changes = _changes(settings.folders)
        next(self._changes)

    def check(self) -> Checked:
        """See `Checking.check`."""
        return self._runner.run(self._check.check())

    def wait(self) -> Sequence[Path]:
        """See `Checking.wait`."""
        while not (changes := next(self._changes)):
            pass
        return sorted({Path(path) for _, path in changes})


@contextmanager
def watched_check(settings: CheckSettings) -> Iterator[WatchedCheck]:
    """Open a check that is made again.

    Raises:
        UsageError: `folder-missing`.
        Transient: `desk-unwatched`.
    """
    for folder in settings.folders:
        tree_from_directory(folder)
    with asyncio.Runner() as runner:
        yield WatchedCheck(settings, runner)


def _changes(folders: Sequence[Path]) -> Iterator[set[FileChange]]:
    """Give what changes, and nothing now and then; what Git and editors keep for themselves is no change."""
    try:
        yield from watch(
            *folders,
            debounce=_SAVED_TOGETHER_MS,
            step=_LOOKS_EVERY_MS,
            rust_timeout=_LOOKS_EVERY_MS,
            yield_on_timeout=True,
        )
    except (OSError, RuntimeError) as error:  # what it does not expect is a RuntimeError of its own
        raise Transient(
            "desk-unwatched",
            "saves in these folders cannot be seen",
            why=f"the system says: {str(error).partition(' (Error')[0]}",
            next_step="raise its limit (fs.inotify.max_user_watches), or look once without --watch",
        ) from error
