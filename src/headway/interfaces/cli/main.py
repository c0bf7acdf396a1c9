"""The program `headway`: its commands, and how errors become words and exit codes.

Nothing heavy is imported before a command needs it: `headway --help` answers within 150 ms.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import typer

from headway.domain.errors import Broken, HeadwayError
from headway.interfaces.cli import (
    changing,
    checking,
    deployable,
    diagnosing,
    diffing,
    identity,
    local,
    looking,
    measuring,
    opening,
    running,
    standards,
    waiting,
)
from headway.interfaces.cli.composition import Composition
from headway.interfaces.cli.options import Server, State, TokenFile, Version
from headway.interfaces.cli.screen import note, show_error
from headway.interfaces.cli.session import Session
from headway.interfaces.problems import FAILED, exit_code_of

_INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its words, what it calls, and examples of it."""

    name: str
    run: Callable[..., None]
    examples: tuple[str, ...]


COMMANDS = (
    Command(
        name="init",
        run=local.init,
        examples=(
            "headway init our-estate --person ann",
            "headway init our-estate --argocd 'https://argocd.{environment}.example' --remotes https://git.example",
            "headway init --adopt argocd-oc-apps",
            "headway init --ci github argocd-oc-apps",
            "headway init --adopt argocd-oc-apps --push --with-difference oneconnect/dev",
        ),
    ),
    Command(
        name="check",
        run=checking.check,
        examples=(
            "headway check",
            "headway check argocd-oc-apps argocd-oc-system",
            "headway check --watch argocd-oc-apps argocd-oc-system",
            "headway check --new-since origin/main -o github",
        ),
    ),
    Command(
        name="diff",
        run=diffing.diff,
        examples=("headway diff argocd-oc-apps", "headway diff --base origin/main -o markdown"),
    ),
    Command(
        name="render",
        run=local.render,
        examples=("headway render oneconnect/app1 --in staging argocd-oc-apps",),
    ),
    Command(
        name="serve",
        run=local.serve,
        examples=("headway serve --estate https://git.example/argocd-oc-apps.git",),
    ),
    Command(
        name="agent",
        run=local.agent,
        examples=("headway agent", "headway agent --tear-down"),
    ),
    Command(
        name="status",
        run=looking.status,
        examples=("headway status", "headway status oneconnect --watch", "headway status -o json"),
    ),
    Command(
        name="board",
        run=opening.board,
        examples=("headway board", "headway board --print"),
    ),
    Command(
        name="doctor",
        run=diagnosing.doctor,
        examples=("headway doctor", "headway doctor production-us-west-2", "headway doctor -o json"),
    ),
    Command(
        name="live",
        run=running.live,
        examples=("headway live oneconnect/staging", "headway live oneconnect/staging -o json"),
    ),
    Command(
        name="logs",
        run=running.logs,
        examples=(
            "headway logs oneconnect/staging app1-5d9c7b6f4-x2x9k",
            "headway logs oneconnect/staging app1-5d9c7b6f4-x2x9k main --previous --lines 50",
        ),
    ),
    Command(
        name="versions",
        run=looking.versions,
        examples=("headway versions app1", "headway versions app1 -o wide"),
    ),
    Command(
        name="why",
        run=looking.why,
        examples=("headway why app1 --in staging", "headway why app1 --in staging --version 1.4.2"),
    ),
    Command(
        name="promote",
        run=changing.promote,
        examples=(
            "headway promote app1 --to staging --version 1.4.2 --reason 'needed for the demo'",
            "headway promote app1 --to staging --version 1.4.2 --dry-run",
            "headway promote app1 --to staging --cancel --reason 'the demo is over'",
        ),
    ),
    Command(
        name="approve",
        run=changing.approve,
        examples=("headway approve app1 --wave production-1 --reason 'read the change'",),
    ),
    Command(
        name="accept",
        run=changing.accept,
        examples=("headway accept --reason 'agreed with the platform team'",),
    ),
    Command(
        name="hold",
        run=changing.hold,
        examples=(
            "headway hold oneconnect/staging --for 2h --reason 'load test'",
            "headway hold oneconnect/staging --artifact app1 --reason 'waits for app2'",
        ),
    ),
    Command(
        name="resume",
        run=changing.resume,
        examples=(
            "headway resume oneconnect/staging --dry-run",
            "headway resume oneconnect/staging --reason 'load test is over'",
        ),
    ),
    Command(
        name="rollback",
        run=changing.rollback,
        examples=(
            "headway rollback app1 --from production-us-west-2 --reason 'errors since 10:02'",
            "headway rollback app1 --from staging --to 1.4.1 --dry-run",
        ),
    ),
    Command(
        name="quarantine",
        run=changing.quarantine,
        examples=(
            "headway quarantine app1 1.4.2 --reason 'loses messages'",
            "headway quarantine app1 1.4.2 --lift --reason 'it was the network'",
        ),
    ),
    Command(
        name="history",
        run=looking.history,
        examples=("headway history --instance oneconnect/staging", "headway history --artifact app1 -o wide"),
    ),
    Command(
        name="metrics",
        run=measuring.metrics,
        examples=(
            "headway metrics --since 30d --application oneconnect",
            "headway metrics --since 2026-01-01 --per week --zone Europe/Berlin --by region",
            "headway metrics --owner payments --deployments failed",
            "headway metrics -o json",
        ),
    ),
    Command(
        name="deployability",
        run=deployable.deployability,
        examples=(
            "headway deployability",
            "headway deployability --application oneconnect --since 30d",
            "headway deployability --owner payments --definitions",
            "headway deployability --application oneconnect -o json",
        ),
    ),
    Command(
        name="wait",
        run=waiting.wait,
        examples=("headway wait app1 --in staging --version 1.4.2 --timeout 10m",),
    ),
)
IDENTITY_COMMANDS = (
    Command(name="add", run=identity.add, examples=("headway identity add ann",)),
    Command(name="list", run=identity.show, examples=("headway identity list",)),
    Command(name="remove", run=identity.remove, examples=("headway identity remove ann",)),
)
STANDARDS_COMMANDS = (
    Command(
        name="list",
        run=standards.show,
        examples=("headway standards list argocd-oc-apps", "headway standards list -o wide"),
    ),
    Command(
        name="install",
        run=standards.install,
        examples=(
            "headway standards install staging argocd-oc-apps argocd-oc-system --dry-run",
            "headway standards install staging argocd-oc-apps argocd-oc-system --action warn",
            "headway standards install staging argocd-oc-apps argocd-oc-system -o yaml",
        ),
    ),
)


