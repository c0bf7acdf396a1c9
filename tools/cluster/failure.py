"""The one error that the test cluster raises on purpose: what happened, why, and what to do next."""

from pathlib import Path

from tools.setup.failure import SetupError

LAST_LINES = 12
"""How much of a daemon's log is shown when it fails: Go programs say their reason in the last few lines."""


class ClusterError(SetupError):
    """The cluster could not do what was asked; its logs say more."""


def last_lines(log: Path) -> str:
    """Give the end of a log with its path, indented; a log that is missing or empty says so."""
    text = log.read_text(errors="replace") if log.exists() else ""
    lines = [line[:400] for line in text.strip().splitlines()[-LAST_LINES:]] or ["(it wrote nothing)"]
    return "\n    ".join([f"the end of {log}:", *lines])
