"""Writes docs/reference/cli.md from the command line's own help: `python -m tools.cli_reference`.

A test holds the page to the program, so a new command or option asks for a run of this.
"""

import inspect
from pathlib import Path

import typer

from headway.__main__ import LateComposition
from headway.interfaces.cli.main import COMMANDS, IDENTITY_COMMANDS, STANDARDS_COMMANDS, Command, make_cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"

_HEAD = """\
# The command line

This page is written by `python -m tools.cli_reference` from the program itself.

Global options stand before the command: `headway --server URL --token-file FILE status`. Without them the
server and the operator's token are those of the state folder (`--state`, `HEADWAY_STATE`). The operator's
token is shown only to the server of this machine: for another server name your own with `--token-file` or
`HEADWAY_TOKEN_FILE`. `headway --version` prints the version.

`-o json` and `-o yaml` print what the [HTTP API](http.md) answers; `-o wide` prints more columns. Colour only
repeats what words and marks say; `NO_COLOR` takes it away. `HEADWAY_DEBUG=1` shows where an unknown error
came from.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | failed |
| 2 | the request is wrong |
| 3 | timed out |
| 4 | not signed in, or not allowed |
| 5 | refused by a gate |
| 8 | still pending |

Errors have three parts: what happened, why, and what to do next. [Every code](errors.md) has a sentence.
"""


def render_page() -> str:
    """Give the page: one section for each command."""
    cli = typer.main.get_command(make_cli(LateComposition()))
    sections = [_HEAD]
    sections += [_section(cli, one, ("headway", one.name)) for one in COMMANDS]
    people = cli.commands["identity"]  # type: ignore[attr-defined]  # a group, as made
    sections += [_section(people, one, ("headway", "identity", one.name)) for one in IDENTITY_COMMANDS]
    rules = cli.commands["standards"]  # type: ignore[attr-defined]  # a group, as made
    sections += [_section(rules, one, ("headway", "standards", one.name)) for one in STANDARDS_COMMANDS]
    return "\n".join(sections)


def _section(group: object, one: Command, names: tuple[str, ...]) -> str:
    command = group.commands[one.name]  # type: ignore[attr-defined]  # a group, as made
    words = " ".join(inspect.cleandoc(one.run.__doc__ or "").split())
    lines = [f"## {' '.join(names[1:])}", "", words, "", "```sh", *one.examples, "```", ""]
    rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
    if rows:
        lines += ["| | |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def _row(parameter: object) -> str:
    names = ", ".join(f"`{name}`" for name in _names(parameter))
    words = str(getattr(parameter, "help", "") or "").replace("|", "\\|")
    default = getattr(parameter, "default", None)
    shown = getattr(default, "value", default)
    if getattr(parameter, "required", False):
        words += " Required."
    elif isinstance(shown, str | int) and not isinstance(shown, bool) and shown != "":
        words += f" Default: `{shown}`."
    return f"| {names} | {words} |"


def _names(parameter: object) -> list[str]:
    if getattr(parameter, "param_type_name", "") == "argument":
        return [str(getattr(parameter, "name", "")).upper()]
    found = [*getattr(parameter, "opts", []), *getattr(parameter, "secondary_opts", [])]
    return sorted(found, key=len)


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
