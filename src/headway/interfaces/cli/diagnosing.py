"""The command that looks for what engines lack."""

from typing import Annotated, Any

import typer

from headway.interfaces.cli.client import Params
from headway.interfaces.cli.options import Output, session_of
from headway.interfaces.cli.screen import Format, busy, say, show_document
from headway.interfaces.problems import FAILED

_MAY_TAKE_S = 60.0
"""An engine that is asked two servers, one after the other silent, is given up by then."""
_MARKS = {"wrong": "✗", "remark": "▲"}


def doctor(
    context: typer.Context,
    *,
    environment: Annotated[str | None, typer.Argument(help="Only this environment.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Say what the engines of the estate lack. Exit code 1: something is wrong."""
    params: Params = {"environment": environment}
    with busy("asking the engines"):
        found = session_of(context).client().get("/doctor", params, waits_s=_MAY_TAKE_S)
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
    else:
        for one in found["environments"]:
            _say_environment(one)
    if not found["is_well"]:
        raise typer.Exit(FAILED)


def _say_environment(one: dict[str, Any]) -> None:
    findings = one["findings"]
    say(f"{one['environment']} ({one['engine']}){'' if findings else ': ✓ nothing is missing'}")
    for finding in findings:
        about = f"{finding['instance']}: " if finding["instance"] else ""
        say(f"  {_MARKS.get(finding['severity'], '▲')} {about}{finding['what']}")
        say(f"    why: {finding['why']}", f"    next: {finding['next_step']}")
