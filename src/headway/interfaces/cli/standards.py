"""`headway standards`: which there are, and how they get into a cluster."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headway.domain.standards.action import Action
from headway.interfaces.cli.checking import mistakes_fail
from headway.interfaces.cli.composition import Installed, InstallSettings
from headway.interfaces.cli.options import DryRun, Output, session_of
from headway.interfaces.cli.screen import Format, busy, note, say, show_document, show_table
from headway.interfaces.problems import FAILED

if TYPE_CHECKING:
    from headway.app.standards.installed import InstalledDocument

Paths = Annotated[list[Path] | None, typer.Argument(help="Folders of manifests repositories; else this one.")]


def install(
    context: typer.Context,
    *,
    environment: Annotated[str, typer.Argument(help="An environment of estate.yaml, on Kubernetes.")],
    paths: Paths = None,
    action: Annotated[
        Action | None,
        typer.Option(help="What a cluster does about a violation; else as bindings say, or deny."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove what was installed.")] = False,
    dry_run: DryRun = False,
    output: Annotated[
        Format, typer.Option("--output", "-o", help="yaml or json: print the documents, and ask no cluster.")
    ] = Format.TABLE,
) -> None:
    """Put the policies into an environment's cluster, for the namespaces of its instances."""
    session = session_of(context)
    settings = InstallSettings(
        environment=environment,
        folders=tuple(paths or [Path()]),
        state=session.state,
        action=action,
        dry_run=dry_run,
        removes=remove,
    )
    with mistakes_fail(), busy(f"installing standards into {environment}"):
        if output in {Format.YAML, Format.JSON}:
            found = session.composition.plan_standards(settings)
        else:
            found = session.composition.install_standards(settings)
    _note(found)
    if output in {Format.YAML, Format.JSON}:
        _show_documents(found, output)
    else:
        say(*(f"{_MARKS[one.done]} {one.kind} {one.name} {_said(one, settings)}" for one in found.done))
        say(_summary(found, settings))
    if found.broken:
        raise typer.Exit(FAILED)


def show(context: typer.Context, *, paths: Paths = None, output: Output = Format.TABLE) -> None:
    """List every standard: whether the estate uses it, where it is asked, and why."""
    with mistakes_fail():
        found = session_of(context).composition.list_standards(paths or [Path()])
    if output in {Format.YAML, Format.JSON}:
        rows = [
            {
                "id": one.id,
                "group": one.group,
                "used": one.is_used,
                "places": list(one.places),
                "reason": one.reason,
                "page": one.page,
            }
            for one in found
        ]
        show_document(rows, output)
        return
    wide = output is Format.WIDE
    titles = ["STANDARD", "GROUP", "USED", "ASKED AT", "WHY", *(["PAGE"] if wide else [])]
    show_table(
        titles,
        [
            [
                one.id,
                one.group,
                "yes" if one.is_used else "no",
                ", ".join(one.places),
                one.reason,
                *([one.page] if wide else []),
            ]
            for one in found
        ],
        wide=wide,
    )


_MARKS = {"created": "+", "changed": "~", "unchanged": "=", "removed": "-"}


def _said(one: "InstalledDocument", settings: InstallSettings) -> str:
    if one.done == "unchanged":
        return "is there already"
    return f"would be {one.done}" if settings.dry_run else f"is {one.done}"


def _note(found: Installed) -> None:
    for problem in found.broken:
        note(f"✗ {problem}")
    for line in found.planned.left_out:
        note(f"▲ {line}")


def _show_documents(found: Installed, output: Format) -> None:
    documents = list(found.planned.documents)
    if output is Format.JSON:
        show_document({"apiVersion": "v1", "kind": "List", "items": documents}, Format.JSON)
        return
    for one in documents:
        say("---")
        show_document(one, Format.YAML)


def _summary(found: Installed, settings: InstallSettings) -> str:
    planned = found.planned
    if settings.removes:
        return f"{planned.environment} asks for no standard of ours {'then' if settings.dry_run else 'now'}"
    spaces = ", ".join(planned.namespaces) or "it has no instance"
    return f"{len(planned.rules)} standard(s) for {planned.environment}: {spaces}"
