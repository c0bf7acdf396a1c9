"""Writes docs/reference/facts.md from the facts' own docstrings: `python -m tools.fact_table`.

A test holds the page to the code, so a new fact or a changed sentence asks for a run of this.
"""

import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from headway.domain.facts import FactBody

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "facts.md"

_HEAD = """\
# Facts

The ledger is the list of facts: what happened, recorded once and never changed. This page is written by
`python -m tools.fact_table` from the code.

Around each body stands the same envelope: `sequence` (from 1, without gaps), `id` (the first 32 digits of
its hash), `type`, `schema`, `happened_at`, `recorded_at` (both in UTC), `actor` (`person:ann`, or `headway`
for what follows from rules alone), `reason`, and `hash`, the SHA-256 over the hash before it, the envelope
and the body.

A fact is found again by its subjects: `artifact:oneconnect/app1`, `instance:oneconnect/staging`,
`promotion:<id>`, `hold:<id>`, `application:oneconnect`, `environment:staging`.
"""


def render_page() -> str:
    """Give the page: one table for each group of facts, which is one module."""
    groups: dict[str, list[Any]] = {}
    for kind in get_args(FactBody):
        groups.setdefault(kind.__module__, []).append(kind)
    return _HEAD + "".join(_table(module, kinds) for module, kinds in groups.items())


def _table(module: str, kinds: list[Any]) -> str:
    name = module.rpartition(".")[2].capitalize()
    about = _first_line(inspect.getmodule(kinds[0]))
    rows = "".join(_row(kind) for kind in kinds)
    columns = "| type | schema | what happened | fields |\n| --- | --- | --- | --- |\n"
    return f"\n## {name}\n\n{about}\n\n{columns}{rows}"


def _row(kind: Any) -> str:  # noqa: ANN401  one of the classes in FactBody, which have no common base
    sentence = _first_line(kind).replace("|", "\\|")
    names = ", ".join(f"`{each.name}`" for each in fields(kind)) or "-"
    return f"| `{kind.TYPE}` | {kind.SCHEMA} | {sentence} | {names} |\n"


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
