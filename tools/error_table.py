"""Writes docs/reference/errors.md from the errors that the code raises: `python -m tools.error_table`.

Read from the syntax, so that no code is missed because no test raises it. A test holds the page to the code.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from headway.domain import errors
from headway.interfaces.problems import EXIT_CODES, KINDS, STATUSES, Kind

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "errors.md"
SOURCE = ROOT / "src" / "headway"

_KINDS = {kind.error.__name__: kind for kind in KINDS}
_MEANS = {kind.error.__name__: (kind.error.__doc__ or "").partition("\n")[0] for kind in KINDS}
_HEAD = """\
# Errors

Every error that Headway raises on purpose says what happened, why, and what to do next, and has a code
that never changes. This page is written by `python -m tools.error_table` from the code.

The command line ends with the exit code of the error's kind; over HTTP the same three parts stand in a
problem document (RFC 9457) with `code`, `what`, `why` and `next_step`. In a sentence, `...` stands for what
it is about.
"""


def find_errors() -> dict[str, dict[str, set[str]]]:
    """Give, by kind and code, the sentences that the code raises it with."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in sorted(SOURCE.rglob("*.py")):
        if path.is_relative_to(SOURCE / "testing"):
            continue
        for kind, code, sentence in _raised(ast.parse(path.read_text("utf-8"))):
            found[kind][code].add(sentence)
    return found


def render_page() -> str:
    """Give the page: one table for each kind."""
    found = find_errors()
    kinds = [kind for kind in KINDS if kind.error.__name__ in found]
    return _HEAD + "".join(_table(kind, found[kind.error.__name__]) for kind in kinds)


def _raised(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) < 2:
            continue
        kind = _kind_of(node.func)
        code = node.args[0]
        if kind and isinstance(code, ast.Constant) and isinstance(code.value, str):
            yield kind, code.value, _sentence(node.args[1])


def _kind_of(function: ast.expr) -> str | None:
    """Give the error that is made; one whose own class makes it (`super().__init__`) is a usage error."""
    if isinstance(function, ast.Name) and function.id in _KINDS:
        return function.id
    if isinstance(function, ast.Attribute) and function.attr == "__init__":
        return errors.UsageError.__name__
    return None


def _sentence(what: ast.expr) -> str:
    if isinstance(what, ast.Constant):
        return str(what.value)
    if isinstance(what, ast.JoinedStr):
        return "".join(_sentence(part) if isinstance(part, ast.Constant) else "..." for part in what.values)
    return "..."


def _table(kind: Kind, codes: dict[str, set[str]]) -> str:
    name = kind.error.__name__
    usual = f"Exit code {kind.exit_code}, HTTP status {kind.status} unless told."
    title = f"\n## {kind.title}\n\n{_MEANS[name]} {usual}\n"
    columns = "\n| code | what happened | exit code, status |\n| --- | --- | --- |\n"
    return title + columns + "".join(_row(code, codes[code]) for code in sorted(codes))


def _row(code: str, sentences: set[str]) -> str:
    said = "; ".join(sorted(sentences - {"..."})) or "see its words"
    special = [f"exit {EXIT_CODES[code]}"] if code in EXIT_CODES else []
    special += [str(STATUSES[code])] if code in STATUSES else []
    return f"| `{code}` | {said.replace('|', chr(92) + '|')} | {', '.join(special)} |\n"


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
