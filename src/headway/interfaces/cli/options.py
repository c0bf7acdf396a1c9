"""Options that several commands share, each described once."""

from pathlib import Path
from typing import Annotated

import typer

from headway import __version__
from headway.interfaces.cli.screen import Format, say
from headway.interfaces.cli.session import Session


def _print_version(asked: bool) -> None:  # as typer calls it
    if asked:
        say(f"headway {__version__}")
        raise typer.Exit


Output = Annotated[
    Format, typer.Option("--output", "-o", help="How to print it: for people, or for programs.")
]
Reason = Annotated[
    str, typer.Option("--reason", "-r", help="Why; whoever looks later reads it. Always needed.")
]
ReasonUnlessDry = Annotated[
    str,
    typer.Option("--reason", "-r", help="Why; whoever looks later reads it. Needed, but for --dry-run."),
]
Version = Annotated[
    bool,
    typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_print_version),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Artifact = Annotated[str, typer.Argument(help="An artifact, as app1 or oneconnect/app1.")]
Into = Annotated[str, typer.Option("--in", help="An instance, as staging or oneconnect/staging.")]
Server = Annotated[
    str | None,
    typer.Option(envvar="HEADWAY_SERVER", help="The server's URL; else the one of the state folder."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(envvar="HEADWAY_TOKEN_FILE", help="The file with your token; else the operator's."),
]
State = Annotated[
    Path | None,
    typer.Option(envvar="HEADWAY_STATE", help="The folder of ledger, clones and tokens."),
]


def session_of(context: typer.Context) -> Session:
    """Give the session that the global options made."""
    found = context.find_object(Session)
    if found is None:
        raise RuntimeError("a command ran without the program around it")
    return found
