"""`headway check`: what is wrong with an estate's files, and what of it does not meet the standards."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from headway.domain.errors import UsageError
from headway.domain.estate.problems import EstateInvalid
from headway.interfaces.cli.check_forms import (
    CheckForm,
    check_markdown,
    github_lines,
    sarif,
    summary,
    told_json,
)
from headway.interfaces.cli.composition import Checked, Checking, CheckSettings, ImpactSettings
from headway.interfaces.cli.impact_forms import impact_json, impact_lines, impact_markdown
from headway.interfaces.cli.options import session_of
from headway.interfaces.cli.screen import Format, busy, note, say, show_document, show_error
from headway.interfaces.problems import FAILED

_OF_THE_COMMAND = frozenset(
    {
        "folder-missing",
        "folder-no-repository",
        "folder-no-remote",
        "commit-unknown",
        "environment-unknown",
        "standards-no-cluster",
        "name-malformed",
        "artifact-unknown",
        "overlay-missing",
    }
)
"""What is wrong with what was named to a command on files; all else is wrong in files."""
Commit = Annotated[
    str | None,
    typer.Option(
        metavar="REVISION",
        help="Look at this revision of the repositories, not at their files; none is touched.",
    ),
]


def check(
    context: typer.Context,
    *,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Folders of manifests repositories; else this one.")
    ] = None,
    renders: Annotated[
        bool | None,
        typer.Option("--render/--no-render", help="Whether to render and judge; else if Kustomize is found."),
    ] = None,
    commit: Commit = None,
    new_since: Annotated[
        str | None,
        typer.Option(
            metavar="REVISION", help="Let stand what stands at this revision already: show it, and go on."
        ),
    ] = None,
    impact: Annotated[
        bool,
        typer.Option("--impact", help="Say what a change of standards would block and open instead."),
    ] = False,
    base: Annotated[
        str | None,
        typer.Option(metavar="REVISION", help="With --impact: where the change began; else origin/main."),
    ] = None,
    watches: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file changes, until Ctrl-C.")
    ] = False,
    output: Annotated[
        CheckForm, typer.Option("--output", "-o", help="How to print it: for people, or for programs.")
    ] = CheckForm.TEXT,
) -> None:
    """Say all that is wrong with an estate's files, rendered and judged. Exit code 1: something is."""
    if watches and (impact or commit or output is not CheckForm.TEXT):
        raise UsageError(
            "option-malformed",
            "--watch goes with neither --impact, --commit nor --output",
            why="it tells people of the files that they change",
            next_step="leave the others away, or look once",
        )
    if impact:
        settled = ImpactSettings(folders=tuple(paths or [Path()]), base=base or "origin/main", commit=commit)
        _show_impact(context, settled, output)
        return
    settings = CheckSettings(
        folders=tuple(paths or [Path()]), renders=renders, commit=commit, new_since=new_since
    )
    if watches:
        with session_of(context).composition.open_check(settings) as checking:
            _check_again_and_again(checking, settings)
    with mistakes_fail(), busy("reading the estate"):
        found = _checked(context, settings, output)
    _tell(found, settings, output)
    if not found.is_in_order:
        raise typer.Exit(FAILED)


def _check_again_and_again(checking: Checking, settings: CheckSettings) -> NoReturn:
    while True:
        with suppress(typer.Exit), mistakes_fail():
            with busy("reading the estate"):
                found = checking.check()
            _tell(found, settings, CheckForm.TEXT)
        note("It is checked again when a file changes; Ctrl-C ends it.")
        changed = checking.wait()
        others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        say("", *(f"── {one.name}{others} changed" for one in changed[:1]))


def _tell(found: Checked, settings: CheckSettings, output: CheckForm) -> None:
    for remark in found.remarks:
        note(f"▲ {remark}")
    if found.rendered is None and not found.problems:
        why = "as asked" if settings.renders is False else "the Kustomize program is not found"
        note(f"▲ manifests were not rendered, and not judged ({why}): see `headway render`")
    for mistake in found.mistakes:
        show_error(mistake, where=mistake.where)
    _show(found, output)


def _checked(context: typer.Context, settings: CheckSettings, output: CheckForm) -> Checked:
    """Check; programs are told in their own form of an estate that cannot be read."""
    try:
        return session_of(context).composition.check(settings)
    except EstateInvalid as error:
        if output is CheckForm.TEXT:
            raise
        return Checked(applications=0, artifacts=0, instances=0, problems=error.problems)


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


def _show_impact(context: typer.Context, settings: ImpactSettings, output: CheckForm) -> None:
    if output in {CheckForm.SARIF, CheckForm.GITHUB}:
        raise UsageError(
            "option-malformed",
            f"--impact cannot be printed as {output}",
            why="what a change of standards does stands at no line of it",
            next_step="take text, markdown or json",
        )
    with mistakes_fail(), busy("judging by both"):
        found = session_of(context).composition.impact(settings)
    for mistake in found.mistakes:
        show_error(mistake, where=mistake.where)
    if output is CheckForm.JSON:
        show_document(impact_json(found), Format.JSON)
    else:
        say(*(impact_markdown(found) if output is CheckForm.MARKDOWN else impact_lines(found)))
    if not found.changes_nothing:
        raise typer.Exit(FAILED)


def _show(found: Checked, output: CheckForm) -> None:
    if output is CheckForm.JSON:
        show_document(told_json(found), Format.JSON)
    elif output is CheckForm.SARIF:
        show_document(sarif(found), Format.JSON)
    elif output is CheckForm.GITHUB:
        say(*github_lines(found))
    elif output is CheckForm.MARKDOWN:
        say(*check_markdown(found))
    else:
        _say(found)


def _say(found: Checked) -> None:
    for problem in found.broken:
        say(f"✗ {problem}")
    say(*(f"▲ as before this change: {one}" for one in found.stood_before))
    for one in found.told:
        say(f"{'✗' if one.blocks else '▲'} {one.rule} · {one.where}", f"    {one.message}")
        if one.waiver:
            say(f"    {one.waiver}")
        if one.stood_before:
            say("    it stood before this change, and does not block it")
        if one.place is not None:
            say(f"    {one.place}")
    say(summary(found))
