"""Bounds and tames what containers wrote: their text is whatever somebody made a program say. Pure.

What comes out holds no escape sequence, no control character but the tabulator, nothing that turns the
direction of writing, and no half of a character; and it is no longer than was asked for.
"""

import re
from collections.abc import Sequence

from headway.domain.live import LogLine, LogRequest, LogTail

MOST_CHARACTERS = 4000
"""How much of one line is kept."""
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, and where the cursor goes (ECMA-48, control sequences)
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links
    r"|\x1b[ -/]*[0-~]"  # all others
)
_TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
_HARMLESS = {
    **{number: "\ufffd" for number in (*range(32), *range(127, 160)) if number != 9},
    **{ord(one): "\ufffd" for one in _TURNS},
    **dict.fromkeys((0x2028, 0x2029), "\ufffd"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}


def plain_line(text: str) -> str:
    """Free a line of what commands terminals, and of its end."""
    return _ESCAPES.sub("", text.rstrip("\r\n")).translate(_HARMLESS)


def log_tail(lines: Sequence[LogLine], request: LogRequest, *, is_cut: bool, words: str = "") -> LogTail:
    """Give the last of these lines, tamed, within what was asked for.

    `is_cut` says whether more was left out already.
    """
    kept: list[LogLine] = []
    left = request.most_bytes
    chosen = lines[-request.most_lines :] if request.most_lines > 0 else []
    is_cut = is_cut or len(chosen) < len(lines)
    for line in reversed(chosen):
        # What is cut off before it is tamed can only make less of it.
        text = plain_line(line.text[: 4 * MOST_CHARACTERS])
        if len(text) > MOST_CHARACTERS or len(line.text) > 4 * MOST_CHARACTERS:
            text, is_cut = f"{text[:MOST_CHARACTERS]} …", True
        left -= len(text.encode()) + 1
        if left < 0:
            is_cut = True
            break
        kept.append(LogLine(at=line.at, text=text))
    return LogTail(lines=tuple(reversed(kept)), is_cut=is_cut, words="" if kept else plain_line(words))
