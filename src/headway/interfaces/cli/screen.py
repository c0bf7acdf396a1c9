"""What a person sees: tables, lines, errors in three parts; JSON and YAML for programs.

Invariants: nothing that others wrote reaches the terminal with control characters; colour only repeats what
words and marks say, and is left out by NO_COLOR and where there is no terminal.
"""

import json
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TextIO

from headway.domain.errors import HeadwayError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SAYS_SO_AFTER_S = 1.0
_WIDEST = 2000


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"


class Cell(tuple[str, str]):
    """A table's cell: its text, and the style that repeats what the text says."""

    __slots__ = ()

    def __new__(cls, text: str, style: str = "") -> "Cell":
        """Make it."""
        return super().__new__(cls, (text, style))


def plain(text: object) -> str:
    """Give a text without what could steer a terminal."""
    return _CONTROL.sub("�", str(text))


def say(*lines: object) -> None:
    """Print lines."""
    for line in lines:
        _write(sys.stdout, plain(line))


def can_ask() -> bool:
    """Say whether a person sits at both ends: what is asked is read, and can be answered."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> bool:
    """Ask a person, who must say yes; anything else, and an end of the input, is no."""
    _write(sys.stdout, f"{plain(question)} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def note(line: object) -> None:
    """Print a line that is no part of the answer."""
    _write(sys.stderr, plain(line))


def show_document(value: object, form: Format) -> None:
    """Print an answer for programs."""
    if form is Format.YAML:
        from ruamel.yaml import YAML  # noqa: PLC0415  # only YAML needs it

        writer = YAML(typ="safe", pure=True)
        writer.default_flow_style = False
        writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # typed as None there
        writer.dump(value, sys.stdout)
        return
    ascii_only = not _can_write(sys.stdout, "✓")
    _write(sys.stdout, json.dumps(value, indent=2, ensure_ascii=ascii_only))


class ThreeParts(Protocol):
    """An error, or what is told of one."""

    @property
    def what(self) -> str:
        """What happened."""
        ...

    @property
    def why(self) -> str:
        """Why."""
        ...

    @property
    def next_step(self) -> str:
        """What to do."""
        ...


def show_error(error: "HeadwayError | ThreeParts", where: str = "") -> None:
    """Print an error in its three parts, on the other stream, and where it was met if that is known."""
    _write(sys.stderr, f"Error: {plain(error.what)}")
    if where:
        _write(sys.stderr, f"  Where: {plain(where)}")
    _write(sys.stderr, f"  Why: {plain(error.why)}")
    _write(sys.stderr, f"  Next: {plain(error.next_step)}")


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str | Cell]], *, wide: bool = False) -> None:
    """Print a table that fits the terminal: a text that is too long goes on in the next line.

    A wide one is as wide as its texts, for a wide terminal or for a pager.
    """
    console = console_of(sys.stdout)
    table = make_table(titles, rows)
    if wide:
        console.width = max(console.width, _WIDEST)
    elif console.measure(table).maximum > console.width:
        table.padding = (0, 1, 0, 0)
    _print_lines(console, table)


def _print_lines(console: "Console", table: "Table") -> None:
    """Print a table without the blanks that would fill each line up to its last column's width."""
    from rich.segment import Segment, Segments  # noqa: PLC0415  # only tables need it

    told: list[Segment] = []
    for line in console.render_lines(table, pad=False):
        while line and not line[-1].text.strip():
            line.pop()
        if line:
            text, style, control = line.pop()
            line.append(Segment(text.rstrip(), style, control))
        told += [*line, Segment.line()]
    console.print(Segments(told), soft_wrap=True, end="")


def make_table(titles: Sequence[str], rows: Sequence[Sequence[str | Cell]]) -> "Table":
    """Make a table of plain columns."""
    from rich.table import Table  # noqa: PLC0415  # only tables need it
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        cells = (one if isinstance(one, Cell) else Cell(one) for one in row)
        table.add_row(*(Text(encodable(plain(text)), style=style) for text, style in cells))
    return table


def console_of(stream: TextIO) -> "Console":
    """Give a console that knows NO_COLOR, terminals and their width."""
    from rich.console import Console  # noqa: PLC0415  # only tables need it

    return Console(file=stream, highlight=False, markup=False, emoji=False)


@contextmanager
def busy(words: str) -> Iterator[None]:
    """Say that something goes on: a spinner on a terminal, else one line if it lasts longer than a second."""
    if sys.stderr.isatty():
        from rich.text import Text  # noqa: PLC0415  # only terminals need it

        with console_of(sys.stderr).status(Text(plain(words))):
            yield
        return
    timer = threading.Timer(_SAYS_SO_AFTER_S, note, [f"{words} …"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _write(stream: TextIO, text: str) -> None:
    stream.write(encodable(text, stream) + "\n")
    stream.flush()


def encodable(text: str, stream: TextIO | None = None) -> str:
    """Give a text as the stream can write it (None: what answers are printed to), marks by plainer ones."""
    to = stream or sys.stdout
    if _can_write(to, text):
        return text
    for mark, plainer in _PLAINER.items():
        text = text.replace(mark, plainer)
    encoding = to.encoding or "ascii"
    return text.encode(encoding, "replace").decode(encoding)


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_PLAINER = {
    "●": "*",
    "◐": "~",
    "○": "o",
    "▲": "!",
    "✗": "x",
    "✓": "+",
    "→": "->",
    "…": "...",
    "–": "-",
    "■": "#",
    "÷": "/",
    "−": "-",
    "·": ".",
    "▁": "_",
    "▂": ".",
    "▃": ":",
    "▄": "-",
    "▅": "=",
    "▆": "+",
    "▇": "*",
    "█": "#",
    "◇": "%",
}
"""For terminals that write no more than ASCII."""
