"""Commands that work on this machine: init, check, render, serve, agent."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from headway.domain.errors import UsageError
from headway.interfaces.cli.composition import AgentRunSettings, ServeSettings
from headway.interfaces.cli.options import Into, session_of
from headway.interfaces.cli.screen import busy, note, say, show_error
from headway.interfaces.problems import FAILED

Estate = Annotated[
    str | None,
    typer.Option(
        envvar="HEADWAY_ESTATE", help="URL or path of the manifests repository that holds estate.yaml."
    ),
]
PlainHttp = Annotated[
    list[str] | None,
    typer.Option(help="A registry, host:port, that speaks plain HTTP; those of this machine are known."),
]


def init(
    context: typer.Context,
    *,
    directory: Annotated[Path, typer.Argument(help="An empty or missing folder.")],
    person: Annotated[str | None, typer.Option(help="Who holds the roles at first; else you.")] = None,
    registry: Annotated[str, typer.Option(help="Where images are published.")] = "127.0.0.1:5000",
    remotes: Annotated[
        str | None, typer.Option(help="The URL under which both repositories will stand.")
    ] = None,
) -> None:
    """Write a working estate to begin with."""
    who = person or _user()
    written = session_of(context).composition.init(directory, person=who, registry=registry, remotes=remotes)
    say(f"{len(written)} files are in {directory}; {directory / 'README.md'} says what is next")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"


def check(
    context: typer.Context,
    *,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Folders of manifests repositories; else this one.")
    ] = None,
) -> None:
    """Say all that is wrong with an estate's files. Exit code 1: something is."""
    try:
        with busy("reading the estate"):
            found = session_of(context).composition.check(paths or [Path()])
    except UsageError as error:
        if error.code != "estate-invalid":
            raise
        # The command was right and did what it is for: the files are what is wrong.
        show_error(error)
        raise typer.Exit(FAILED) from error
    for remark in found.remarks:
        note(f"▲ {remark}")
    counted = f"{found.applications} application(s), {found.artifacts} artifact(s)"
    say(f"In order: {counted}, {found.instances} instance(s).")


def render(
    context: typer.Context,
    *,
    artifact: Annotated[str, typer.Argument(help="An artifact, as oneconnect/app1.")],
    instance: Into,
    path: Annotated[Path, typer.Argument(help="The folder of its manifests repository.")] = Path(),
) -> None:
    """Print what an artifact's overlay renders to, as it stands in a folder."""
    with busy(f"rendering {artifact}"):
        files = session_of(context).composition.render(path, artifact, instance)
    for name, data in sorted(files.items()):
        say(f"# {name}", data.decode("utf-8", "replace").rstrip("\n"), "---")


def serve(
    context: typer.Context,
    *,
    estate: Estate = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8642,
    plain_http: PlainHttp = None,
    agents: Annotated[
        bool, typer.Option("--agent/--no-agent", help="Whether to start podman's agent on this machine.")
    ] = True,
) -> None:
    """Run the service: the controller and the HTTP API."""
    session = session_of(context)
    if estate is None:
        raise UsageError(
            "estate-not-named",
            "no estate is named",
            why="the service reads estate.yaml from a manifests repository",
            next_step="name it with --estate URL, or HEADWAY_ESTATE",
        )
    session.composition.serve(
        ServeSettings(
            state=session.state,
            estate=estate,
            host=host,
            port=port,
            plain_http=tuple(plain_http or ()),
            agents=agents,
        )
    )


def agent(
    context: typer.Context,
    *,
    estate: Estate = None,
    name: Annotated[str, typer.Option(help="The engine's name, in the name of all that it runs.")] = "podman",
    tear_down: Annotated[
        bool, typer.Option("--tear-down", help="Remove everything that it runs, volumes too, and end.")
    ] = False,
) -> None:
    """Run the podman engine. It makes environment branches real on this machine."""
    session = session_of(context)
    settings = AgentRunSettings(state=session.state, name=name, estate=estate)
    if tear_down:
        with busy("removing everything that the engine runs"):
            session.composition.tear_down_agent(settings)
        say(f"{name} runs nothing any more")
        return
    session.composition.agent(settings)
