"""Checks an estate on the desk again and again: whenever one of its files was changed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch
from watchfiles.main import FileChange

from headway.bootstrap.desk_checking import DeskCheck
from headway.interfaces.cli.composition import Checked, CheckSettings

_SAVED_TOGETHER_MS = 400
"""Files that are saved within this time are one change, such as those of a checkout."""
_LOOKS_EVERY_MS = 50


class WatchedCheck:
    """`Checking` of folders, on a loop of its own."""

    def __init__(self, settings: CheckSettings, runner: asyncio.Runner) -> None:
        """Watch from here on; folders that are not there are told by the first check."""
        self._check = DeskCheck(settings)
        self._runner = runner
        self._changes = _changes(settings.folders)
        next(self._changes, None)

    def check(self) -> Checked:
        """See `Checking.check`."""
        return self._runner.run(self._check.check())

    def wait(self) -> Sequence[Path]:
        """See `Checking.wait`."""
        for changes in self._changes:
            if changes:
                return sorted({Path(path) for _, path in changes})
        return ()


@contextmanager
def watched_check(settings: CheckSettings) -> Iterator[WatchedCheck]:
    """Open a check that is made again."""
    with asyncio.Runner() as runner:
        yield WatchedCheck(settings, runner)


def _changes(folders: Sequence[Path]) -> Iterator[set[FileChange]]:
    """Give what changes, and nothing now and then; what Git and editors keep for themselves is no change."""
    if not all(folder.exists() for folder in folders):
        return iter(())
    return watch(
        *folders,
        debounce=_SAVED_TOGETHER_MS,
        step=_LOOKS_EVERY_MS,
        rust_timeout=_LOOKS_EVERY_MS,
        yield_on_timeout=True,
    )
