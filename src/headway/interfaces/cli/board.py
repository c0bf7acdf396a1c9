"""The board: every artifact in every instance, in lane order, with what waits and what needs somebody."""

from collections.abc import Iterator, Mapping
from typing import Any

from headway.interfaces.cli.findings import is_unmet
from headway.interfaces.cli.screen import Cell
from headway.interfaces.cli.spans import shown_instant
from headway.interfaces.words import HEALTH, VERIFICATION, StateWord

TITLES = ("INSTANCE", "ARTIFACT", "VERSION", "HEALTH", "VERIFIED")
WIDE_TITLES = (*TITLES, "WAVE", "ENVIRONMENT", "REGION", "SINCE", "NEXT")


def applications_of(board: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Give the instances of each application, in lane order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for instance in board["instances"]:
        found.setdefault(instance["name"].split("/")[0], []).append(instance)
    return found


def board_rows(instances: list[dict[str, Any]], *, wide: bool) -> list[list[str | Cell]]:
    """Give the table's rows for one application; an instance is named once."""
    rows: list[list[str | Cell]] = []
    for instance in instances:
        for position, cell in enumerate(instance["cells"]):
            rows.append(_row(instance, cell, is_first=position == 0, wide=wide))
    return rows


def _row(instance: dict[str, Any], cell: dict[str, Any], *, is_first: bool, wide: bool) -> list[str | Cell]:
    name = instance["name"].split("/")[1]
    held = bool(instance["held"] or cell["held"])
    marks = f"{' ✗' if cell['quarantined'] else ''}{' ■' if held else ''}{' ◇' if is_unmet(cell) else ''}"
    version = f"{cell['version'] or '–'}{marks}"
    row: list[str | Cell] = [
        Cell(name if is_first or wide else "", "bold"),
        cell["artifact"].split("/")[1],
        Cell(version, "red" if cell["quarantined"] else "yellow" if held else ""),
        _state(HEALTH, cell["health"]),
        _state(VERIFICATION, cell["verification"]),
    ]
    if wide:
        row += [
            instance["wave"],
            instance["environment"],
            instance["region"] or "–",
            shown_instant(cell["since"]),
            next_of(cell) or "–",
        ]
    return row


def _state(words: Mapping[str, StateWord], state: str) -> Cell:
    """Show a state by mark and word; one that is not known as it is."""
    found = words.get(state)
    return Cell(f"{found.mark} {found.word}", found.colour) if found else Cell(state, "yellow")


def legend(instances: list[dict[str, Any]]) -> str:
    """Say in words what the marks behind versions mean, of those that are there; empty: there are none."""
    cells = [(one, cell) for one in instances for cell in one["cells"]]
    held = any(one["held"] or cell["held"] for one, cell in cells)
    quarantined = any(cell["quarantined"] for _, cell in cells)
    said = (["✗ quarantined"] if quarantined else []) + (["■ held"] if held else [])
    said += ["◇ does not meet today's standards"] if any(is_unmet(cell) for _, cell in cells) else []
    return f"behind a version: {', '.join(said)}" if said else ""


def next_of(cell: dict[str, Any]) -> str | None:
    """Say what comes next in a cell; None: nothing does."""
    if cell["underway"]:
        return f"→ {cell['underway']} is on its way"
    if cell["newer"] and cell["waits"]:
        return f"{cell['newer']} waits: {cell['waits']}"
    return None


def waiting_lines(instances: list[dict[str, Any]]) -> Iterator[str]:
    """Give a line for each cell where something is on its way or waits."""
    for instance in instances:
        for words in instance["underway"]:
            yield f"{instance['name'].split('/')[1]}: {words}"
        for cell in instance["cells"]:
            if not cell["underway"] and (words := next_of(cell)):
                yield f"{cell['artifact'].split('/')[1]} → {instance['name'].split('/')[1]}: {words}"
