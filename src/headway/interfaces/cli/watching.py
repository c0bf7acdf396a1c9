"""Follows the board live: a screen of its own on a terminal, else the board anew whenever it changes."""

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from headway.interfaces.cli.client import Client, Params
from headway.interfaces.cli.patience import Patience
from headway.interfaces.cli.screen import console_of, note, say
from headway.interfaces.cli.watched import BoardView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console, ConsoleOptions, RenderResult

_WATCHES_FOR_S = 50.0
"""How long one request is kept open; the server says at once when something happened."""
_DRAWS_A_SECOND = 2


def show_board(board: dict[str, Any]) -> None:
    """Print a board once, as wide as the terminal and as long as it is."""
    console = console_of(sys.stdout)
    for line in BoardView(board).lines(console, console.width):
        console.print(line, soft_wrap=True)


def watch_board(client: Client, params: Params) -> None:
    """Show the board until somebody interrupts it.

    Raises:
        HeadwayError: what the server answered first, and what no asking again would mend.
    """
    board = client.get("/board", params)
    console = console_of(sys.stdout)
    if not console.is_terminal or console.is_dumb_terminal:
        show_board(board)
        for newer in follow(client, "/board", params, board):
            say("")
            show_board(newer)
        return
    from rich.live import Live  # noqa: PLC0415  # only a terminal needs it

    screen = _Screen(board)
    # Not redirected, the streams say what they can write; nothing else is printed meanwhile.
    with Live(
        screen,
        console=console,
        screen=True,
        refresh_per_second=_DRAWS_A_SECOND,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        for newer in _answers(client, "/board", params, board, screen.tell):
            screen.show(newer)


def follow(client: Client, path: str, params: Params, known: dict[str, Any]) -> "Iterator[dict[str, Any]]":
    """Give the board anew whenever something happened since the one that is known; ends never.

    Raises:
        HeadwayError: what the server answered, unless asking again helps.
    """
    for board in _answers(client, path, params, known, note):
        if board["sequence"] != known["sequence"]:
            known = board
            yield board


def _answers(
    client: Client, path: str, params: Params, known: dict[str, Any], tell: "Callable[[str], None]"
) -> "Iterator[dict[str, Any]]":
    patience = Patience(client, tell)
    while True:
        waits = {**params, "wait_after": known["sequence"], "timeout": _WATCHES_FOR_S}
        newer = patience.get(path, waits, waits_s=_WATCHES_FOR_S)
        if newer is not None:
            known = newer
            yield known


class _Screen:
    """What stands on the terminal; rich draws it twice a second, in the size that the window has then."""

    def __init__(self, board: dict[str, Any]) -> None:
        self._view = BoardView(board)
        self._heard_at = time.monotonic()
        self._lock = threading.Lock()

    def show(self, board: dict[str, Any]) -> None:
        """Show what the server told just now."""
        with self._lock:
            self._view.board = board
            self._view.notice = ""
            self._heard_at = time.monotonic()

    def tell(self, words: str) -> None:
        """Say why nothing newer comes."""
        with self._lock:
            self._view.notice = words

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Draw it."""
        with self._lock:
            self._view.age_s = time.monotonic() - self._heard_at
            yield from self._view.lines(console, options.max_width, options.height or console.height)
