"""What pages say of commands and errors can be typed, and is there."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import pytest
import typer
from tools.error_table import find_errors
from tools.links import find_pages

from headway.app.standards.catalog import known_names
from headway.domain.facts import FactBody
from headway.interfaces.cli.composition import Composition
from headway.interfaces.cli.main import make_cli

ROOT = Path(__file__).parents[2]
PAGES = [
    page for page in find_pages(ROOT) if page.name in {"README.md", "CONTRIBUTING.md"} or "docs" in page.parts
]
INLINE = re.compile(r"`(headway\s[^`]*)`")
TYPED = re.compile(r"^ {4,}(headway .*)$", re.MULTILINE)
FENCE = re.compile(r"^```(?:sh|console)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")
HOW_TO = sorted((ROOT / "docs/how-to").glob("*.md"))
SECRETS = {"headway-credentials", "headway-git", "headway-registry", "headway-checks"}
NAMES = {"hook-token", "argocd-oc-apps", "argocd-oc-system", "my-estate", "image-store", *SECRETS}
NAMES |= {"only-http", *known_names()}
"""Names of files, folders, Secrets and standards that look like codes."""
ERROR_ROW = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)


def commands_typed_in(text: str) -> list[str]:
    """Give the whole command lines of a page: those in blocks, which can be copied."""
    fenced = [
        line for block in FENCE.findall(text) for line in block.splitlines() if line.startswith("headway ")
    ]
    return TYPED.findall(text) + fenced


def problem_of(line: str) -> str | None:
    """Parse a whole command line as the program would, and run nothing."""
    try:
        program().main(args=shlex.split(line, comments=True)[1:], prog_name="headway", standalone_mode=False)
    except Exception as error:  # whatever parsing raises is what a reader would meet
        return f"{line}: {error}"
    return None


@cache
def program() -> Any:  # the class is private to typer
    """Give the program with commands that do nothing."""
    command: Any = typer.main.get_command(make_cli(cast("Composition", None)))
    for one in leaves_of(command):
        one.callback = None
    return command


def leaves_of(command: Any) -> list[Any]:  # the class is private to typer
    subcommands = getattr(command, "commands", {}).values()
    return [leaf for one in subcommands for leaf in leaves_of(one)] if subcommands else [command]


def problem_of_part(line: str) -> str | None:
    """Look whether a command that is only mentioned exists, and its options with it."""
    command, options = program(), {"--help": False}
    words = iter(shlex.split(line)[1:])
    for word in words:
        options |= {
            name: not getattr(one, "is_flag", True)
            for one in command.params
            for name in one.opts
            if word[:1] == "-"
        }
        if word.startswith("-"):
            if word not in options:
                return f"{line}: there is no option {word}"
            if options[word]:
                next(words, None)
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return f"{line}: there is no command {word}"
            command = command.commands[word]
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_tells_to_type_is_understood(page: Path) -> None:
    text = page.read_text("utf-8")
    problems = [problem_of(line) for line in commands_typed_in(text)]
    problems += [problem_of_part(" ".join(line.split())) for line in INLINE.findall(text)]
    assert [one for one in problems if one] == []


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("headway why app1 --in staging", True),
        ("headway --state here status", True),
        ("headway identity add ann", True),
        ("headway why app1", False),
        ("headway unwhy app1", False),
        ("headway status --loud", False),
    ],
)
def test_a_command_is_understood_as_the_program_understands_it(line: str, understood: bool) -> None:
    assert (problem_of(line) is None) is understood


def test_pages_hold_commands_to_look_at() -> None:
    """Were the patterns wrong, all of the above would pass."""
    found = [line for page in PAGES for line in commands_typed_in(page.read_text("utf-8"))]
    assert len(found) > 30


def test_the_roll_back_page_explains_errors_that_exist() -> None:
    page = (ROOT / "docs/how-to/roll-back.md").read_text("utf-8")
    explained = ERROR_ROW.findall(page)
    assert explained
    assert set(explained) <= known_codes()


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.name)
def test_every_code_that_a_how_to_names_is_an_error_or_a_fact(page: Path) -> None:
    named = set(CODE.findall(page.read_text("utf-8")))
    assert named - known_codes() - {body.TYPE for body in get_args(FactBody)} - NAMES == set()


@cache
def known_codes() -> frozenset[str]:
    return frozenset(code for codes in find_errors().values() for code in codes)
