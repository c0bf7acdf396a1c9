"""Tells the story on a terminal, at 80 columns; plain where nobody watches, without colour under NO_COLOR."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

WIDTH = 80
_THEME = Theme({"done": "green", "bad": "bold red", "quiet": "dim", "prompt": "bold cyan", "told": "default"})
# What a terminal has, so that pictures need no font from elsewhere.
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class Teller:
    """Says what happens, with the seconds that it took. Not safe to use from several threads."""

    def __init__(self, *, picture: bool = False) -> None:
        """Prepare.

        Args:
            picture: whether the end will be drawn: then it is told in colour whoever reads it.
        """
        self._console = Console(
            width=WIDTH, theme=_THEME, highlight=False, record=picture, force_terminal=picture or None
        )
        self._began = time.monotonic()
        self._scene_began = self._began
        self._scene = ""
        self.scenes: list[tuple[str, float]] = []
        """Each scene that is over, with its seconds."""

    @property
    def is_colourful(self) -> bool:
        """Say whether colours are told."""
        return self._console.color_system is not None and "NO_COLOR" not in os.environ

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    @contextmanager
    def scene(self, title: str, words: str) -> Iterator[None]:
        """Tell a scene from its heading to its seconds."""
        self._scene, self._scene_began = title, time.monotonic()
        self._console.print()
        heading = Text.assemble((title, "bold"), (f"  {self.elapsed_s:.0f} s", "quiet"))
        self._console.print(Rule(heading, align="left", style="quiet"))
        self.say(" ".join(words.split()))
        yield
        self.scenes.append((title, time.monotonic() - self._scene_began))

    def say(self, words: str, *, folds: bool = True) -> None:
        """Tell something in a sentence or two; what people copy (commands, paths, logs) is not folded."""
        self._console.print(Text(words), soft_wrap=not folds)

    def done(self, what: str, words: str = "", *, since: float | None = None) -> None:
        """Tell of a step that was seen to be done.

        Args:
            what: the step, short.
            words: what was seen.
            since: when it began, by `time.monotonic`; None: no seconds are shown.
        """
        self._line("✓", "done", what, words, since)

    def note(self, words: str) -> None:
        """Tell what Headway says to a step."""
        self._console.print(Padding(Text(words, "quiet"), (0, 0, 0, 2)))

    def bad(self, what: str, words: str = "") -> None:
        """Tell of something that is not as it should be."""
        self._line("✗", "bad", what, words, None)

    def prompt(self, command: str, output: str) -> None:
        """Show a command and what it answered, colours included."""
        self._console.print()
        self._console.print(Text.assemble(("$ ", "prompt"), (command, "bold")))
        self._console.print(Text.from_ansi(output.rstrip("\n")))
        self._console.print()

    @contextmanager
    def waiting(self, words: str) -> Iterator[None]:
        """Show what is waited for, where somebody watches."""
        with self._console.status(Text(words, "quiet"), spinner="dots"):
            yield

    def summary(self, lines: list[tuple[str, str]]) -> None:
        """Tell how long each scene took, and what else is worth knowing."""
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        table.add_column()
        table.add_column(justify="right")
        for title, seconds in self.scenes:
            table.add_row(title, f"{seconds:.1f} s")
        for title, value in lines:
            table.add_row(Text(title, "bold"), Text(value, "bold"))
        self._console.print()
        self._console.print(Rule("the end", align="left", style="quiet"))
        self._console.print(table)

    def begin_picture(self) -> None:
        """Forget what was told so far: the picture, if one is drawn, begins here."""
        if self._console.record:
            self._console.export_text(clear=True)

    def draw(self, path: Path, title: str) -> None:
        """Write what was told since `begin_picture` as an SVG that loads nothing from elsewhere."""
        drawn = _FONTS.sub("", self._console.export_svg(title=title, unique_id="demo-end"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line.rstrip() for line in drawn.splitlines()) + "\n")

    def _line(self, mark: str, style: str, what: str, words: str, since: float | None) -> None:
        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column(width=1)
        table.add_column(width=25)
        table.add_column(ratio=1)
        table.add_column(justify="right", width=7)
        took = "" if since is None else f"{time.monotonic() - since:.1f} s"
        table.add_row(Text(mark, style), Text(what), Text(words), Text(took, "quiet"))
        self._console.print(table)
