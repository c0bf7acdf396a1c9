"""Commands that look: status, versions, why, history."""

from typing import Annotated, Any

import typer

from headway.interfaces.cli.board import (
    TITLES,
    WIDE_TITLES,
    applications_of,
    board_rows,
    legend,
    waiting_lines,
)
from headway.interfaces.cli.client import Client, Params
from headway.interfaces.cli.findings import finding_lines
from headway.interfaces.cli.options import Artifact, Into, Output, session_of
from headway.interfaces.cli.screen import Cell, Format, busy, plain, say, show_document, show_table
from headway.interfaces.cli.spans import shown_instant
from headway.interfaces.cli.watching import follow, show_board, watch_board
from headway.interfaces.problems import FAILED


def status(
    context: typer.Context,
    *,
    application: Annotated[str | None, typer.Argument(help="Only this application.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only applications of this owner.")] = None,
    environment: Annotated[str | None, typer.Option(help="Only instances of this environment.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Show it live, in the window's size; Ctrl-C ends it.")
    ] = False,
    output: Output = Format.TABLE,
) -> None:
    """Show the board: what runs, what waits, what needs somebody. Exit code 1: the estate was never read.

    Watched, or of one owner or environment, each artifact is told with what is alike together.
    """
    client = session_of(context).client()
    params: Params = {"application": application, "owner": owner, "environment": environment}
    is_for_people = output in (Format.TABLE, Format.WIDE)
    if watch and is_for_people:
        watch_board(client, params)
        return
    path = "/board" if owner or environment else "/status"
    board = client.get(path, params)
    if not is_for_people:
        show_document(board, output)
    elif path == "/board":
        show_board(board)
    else:
        _show_board(board, wide=output is Format.WIDE)
    if board["never_read"] and not watch:
        # A script must not take a board without an instance for one without trouble.
        raise typer.Exit(FAILED)
    if watch:
        for newer in follow(client, path, params, board):
            show_document(newer, output)


def _show_board(board: dict[str, Any], *, wide: bool) -> None:
    for name, instances in applications_of(board).items():
        say(f"{name}  ({shown_instant(board['at'])} UTC)")
        show_table(WIDE_TITLES if wide else TITLES, board_rows(instances, wide=wide), wide=wide)
        if words := legend(instances):
            say(words)
        if waiting := list(waiting_lines(instances)):
            say("", "Next", *(f"  {one}" for one in waiting))
        say("")
    if not board["instances"]:
        say(board["never_read"] or "No application is in the estate yet.")
    if board["attention"]:
        say("Needs somebody", *(f"  ▲ {one}" for one in board["attention"]))


def versions(
    context: typer.Context,
    *,
    artifact: Artifact,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    output: Output = Format.TABLE,
) -> None:
    """List an artifact's versions, and where they stand."""
    found = session_of(context).client().get("/versions", {"artifact": artifact, "limit": limit})
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
        return
    if not found:
        say(f"No version of {artifact} was found yet.")
        return
    wide = output is Format.WIDE
    titles = ["VERSION", "STANDS IN", "VERIFIED IN", "REMARK"]
    show_table(
        [*titles, *(["WHOLE", "SOURCE", "BUILT"] if wide else [])],
        [_version(one, wide) for one in found],
        wide=wide,
    )


def _version(one: dict[str, Any], wide: bool) -> list[str | Cell]:
    remark = ""
    if one["quarantined"] is not None:
        remark = f"✗ quarantined: {one['quarantined']}"
    elif one["taken_back"] is not None:
        remark = f"▲ taken back: {one['taken_back']}"
    row: list[str | Cell] = [
        Cell(one["label"], "bold"),
        _names(one["stands_in"]),
        _names(one["verified_in"]),
        Cell(remark or one["subject"], "red" if remark else ""),
    ]
    if wide:
        row += [one["version"], one["source_commit"] or "–", shown_instant(one["built_at"])]
    return row


def _names(instances: list[str]) -> str:
    return ", ".join(one.split("/")[-1] for one in instances) or "–"


