"""Commands that work on this machine: init, render, serve, agent."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from headway.domain.ci import Ci
from headway.domain.errors import UsageError
from headway.interfaces.cli import adopting
from headway.interfaces.cli.checking import mistakes_fail
from headway.interfaces.cli.composition import AdoptSettings, AgentRunSettings, ServeSettings
from headway.interfaces.cli.options import Into, session_of
from headway.interfaces.cli.screen import busy, say

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
Adopt = Annotated[
    bool,
    typer.Option("--adopt", help="Adopt the repository of this folder, which Argo CD runs; show it."),
]
Lane = Annotated[
    str | None, typer.Option(help="With --adopt: the waves, like 'dev, staging, us+eu'; else by their names.")
]
EstateElsewhere = Annotated[
    str | None,
    typer.Option(
        "--estate",
        help="With --adopt: the repository that holds estate.yaml, if another; URL or path.",
    ),
]
Write = Annotated[bool, typer.Option("--write", help="With --adopt: write what main needs into the folder.")]
Push = Annotated[
    bool, typer.Option("--push", help="With --adopt: push the first locks that change nothing that runs.")
]
WithDifferences = Annotated[
    list[str] | None,
    typer.Option("--with-difference", help="With --push: an instance whose first lock may change what runs."),
]
CiFile = Annotated[
    Ci | None,
    typer.Option(help="Write only what asks for standards there, into the repository of this folder."),
]


def init(
    context: typer.Context,
    *,
    directory: Annotated[
        Path, typer.Argument(help="An empty or missing folder; with --adopt, a clone of the repository.")
    ],
    person: Annotated[str | None, typer.Option(help="Who holds the roles at first; else you.")] = None,
    registry: Annotated[str, typer.Option(help="Where images are published.")] = "127.0.0.1:5000",
    remotes: Annotated[
        str | None, typer.Option(help="The URL under which both repositories will stand.")
    ] = None,
    argocd: Annotated[
        str | None,
        typer.Option(
            help="Deliver through Argo CD: its URL, {environment} standing for each one's name. Else podman."
        ),
    ] = None,
    adopt: Adopt = False,
    lane: Lane = None,
    estate: EstateElsewhere = None,
    write: Write = False,
    push: Push = False,
    with_differences: WithDifferences = None,
    ci: CiFile = None,
) -> None:
    """Write a working estate to begin with, adopt what Argo CD runs already, or ask for standards in CI."""
    who = person or _user()
    if ci is not None:
        if adopt or lane or estate or write or push or with_differences or remotes or argocd:
            raise _not_together("--ci and other options", "it writes one file", "leave them out")
        say(f"{session_of(context).composition.write_ci(directory, ci)} is written; read its first lines")
        return
    if adopt:
        _refuse_with_adopt(remotes=remotes, argocd=argocd, write=write, push=push)
        adopting.adopt(
            context,
            AdoptSettings(
                directory=directory,
                state=session_of(context).state,
                person=who,
                lane=lane,
                estate=estate,
                write=write,
                push=push,
                with_differences=tuple(with_differences or ()),
            ),
        )
        return
    if lane or estate or write or push or with_differences:
        raise _not_together(
            "--lane, --estate, --write, --push and --with-difference", "they are for --adopt", "add --adopt"
        )
    written = session_of(context).composition.init(
        directory, person=who, registry=registry, remotes=remotes, argocd=argocd
    )
    say(f"{len(written)} files are in {directory}; {directory / 'README.md'} says what is next")


def _refuse_with_adopt(*, remotes: str | None, argocd: str | None, write: bool, push: bool) -> None:
    if remotes or argocd:
        why = "the remote origin and the credentials of each Argo CD say where it is"
        raise _not_together("--remotes and --argocd with --adopt", why, "leave them out")
    if write and push:
        why = "what is pushed must have been merged into main before"
        raise _not_together("--write and --push together", why, "write first, and push once it is on main")


def _not_together(what: str, why: str, next_step: str) -> UsageError:
    return UsageError("option-malformed", f"{what} make no sense", why=why, next_step=next_step)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"


def render(
    context: typer.Context,
    *,
    artifact: Annotated[str, typer.Argument(help="An artifact, as oneconnect/app1.")],
    instance: Into,
    path: Annotated[Path, typer.Argument(help="The folder of its manifests repository.")] = Path(),
) -> None:
    """Print what an artifact's overlay renders to, as it stands in a folder. Exit code 1: it does not."""
    with mistakes_fail(), busy(f"rendering {artifact}"):
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
