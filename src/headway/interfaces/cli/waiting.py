"""The command that waits: until a version stands verified in an instance, or cannot come any more."""

import time
from typing import Annotated, Any

import typer

from headway.domain.errors import Transient
from headway.interfaces.cli.client import Client, Params
from headway.interfaces.cli.options import Artifact, Into, Output, session_of
from headway.interfaces.cli.patience import Patience
from headway.interfaces.cli.screen import Format, note, say, show_document
from headway.interfaces.cli.spans import parse_span
from headway.interfaces.problems import DONE, FAILED, PENDING

_LONGEST_REQUEST_S = 30.0
_EXIT_CODES = {"verified": DONE, "pending": PENDING}
"""Of what `progress` says; whatever else it says has failed."""


def wait(
    context: typer.Context,
    *,
    artifact: Artifact,
    instance: Into,
    version: Annotated[
        str | None, typer.Option(help="This version, though it is not found yet; else the newest known.")
    ] = None,
    timeout: Annotated[str, typer.Option(help="How long to wait, as 90s or 5m.")] = "5m",
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only say how far it is.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """Wait until a version stands verified in an instance.

    Exit codes: 0 verified; 1 it failed, was quarantined, taken back or passed over; 3 timed out; with
    --no-wait 8 while it is still pending.
    """
    client = session_of(context).client()
    params: Params = {"artifact": artifact, "instance": instance, "version": version}
    found = client.get("/progress", params)
    if found["arrival"] == "pending" and not no_wait:
        params["version"] = version or found["version"]
        found = _follow(client, params, found, time.monotonic() + parse_span(timeout).total_seconds())
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
    elif found["arrival"] != "pending" or no_wait:
        say(_sentence(found))
    if found["arrival"] == "pending" and not no_wait:
        raise _timed_out(found, timeout)
    raise typer.Exit(_EXIT_CODES.get(found["arrival"], FAILED))


def _follow(client: Client, params: Params, found: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Ask again whenever something happened; changed words are said as they come."""
    said = ""
    patience = Patience(client)
    while found["arrival"] == "pending":
        if (words := _sentence(found)) != said:
            note(words)
            said = words
        left = deadline - time.monotonic()
        if left <= 0:
            return found
        span = min(left, _LONGEST_REQUEST_S)
        asked = params | {"wait_after": found["sequence"], "timeout": span}
        found = patience.get("/progress", asked, waits_s=span, left_s=left) or found
    return found


def _sentence(found: dict[str, Any]) -> str:
    return (
        f"{found['artifact']} {found['label']} in {found['instance']}: {found['arrival']}: {found['words']}"
    )


def _timed_out(found: dict[str, Any], timeout: str) -> Transient:
    artifact, instance = found["artifact"], found["instance"]
    return Transient(
        "wait-timed-out",
        f"{artifact} {found['label']} does not stand verified in {instance} after {timeout}",
        why=found["words"].rstrip("."),
        next_step=f"see `headway why {artifact} --in {instance}`, or wait longer with --timeout",
    )