def why(
    context: typer.Context,
    *,
    artifact: Artifact,
    instance: Into,
    version: Annotated[str | None, typer.Option(help="This version; else the newest.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Explain why a version is not in an instance. It says who can change that, and when it can next open."""
    params: Params = {"artifact": artifact, "instance": instance, "version": version}
    found = session_of(context).client().get("/why", params)
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
        return
    say(found["conclusion"])
    stands = found["stands_at"] or "no version"
    say("", f"{found['artifact']} in {found['instance']}: {stands}, {found['health']}")
    if found["away"]:
        say("", "Does not answer", *(f"  {one}" for one in found["away"]))
    if found["request"]:
        _say_request(found["request"])
    if found["underway"]:
        say("", "Under way", *(f"  {one}" for one in found["underway"]))
    if found["running"]:
        say("", "What runs, by today's standards (it is not touched)", *finding_lines(found["running"]))
    for one in found["answers"]:
        _say_answer(one)


def _say_request(one: dict[str, Any]) -> None:
    cuts_in = ", to cut in" if one["now"] else ""
    say("", f"Asked for by {one['by']} at {shown_instant(one['at'])} UTC{cuts_in}: {one['version']}")
    say(f"  {one['reason']}", f"  until it went, nothing newer goes by itself; to drop it: {one['cancel']}")


def _say_answer(one: dict[str, Any]) -> None:
    say("", one["version"] if one["blocked"] else f"{one['version']}: nothing keeps it out")
    found = list(finding_lines(one["standards"]))
    for shut in one["blocked"]:
        say(f"  ✗ {shut['gate']}: {shut['brief'] or shut['words']}")
        if shut["brief"]:
            say(*(f"  {line}" for line in found), f"    in which file and line: {one['look']}")
            found = []
        who = "" if shut["who"] == "time" else f"who can change it: {shut['who']}"
        opens = f"it can open by itself at {shown_instant(shut['next_at'])} UTC" if shut["next_at"] else ""
        say(f"    {'; '.join(one for one in (who, opens) if one) or 'it opens by itself'}")
    if found:
        say("  by the standards in force:", *(f"  {line}" for line in found))


def history(
    context: typer.Context,
    *,
    instance: Annotated[str | None, typer.Option("--instance", "-i", help="Only this instance.")] = None,
    artifact: Annotated[str | None, typer.Option("--artifact", "-a", help="Only this artifact.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    before: Annotated[int | None, typer.Option(help="Go on before this number.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """List promotions and rollbacks, newest first."""
    params: Params = {"instance": instance, "artifact": artifact, "limit": limit, "before": before}
    with busy("reading the history"):
        client = session_of(context).client()
        found = client.get("/history", params)
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
        return
    if not found:
        say(_no_history(client, params))
        return
    if output is Format.WIDE:
        titles = ["DECIDED (UTC)", "INSTANCE", "WHAT", "BY", "OUTCOME", "REASON", "COMMIT", "PROMOTION"]
        show_table(titles, [_promotion(one) for one in found], wide=True)
    else:
        say(*(line for one in found for line in _told(one)))
    if len(found) == limit:
        say("", f"Earlier ones: --before {found[-1]['sequence']}")


def _no_history(client: Client, params: Params) -> str:
    """Say why a history is empty: the page is past its end, it is older than the ledger, or there is none."""
    instance, artifact = params["instance"], params["artifact"]
    of = f" of {artifact}" if artifact else ""
    into = f" into {instance}" if instance else ""
    if params["before"] is not None:
        return f"No promotion{of}{into} is recorded before {params['before']}."
    stands = [
        one
        for one in client.get("/status")["instances"]
        if _is_named(one["name"], instance)
        and any(_is_named(cell["artifact"], artifact) and cell["version"] for cell in one["cells"])
    ]
    if not stands:
        return f"Nothing{of} was promoted{into} yet."
    name, environment = stands[0]["name"], stands[0]["environment"]
    return (
        f"No promotion{of}{into} is recorded in this ledger: it is younger than what stands there, which was "
        f"found in Git. What came before: git log environments/{environment} -- {name}"
    )


def _is_named(name: str, asked: object) -> bool:
    """Say whether a name is the one asked for, whole or by its last part; None asks for any."""
    return asked is None or name == asked or name.endswith(f"/{asked}")


_OUTCOMES = {"verified": ("✓ verified", "green"), "failed": ("✗ failed", "red"), "left": ("✗ left", "red")}


def _steps(one: dict[str, Any]) -> list[str]:
    return [
        f"{step['artifact'].split('/')[1]} {step['before'] or '–'} → {step['after'] or 'taken out'}"
        for step in one["changes"]
    ]


def _told(one: dict[str, Any]) -> list[str]:
    """Tell a promotion in a few short lines: no table of it fits eighty columns."""
    outcome = _OUTCOMES.get(one["outcome"], (one["outcome"], ""))[0]
    who = "" if one["by"] == "headway" else f" by {one['by']}"
    indent = " " * 4
    return [
        f"{shown_instant(one['decided_at'])}  {outcome}  {one['instance']}",
        *(f"{indent}{plain(step)}" for step in _steps(one)),
        f"{indent}{one['kind']}{plain(who)}{': ' + plain(one['reason']) if one['reason'] else ''}",
    ]


def _promotion(one: dict[str, Any]) -> list[str | Cell]:
    return [
        shown_instant(one["decided_at"]),
        one["instance"],
        plain(f"{one['kind']}: {'; '.join(_steps(one))}"),
        one["by"],
        Cell(*_OUTCOMES.get(one["outcome"], (one["outcome"], "yellow"))),
        one["reason"] or "–",
        (one["commit"] or "–")[:12],
        one["promotion_id"],
    ]
