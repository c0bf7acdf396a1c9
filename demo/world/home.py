"""The one folder that a world lives in: who owns it, what must be undone, and its end without traces.

A world whose owner was killed is cleared at the next start in the same folder; one whose owner still plays is
left alone.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from demo.world.commands import run
from demo.world.ending import undisturbed
from demo.world.processes import end_marked, start_time
from headway.domain.errors import Broken, HeadwayError, UsageError

_OWNER = "owner.json"
_UNDO = "undo.jsonl"
_PATIENCE_S = 300.0
"""How long one undoing may take: a slow machine removes some thirty pods."""


class Home:
    """A world's folder. Made by `claim`; one at a time uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def claim(self) -> None:
        """Clear what an earlier world left and own the folder.

        Raises:
            UsageError: `demo-running`: its owner still plays; `demo-folder-taken`: the folder is no world's.
        """
        self.clear_if_left()
        self.folder.mkdir(parents=True)
        me = {"pid": os.getpid(), "start_time": start_time(os.getpid())}
        (self.folder / _OWNER).write_text(json.dumps(me))

    def clear_if_left(self) -> None:
        """Clear the folder if its world's owner has ended.

        Raises:
            UsageError: `demo-running`, `demo-folder-taken`, as for `claim`.
            Broken: `demo-not-cleared`.
        """
        self._refuse_if_not_ours()
        self.clear()

    def undo_later(self, argv: Sequence[str]) -> None:
        """Have a command run when the world ends, the last one told first; told before its cause happens."""
        with (self.folder / _UNDO).open("a") as file:
            file.write(json.dumps(list(argv)) + "\n")

    def clear(self) -> None:
        """End the world's processes, undo what was told, unmount and remove the folder. Idempotent.

        Raises:
            Broken: `demo-not-cleared`: the folder could not be removed.
        """
        with undisturbed():
            if self.folder.exists():
                end_marked(self.folder)
                self._undo()
                self._remove()

    def _refuse_if_not_ours(self) -> None:
        owner = self.folder / _OWNER
        if not self.folder.exists() or not any(self.folder.iterdir()):
            return
        if not owner.exists():
            raise UsageError(
                "demo-folder-taken",
                f"{self.folder} holds something else",
                why="no demo has left its mark there, and a demo removes its folder",
                next_step="name another folder",
            )
        said = json.loads(owner.read_text())
        if said["pid"] != os.getpid() and start_time(said["pid"]) == said["start_time"]:
            raise UsageError(
                "demo-running",
                f"a demo already plays in {self.folder}",
                why=f"process {said['pid']} owns it",
                next_step="wait for its end, or name another folder",
            )

    def _undo(self) -> None:
        file = self.folder / _UNDO
        lines = file.read_text().splitlines() if file.exists() else []
        for line in reversed(lines):
            try:
                run(json.loads(line), timeout_s=_PATIENCE_S)
            except (HeadwayError, ValueError):
                # A torn last line, or nothing left to undo: the rest is undone all the same.
                continue

    def _remove(self) -> None:
        for mount in _mounts_under(self.folder):
            # Undone already by whoever mounted it: then the folder can be removed all the same.
            with contextlib.suppress(HeadwayError):
                run(["umount", "--lazy", str(mount)])
        try:
            shutil.rmtree(self.folder)
        except OSError as error:
            raise Broken(
                "demo-not-cleared",
                f"{self.folder} could not be removed",
                why=str(error),
                next_step="end what uses it, then remove it",
            ) from error


def _mounts_under(folder: Path) -> list[Path]:
    """Give the mounts below a folder, innermost first (proc(5), mountinfo, field 5, octal escapes)."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = (Path(line.split()[4].encode().decode("unicode_escape")) for line in lines)
    return sorted((point for point in points if point.is_relative_to(folder)), reverse=True)