def make_cli(composition: Composition) -> typer.Typer:
    """Make the program."""
    cli = _typer("Carry changes to production one at a time, through Git, and take them back.")

    @cli.callback()
    def headway(
        context: typer.Context,
        server: Server = None,
        token_file: TokenFile = None,
        state: State = None,
        version: Version = False,
    ) -> None:
        del version  # its own callback answers
        context.obj = Session(
            composition=composition, server=server, token_file=token_file, state_folder=state
        )

    _add(cli, COMMANDS)
    people = _typer("Say who may sign in at the service of this machine.")
    _add(people, IDENTITY_COMMANDS)
    cli.add_typer(people, name="identity")
    rules = _typer("Say which standards there are, and put them into clusters.")
    _add(rules, STANDARDS_COMMANDS)
    cli.add_typer(rules, name="standards")
    return cli


def run(composition: Composition, arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code; errors are printed in three parts, never as a traceback."""
    command = typer.main.get_command(make_cli(composition))
    try:
        command.main(args=None if arguments is None else list(arguments), prog_name="headway")
    except HeadwayError as error:
        show_error(error)
        return exit_code_of(error)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except KeyboardInterrupt:
        note("")
        return _INTERRUPTED
    except BrokenPipeError:
        # Who read our words has left: nothing is to be said to them any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        if os.environ.get("HEADWAY_DEBUG"):
            raise
        show_error(_unknown(error))
        return FAILED
    return 0


def _unknown(error: Exception) -> Broken:
    return Broken(
        "program-failed",
        "headway could not go on",
        why=f"it met something that it does not know: {type(error).__name__}",
        next_step="run it again with HEADWAY_DEBUG=1 to see where, and report that",
    )


def _typer(help_text: str) -> typer.Typer:
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )


def _add(cli: typer.Typer, commands: Sequence[Command]) -> None:
    for one in commands:
        epilog = "\b\nExamples:\n" + "\n".join(f"  {example}" for example in one.examples)
        cli.command(one.name, epilog=epilog)(one.run)
