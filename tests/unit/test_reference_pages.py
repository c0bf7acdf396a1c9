"""The pages that tell of gates and branches say what the code does."""

import re
from inspect import getmodule
from pathlib import Path

import pytest
from tests.fixtures.branch_example import make_texts

from headway.domain.gates import GATES

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\| `([a-z]+)` \|(.*)\|$", re.MULTILINE)


def rows_of(page: str) -> list[tuple[str, list[str]]]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(name, [cell.strip() for cell in rest.split("|")]) for name, rest in ROW.findall(text)]


def test_the_page_of_gates_is_the_table_of_gates_in_its_order() -> None:
    said = [(name, cells[0], cells[-1]) for name, cells in rows_of("reference/gates.md")]
    done = [
        (
            gate.name,
            ((getmodule(gate.ask) or gate.ask).__doc__ or "")
            .partition("\n")[0]
            .partition(": ")[2]
            .rstrip("."),
            "yes" if gate.can_be_overridden else "no",
        )
        for gate in GATES
    ]
    assert said == done


def test_read_why_explains_every_gate_and_no_other() -> None:
    assert [name for name, _ in rows_of("how-to/read-why.md")] == [gate.name for gate in GATES]


@pytest.mark.parametrize("name", sorted(make_texts()))
def test_the_page_of_branches_shows_what_the_code_writes(name: str) -> None:
    page = (DOCS / "reference/branches.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```\w+\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert make_texts()[name] in shown


def test_the_page_of_branches_explains_every_trailer() -> None:
    page = (DOCS / "reference/branches.md").read_text(encoding="utf-8")
    table = page[page.index("| trailer |") :]
    written = {
        key
        for name in ("promotion", "rollback", "stops")
        for key in re.findall(r"^([A-Z][A-Za-z-]+): ", make_texts()[name], re.MULTILINE)
    }
    explained = {
        key
        for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
        for key in re.findall(r"`([^`]+)`", row)
    }
    assert explained == written


def test_every_place_in_the_code_that_the_architecture_names_exists() -> None:
    root = DOCS.parent
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:domain|app|adapters|interfaces|bootstrap|tests)/[\w./*-]*)`", text))
    assert len(named) > 50
    missing = [
        name
        for name in sorted(named)
        if not list((root if name.startswith("tests/") else root / "src/headway").glob(name.rstrip("/")))
    ]
    assert missing == []
