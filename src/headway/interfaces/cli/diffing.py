"""`headway diff`: what would change in each instance, rendered."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from headway.domain.errors import HeadwayError
from headway.interfaces.cli.checking import Commit
from headway.interfaces.cli.composition import DiffSettings
from headway.interfaces.cli.diff_forms import DiffForm, diff_json, diff_lines, diff_markdown
from headway.interfaces.cli.options import session_of
from headway.interfaces.cli.screen import Format, busy, note, say, show_document, show_error
from headway.interfaces.problems import DONE, FAILED, USAGE, exit_code_of


def diff(
    context: typer.Context,
    *,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Folders of manifests repositories; else this one.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REVISION",
            help="Compare with the commit where this revision and yours parted; else with what runs.",
        ),
    ] = None,
    commit: Commit = None,
    output: Annotated[
        DiffForm, typer.Option("--output", "-o", help="How to print it: for people, or for programs.")
    ] = DiffForm.TEXT,
) -> None:
    """Show what would change in each instance, rendered.

    Exit code 0: nothing; 1: something; 2 and above: it could not be told, or not of every overlay.
    """
    settings = DiffSettings(folders=tuple(paths or [Path()]), commit=commit, base=base)
    with _never_one(), busy("rendering"):
        found = session_of(context).composition.diff(settings)
    for remark in found.remarks:
        note(f"▲ {remark}")
    for mistake in found.mistakes:
        show_error(mistake, where=mistake.where)
    if output is DiffForm.JSON:
        show_document(diff_json(found), Format.JSON)
    else:
        say(*(diff_markdown(found) if output is DiffForm.MARKDOWN else diff_lines(found)))
    if found.mistakes:
        raise typer.Exit(USAGE)
    raise typer.Exit(FAILED if found.found else DONE)


@contextmanager
def _never_one() -> Iterator[None]:
    """End with 2 where an error would end with 1: that says that something differs, as of `diff`."""
    try:
        yield
    except HeadwayError as error:
        show_error(error)
        raise typer.Exit(max(USAGE, exit_code_of(error))) from error
