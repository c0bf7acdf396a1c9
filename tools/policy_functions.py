"""Writes the tables of docs/reference/standards-language.md: `python -m tools.policy_functions`.

They are read from the code that declares functions and defaults. A test holds the page to the code.
"""

import re
from collections import defaultdict
from pathlib import Path

from headway.adapters.policies.defaults import DEFAULTS
from headway.adapters.policies.functions import LIBRARY, Function

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "standards-language.md"


def render_page(text: str) -> str:
    """Give the page with its tables as the code has them."""
    text = _between(text, "defaults", _defaults())
    return _between(text, "functions", _functions())


def _between(text: str, name: str, body: str) -> str:
    pattern = rf"<!-- {name} -->\n(?:.*?<!-- /{name} -->\n)?"
    return re.sub(
        pattern, lambda _: f"<!-- {name} -->\n\n{body}\n<!-- /{name} -->\n", text, count=1, flags=re.DOTALL
    )


def _defaults() -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for group, kind in DEFAULTS:
        groups[group or "core"].append(f"`{kind}`")
    rows = [f"| {group} | {', '.join(sorted(kinds))} |" for group, kinds in sorted(groups.items())]
    return "\n".join(
        ["| group | kinds whose defaults are set, with those of their pods |", "| --- | --- |", *rows, ""]
    )


def _functions() -> str:
    by_library: dict[str, dict[str, None]] = defaultdict(dict)
    for function in LIBRARY:
        if function.name[0].isalpha():
            by_library[function.library].setdefault(_call(function))
    rows = [f"| {library} | {', '.join(calls)} |" for library, calls in sorted(by_library.items())]
    return "\n".join(["| library | functions |", "| --- | --- |", *rows, ""])


def _call(function: Function) -> str:
    return f"`{'.' if function.member else ''}{function.name}()`"


if __name__ == "__main__":
    PAGE.write_text(render_page(PAGE.read_text("utf-8")), "utf-8")
    print(f"{PAGE} is written")
