"""Runs podman and the other programs of this engine, and turns what cut one off into this engine's errors.

Each gets our own environment with what it needs added to it. Safe to use concurrently.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from headway.domain.errors import Transient
from headway.programs import Bounds, CutOff, open_lines, run_bounded

if TYPE_CHECKING:
    import asyncio

OUTPUT_CAP = 32 * 1024 * 1024
"""Bytes of output that are kept; a listing of a thousand containers is 2 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a program that ended left behind."""

    status: int
    """Its exit status; negative: the signal that ended it."""
    output: bytes
    complaint: str
    """Its standard error, trimmed to the last 2000 bytes."""


async def run(
    argv: Sequence[str],
    *,
    within: timedelta,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    folder: Path | None = None,
    becomes_daemon: bool = False,
) -> Done:
    """Run a program to its end.

    Args:
        argv: the program and its arguments; no shell is involved.
        within: how long it may take.
        environment: what is added to this process's own.
        stdin: what it reads.
        folder: where it runs; None: here.
        becomes_daemon: it ends once a child of its own is to go on.

    Raises:
        Transient: `command-missing` when it cannot be started, `command-timeout` when time is up (it and
            its children are then killed), `command-output` when it wrote too much.
    """
    finished = await run_bounded(
        argv,
        environment={**os.environ, **(environment or {})},
        bounds=Bounds(time=within, output=OUTPUT_CAP),
        folder=folder,
        stdin=stdin,
        becomes_daemon=becomes_daemon,
    )
    if finished.cut_off is CutOff.OUTPUT:
        raise Transient(
            "command-output",
            f"{_shown(argv)} wrote too much",
            why=f"more than {OUTPUT_CAP} bytes",
            next_step="look at what it lists",
        )
    if finished.status is None:
        raise Transient(
            "command-timeout",
            f"{_shown(argv)} was called off",
            why=f"it took longer than {within.total_seconds():g} s",
            next_step="it is tried again; look at what holds it up",
        )
    complaint = finished.errors[-2000:].decode(errors="replace").strip()
    return Done(status=finished.status, output=finished.output, complaint=complaint)


def lines(
    argv: Sequence[str], *, environment: Mapping[str, str]
) -> "AbstractAsyncContextManager[asyncio.StreamReader]":
    """Give a running program's output as it comes; the program is killed at the end.

    Raises:
        Transient: `command-missing`.
    """
    return open_lines(argv, environment={**os.environ, **environment})


def _shown(argv: Sequence[str]) -> str:
    return " ".join(argv[:3])
