"""Looks whether processes of an engine are left on the machine after its end."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from headway.domain.errors import Broken


def processes(is_left: Callable[[Path], bool]) -> Iterator[str]:
    """Give, in words, the processes of which something is so; it is asked with their folder in /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if is_left(folder):
                yield f"process {folder.name}: {command_line(folder)[:60]}"
        except OSError:
            continue  # it ended meanwhile


def command_line(process: Path) -> str:
    """Give a process's command line, by its folder in /proc."""
    return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def refuse(left: Sequence[str]) -> None:
    """Say that something is left, if it is.

    Raises:
        Broken: `demo-left-something`.
    """
    if left:
        raise Broken(
            "demo-left-something",
            "something of the demo is left",
            why="; ".join(left),
            next_step="end it by hand, and tell us",
        )
