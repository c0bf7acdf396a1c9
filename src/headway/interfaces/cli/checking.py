"""`headway check`: what is wrong with an estate's files, and what of it does not meet the standards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from headway.domain.errors import UsageError
from headway.interfaces.cli.check_forms import CheckForm, github_lines, sarif, told_json
from headway.interfaces.cli.composition import Checked
from headway.interfaces.cli.options import session_of
from headway.interfaces.cli.screen import Format, busy, note, say, show_document, show_error
from headway.interfaces.problems import FAILED

_OF_THE_COMMAND = frozenset({"folder-missing", "name-malformed", "artifact-unknown", "overlay-missing"})
"""What is wrong with what was named to `check` and `render`; all else is wrong in files."""


def check(
    context: typer.Context,
    *,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Folders of manifests repositories; else this one.")
    ] = None,
    renders: Annotated[
        bool, typer.Option("--render/--no-render", help="Whether to render all overlays too.")
    ] = True,
    output: Annotated[
        CheckForm, typer.Option("--output", "-o", help="How to print it: for people, or for programs.")
    ] = CheckForm.TEXT,
) -> None:
    """Say all that is wrong with an estate's files, rendered and judged. Exit code 1: something is."""
    with mistakes_fail(), busy("reading the estate"):
        found = session_of(context).composition.check(paths or [Path()], render=renders)
    for remark in found.remarks:
        note(f"▲ {remark}")
    if found.rendered is None:
        why = "the Kustomize program is not found" if renders else "as asked"
        note(f"▲ manifests were not rendered, and not judged ({why}): see `headway render`")
    for mistake in found.mistakes:
        show_error(mistake)
    _show(found, output)
    if not found.is_in_order:
        raise typer.Exit(FAILED)


@contextmanager
def mistakes_fail() -> Iterator[None]:
    """End with 1, not 2, for mistakes in files: the command was right, and did what it is for."""
    try:
        yield
    except UsageError as error:
        if error.code in _OF_THE_COMMAND:
            raise
        show_error(error)
        raise typer.Exit(FAILED) from error


def _show(found: Checked, output: CheckForm) -> None:
    if output is CheckForm.JSON:
        show_document(told_json(found), Format.JSON)
    elif output is CheckForm.SARIF:
        show_document(sarif(found), Format.JSON)
    elif output is CheckForm.GITHUB:
        say(*github_lines(found))
    else:
        _say(found)


def _say(found: Checked) -> None:
    for problem in found.broken:
        say(f"✗ {problem}")
    for one in found.told:
        say(f"{'✗' if one.blocks else '▲'} {one.rule} · {one.where}", f"    {one.message}")
        if one.waiver:
            say(f"    {one.waiver}")
        if one.place is not None:
            say(f"    {one.place}")
    counted = f"{found.applications} application(s), {found.artifacts} artifact(s)"
    rendered = f"; {found.rendered} overlay(s) render" if found.rendered is not None else ""
    judged = f"; {len(found.rules)} standard(s) asked" if found.rules else ""
    if found.is_in_order:
        say(f"In order: {counted}, {found.instances} instance(s){rendered}{judged}.")
        return
    blocking = sum(one.blocks for one in found.told)
    counts = [
        f"{count} {what}"
        for count, what in (
            (len(found.mistakes), "mistake(s)"),
            (len(found.broken), "unusable standard(s)"),
            (blocking, "violation(s)"),
        )
        if count
    ]
    say(f"Not in order: {', '.join(counts)}{rendered}{judged}.")
