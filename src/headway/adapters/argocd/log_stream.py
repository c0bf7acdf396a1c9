"""Reads what Argo CD streams of a container's log: JSON, one line each; bounded in any case.

Argo CD knows no bound of bytes, so only the last lines are held, and the stream is given up after so much.
What Kubernetes says in place of a log, such as that there was no run before, is a line without an instant.
"""

import json
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime

from headway.adapters.argocd.connection import mapping, one_line
from headway.domain.live import LogLine, LogRequest, LogTail
from headway.domain.log_text import MOST_CHARACTERS, log_tail

READS_AT_MOST = 16 * 1024 * 1024
"""Bytes of one stream."""
_LONGEST_ENTRY = 1024 * 1024
_LONGEST = 4 * MOST_CHARACTERS


async def read_log(stream: AsyncIterator[bytes], request: LogRequest) -> LogTail:
    """Give the last lines of a stream that was asked for one line more than is wanted.

    Raises:
        ValueError: Argo CD tells of an error instead; in its words.
    """
    lines: deque[LogLine] = deque(maxlen=request.most_lines + 1)
    words, is_cut = "", False
    async for entry, is_whole in _entries(stream):
        if not is_whole:
            is_cut = True
            continue
        told = json.loads(entry)
        if not isinstance(told, dict):
            raise ValueError("an entry of its stream is no object")  # as any that is no JSON
        if "result" not in told:
            raise ValueError(one_line(mapping(told, "error").get("message")))
        result = mapping(told, "result")
        if result.get("last"):
            break
        at, text = _instant(result.get("timeStampStr")), str(result.get("content", ""))
        if at is None:
            words = one_line(text)
        else:
            lines.append(LogLine(at=at, text=text[: _LONGEST + 1]))
    return log_tail(list(lines), request, is_cut=is_cut, words=words)


async def _entries(stream: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, bool]]:
    """Give each entry, and whether it is whole: one that is too long, or comes too late, is left out."""
    held, size, is_whole = b"", 0, True
    async for piece in stream:
        size += len(piece)
        *ended, rest = (held + piece).split(b"\n")
        for entry in ended:
            if entry.strip() or not is_whole:
                yield entry, is_whole
            is_whole = True
        held = rest
        if len(held) > _LONGEST_ENTRY:
            held, is_whole = b"", False
        if size > READS_AT_MOST:
            yield b"", False
            return
    if held.strip() or not is_whole:
        yield held, is_whole


def _instant(text: object) -> datetime | None:
    """Read an instant; Argo CD writes the year 1 for none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.year > 1 and found.tzinfo is not None else None
