"""Reads the end of a container's log file, as podman's driver `k8s-file` writes it: bounded in any case.

Each line is an instant, the stream, F for a whole line or P for a part of one, and the text. One file holds
all runs of a container: what was written before its present run began is of those before. Read by ourselves,
since `podman logs` gathers whole lines first, however long they are.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from headway.domain.live import LogLine, LogRequest, LogTail
from headway.domain.log_text import MOST_CHARACTERS, log_tail

READS_AT_MOST = 2 * 1024 * 1024
"""Bytes of the file's end that are looked at."""
_LONGEST = 4 * MOST_CHARACTERS


async def read_log(path: Path, request: LogRequest, *, began: datetime | None) -> LogTail:
    """Give the last lines of the present run, or of those before it.

    `began` lies between the run before and the present one; None: none is known of before, so all is its own.

    Raises:
        OSError: the file cannot be read.
    """
    data, is_cut = await asyncio.to_thread(_end_of, path)
    lines = list(_joined(_parsed(data, is_cut=is_cut)))
    if began is None:
        chosen = [] if request.is_previous else lines
    else:
        of_before = [line.at is not None and line.at < began for line in lines]
        chosen = [
            line for line, before in zip(lines, of_before, strict=True) if before is request.is_previous
        ]
        # What was cut off is older than what was not: it is no loss where that is of the run before.
        is_cut = is_cut and (request.is_previous or not any(of_before))
    return log_tail(chosen, request, is_cut=is_cut)


def _end_of(path: Path) -> tuple[bytes, bool]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - READS_AT_MOST))
        return file.read(READS_AT_MOST), size > READS_AT_MOST


def _parsed(data: bytes, *, is_cut: bool) -> Iterator[tuple[LogLine, bool]]:
    """Give each entry, and whether its line goes on in the next one."""
    entries = data.split(b"\n")
    for entry in entries[1:] if is_cut else entries:
        if not entry:
            continue
        parts = entry.split(b" ", 3)
        at = _instant(parts[0]) if len(parts) >= 3 else None
        if at is None:
            yield LogLine(at=None, text=_text(entry)), False
            continue
        yield LogLine(at=at, text=_text(parts[3] if len(parts) > 3 else b"")), parts[2].startswith(b"P")


def _joined(entries: Iterable[tuple[LogLine, bool]]) -> Iterator[LogLine]:
    """Put the parts of one line together; a line that is too long keeps its beginning."""
    begun: LogLine | None = None
    for line, goes_on in entries:
        whole = line
        if begun is not None:
            whole = LogLine(at=begun.at, text=(begun.text + line.text)[: _LONGEST + 1])
        begun = whole if goes_on else None
        if begun is None:
            yield whole
    if begun is not None:
        yield begun


def _text(data: bytes) -> str:
    return data[: _LONGEST + 1].decode(errors="replace")


def _instant(text: bytes) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.decode("ascii"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
