"""The board in one window: what needs somebody, then each artifact, cut to the room there is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from headway.interfaces.cli.screen import encodable, plain
from headway.interfaces.cli.spans import shown_instant, shown_span
from headway.interfaces.words import HEALTH, VERIFICATION

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_STATES = {
    "wrong": ("▲", "wrong", "red"),
    "unknown": ("?", "unknown", "yellow"),
    "held": ("■", "held", "yellow"),
    "moving": ("→", "on their way", "cyan"),
    "waiting": ("○", "waiting", "cyan"),
    "calm": ("●", "calm", "green"),
}
_NAMED = 4
"""Instances that are named of those that are alike; the others are counted."""
_NEEDS_SHARE = 2
"""What needs somebody takes half of the window at the most: below it stands where everything is."""


class BoardView:
    """A board as it is told now; drawn anew for each size that the window has."""

    def __init__(self, board: Mapping[str, Any]) -> None:
        self.board = board
        self.age_s = 0.0
        """How long ago the server told it."""
        self.notice = ""
        """Why it is not live; empty: it is."""

    def lines(self, console: "Console", width: int, height: int | None = None) -> list["Text"]:
        """Draw it, each line within the width; at most so many lines, if there is a height."""
        page = _Page(console, width)
        head = self._head(page)
        room = None if height is None else max(1, height - len(head))
        needs = self._needs(page, None if room is None else room // _NEEDS_SHARE)
        left = None if room is None else max(1, room - len(needs))
        drawn = [*head, *needs, *self._applications(page, left)]
        return drawn if height is None else drawn[:height]

    def _head(self, page: "_Page") -> list["Text"]:
        live = (f"not live: {self.notice}", "yellow") if self.notice else ("", "")
        at = (f"as of {shown_instant(self.board['at'])} UTC", "dim")
        tally = [_counted(state, self.board["tally"][state]) for state in _STATES]
        return [
            *page.told([("Headway", "bold"), at, live]),
            *page.told(tally),
            *page.blank(),
        ]

    def _needs(self, page: "_Page", room: int | None) -> list["Text"]:
        needs = self.board["needs"]
        if not needs:
            return []
        drawn = page.told([("Needs somebody", "bold")])
        for place, need in enumerate(needs):
            others = f", and the same in {need['others']} more" if need["others"] else ""
            told = [
                *page.told([(f"▲ {need['words']}{others}", "")], indent=2, hangs=2),
                *page.told([(f"who can act: {need['who']}", "dim")], indent=4),
            ]
            # The last line says how many are left; the first is told however small the window is.
            if room is not None and place and len(drawn) + len(told) + 2 > room:
                left = f"… and {len(needs) - place} more: `headway board` has all"
                drawn += page.told([(left, "dim")], indent=2)
                break
            drawn += told
        return [*drawn, *page.blank()]

    def _applications(self, page: "_Page", room: int | None) -> list["Text"]:
        if not self.board["applications"]:
            return page.told([(self.board["never_read"] or "No application is in the estate yet.", "")])
        drawn = self._drawn(page, with_calm=True)
        words = "" if self.board["is_whole"] else "What is calm is only counted: name an application"
        if room is not None and len(drawn) > room:
            drawn = self._drawn(page, with_calm=False)
            words = "What is calm is only counted: make the window higher, or name an application"
        if room is not None and len(drawn) + bool(words) > room:
            more = len(drawn) - room + 1
            drawn = drawn[: room - 1]
            words = f"… {more} more lines: name an application, or make the window higher"
        return [*drawn, *(page.told([(words, "dim")]) if words else [])]

    def _drawn(self, page: "_Page", *, with_calm: bool) -> list["Text"]:
        drawn: list[Text] = []
        for one in self.board["applications"]:
            counted = [_counted(state, one["tally"][state]) for state in _STATES if one["tally"][state]]
            drawn += page.told([(one["name"], "bold"), (one["owner"] or "", "dim"), *counted])
            for artifact in one["artifacts"]:
                shown = [told for told in artifact["told"] if with_calm or told["state"] != "calm"]
                is_everywhere = len(artifact["told"]) == 1 and self.board["is_whole"]
                for place, told in enumerate(shown):
                    name = artifact["artifact"].split("/")[1] if place == 0 else ""
                    drawn += page.told(self._cell(told, name, is_everywhere=is_everywhere), indent=2, hangs=4)
        return drawn

    def _cell(self, told: Mapping[str, Any], name: str, *, is_everywhere: bool) -> list[tuple[str, str]]:
        health, verification = HEALTH.get(told["health"]), VERIFICATION.get(told["verification"])
        marks = f"{health.mark if health else '?'} {verification.mark if verification else '?'}"
        colour = _STATES[told["state"]][2]
        where = "everywhere" if is_everywhere else _named([one.split("/")[1] for one in told["instances"]])
        said = list(told["lines"])
        if told["state"] == "wrong" and told["words"]:
            said.append(f"{told['health']}: {told['words']}")
        return [
            (f"{name:<12}", "bold"),
            (f"{marks} {told['version'] or 'not there yet':<15}", colour),
            (f"{self._age(told['since']):<6}", "dim"),
            (where, ""),
            ("; ".join(said), colour),
        ]

    def _age(self, since: str | None) -> str:
        if since is None:
            return ""
        passed = datetime.fromisoformat(self.board["at"]) - datetime.fromisoformat(since)
        return " ".join(shown_span(max(1.0, passed.total_seconds() + self.age_s)).split()[:2])


class _Page:
    """Lines of a width."""

    def __init__(self, console: "Console", width: int) -> None:
        self._console = console
        self._width = max(20, width)

    def blank(self) -> list["Text"]:
        """Give an empty line."""
        from rich.text import Text  # noqa: PLC0415  # only who watches needs it

        return [Text("")]

    def told(self, parts: Iterable[tuple[str, str]], *, indent: int = 0, hangs: int = 0) -> list["Text"]:
        """Give parts side by side, each with its style; what does not fit goes on below, further in."""
        from rich.text import Text  # noqa: PLC0415  # only who watches needs it

        line = Text()
        for text, style in parts:
            if text:
                line.append("  " if line else "").append(encodable(plain(text)), style=style or None)
        lines = line.wrap(self._console, self._width - indent - hangs, overflow="fold") or [Text("")]
        for one in lines:
            one.rstrip()
        first, *rest = lines
        return [
            Text(" " * indent).append_text(first),
            *(Text(" " * (indent + hangs)).append_text(one) for one in rest),
        ]


def _counted(state: str, number: int) -> tuple[str, str]:
    mark, word, colour = _STATES[state]
    return f"{mark} {number} {word}", colour if number else "dim"


def _named(instances: Sequence[str]) -> str:
    if len(instances) <= _NAMED + 1:
        return " ".join(instances)
    return f"{' '.join(instances[:_NAMED])} and {len(instances) - _NAMED} more"
