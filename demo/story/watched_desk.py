"""`headway check --watch` on a desk: checked again at each save, its answers read from its log."""

import re
import time

from demo.story.failure import StepFailed
from demo.world.processes import Process

_END = re.compile(r"^(?:In|Not in) order: .+$", re.MULTILINE)
_ASIDES = ("reading the estate", "It is checked again", "── ")
_ANSWERS_WITHIN_S = 60.0
_LOOK_S = 0.02


class WatchedDesk:
    """What one such program says. Not safe to use from several threads."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._read = 0

    def answer(self) -> str:
        """Give its next answer, without what it says between two.

        Raises:
            StepFailed: it says none in time, or has ended.
        """
        until = time.monotonic() + _ANSWERS_WITHIN_S
        said = ""
        while time.monotonic() < until and self._process.is_running():
            said = self._process.log.read_text(errors="replace")[self._read :]
            found = _END.search(said)
            if found is not None:
                self._read += found.end()
                lines = said[: found.end()].splitlines()
                return "\n".join(line for line in lines if line and not line.startswith(_ASIDES))
            time.sleep(_LOOK_S)
        raise StepFailed("headway check --watch", expected="an answer in a minute", seen=said[-500:])

    def end(self) -> None:
        """End it."""
        self._process.end()
