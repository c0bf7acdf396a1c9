"""Commands that look at what runs now: live and logs. The engine is asked, and nothing is recorded."""

from datetime import datetime
from typing import Annotated, Any

import typer

from headway.domain.errors import UsageError
from headway.interfaces.cli.client import Client, Params
from headway.interfaces.cli.options import Output, session_of
from headway.interfaces.cli.screen import Cell, Format, busy, note, say, show_document, show_table
from headway.interfaces.cli.spans import shown_instant
from headway.interfaces.problems import FAILED
from headway.interfaces.words import HEALTH, span_in_words

_OBJECTS = ("OBJECT", "HEALTH", "WHAT IS SAID OF IT")
_PODS = ("POD", "CONTAINER", "STATE", "RESTARTS", "IMAGE", "LAST EXIT")
_READY = {True: "ready", False: "not ready", None: "readiness unknown"}
_LOCKED = {True: "the locked one", False: "not the locked one", None: "not known whether locked"}

Instance = Annotated[str, typer.Argument(help="An instance, as staging or oneconnect/staging.")]


def live(context: typer.Context, *, instance: Instance, output: Output = Format.TABLE) -> None:
    """Show an instance's objects and pods as its engine sees them now. Exit code 1: the engine is away."""
    with busy("asking the engine"):
        found = session_of(context).client().get("/live", {"instance": instance})
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
    else:
        _show(found, wide=output is Format.WIDE)
    if found["away"]:
        raise typer.Exit(FAILED)


def logs(  # the command's options
    context: typer.Context,
    *,
    instance: Instance,
    pod: Annotated[str, typer.Argument(help="A pod, as `headway live` names it.")],
    container: Annotated[
        str | None, typer.Argument(help="A container of the pod; needed where it has several.")
    ] = None,
    previous: Annotated[bool, typer.Option("--previous", help="Of the run before this one.")] = False,
    lines: Annotated[int, typer.Option(min=1, max=200, help="How many lines at most.")] = 200,
    output: Output = Format.TABLE,
) -> None:
    """Show the last lines that a container wrote, without what commands terminals."""
    client = session_of(context).client()
    with busy("asking the engine"):
        named = container or _only_container(client, instance, pod)
        params: Params = {"instance": instance, "pod": pod, "container": named, "lines": lines}
        if previous:
            params["previous"] = True
        found = client.get("/log", params)
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
        return
    for line in found["lines"]:
        say(f"{_clock(line['at'], found['at'])}  {line['text']}" if line["at"] else line["text"])
    if found["is_cut"]:
        note("what came before, or the end of a line that was too long, is left out")
    elif not found["lines"]:
        note(found["words"] or "it has written nothing that is kept")


def _only_container(client: Client, instance: str, pod: str) -> str:
    """Give the one container of a pod that is meant where none is named."""
    found = client.get("/live", {"instance": instance})
    pods = [one for those in found["artifacts"] for each in those["resources"] for one in each["pods"]]
    mains = [
        one["name"]
        for each in pods
        if each["name"] == pod
        for one in each["containers"]
        if not one["is_init"]
    ]
    if len(mains) == 1:
        return str(mains[0])
    if not mains:
        raise UsageError(
            "container-unknown",
            f"{found['instance']} has no pod {pod!r} now",
            why=found["away"] or "it may have been replaced since its name was told",
            next_step=f"see `headway live {found['instance']}` for those that are there",
        )
    raise UsageError(
        "container-unknown",
        f"no container of {pod} is named",
        why=f"it has {', '.join(mains)}",
        next_step="name one of them behind the pod",
    )


def _show(found: dict[str, Any], *, wide: bool) -> None:
    say(f"{found['instance']} as the engine of {found['environment']} said {shown_instant(found['at'])} UTC")
    if found["away"]:
        since = f" since {shown_instant(found['away_since'])} UTC" if found["away_since"] else ""
        say(f"The engine does not answer{since}, so what runs is unknown now.", found["away"])
        return
    if found["words"]:
        say(found["words"])
    at = datetime.fromisoformat(found["at"])
    for artifact in found["artifacts"]:
        say("", f"{artifact['artifact'] or 'of no artifact'}  {artifact['version'] or 'not in the lock'}")
        resources = artifact["resources"]
        if not resources:
            say("the engine tells of none of its objects yet")
            continue
        show_table(_OBJECTS, [_object(one) for one in resources], wide=wide)
        rows = [row for one in resources for pod in one["pods"] for row in _containers(pod, at)]
        if rows:
            say("")
            show_table(_PODS, rows, wide=wide)
        if left := sum(one["pods_left_out"] for one in resources):
            say(f"{left} more pods were not looked at")


def _object(one: dict[str, Any]) -> tuple[str | Cell, ...]:
    word = HEALTH.get(one["health"])
    health = Cell(f"{word.mark} {word.word}", word.colour) if word else Cell(f"? {one['health']}", "yellow")
    said = one["words"] if one["is_wanted"] else f"not in the lock. {one['words']}"
    return f"{one['kind']} {one['name']}", health, said


def _containers(pod: dict[str, Any], at: datetime) -> list[tuple[str | Cell, ...]]:
    ready = "done" if pod["is_done"] else _READY[pod["is_ready"]]
    said = ", ".join(
        [
            ready,
            *([f"{_age(pod['created_at'], at)} old"] if pod["created_at"] else []),
            *(["on its way out"] if pod["is_leaving"] else []),
            *([pod["words"]] if pod["words"] else []),
        ]
    )
    head = f"{pod['name']} ({said})"
    if not pod["containers"]:
        return [(head, "none is known", "", "", "", "")]
    return [(head if place == 0 else "", *_container(one, at)) for place, one in enumerate(pod["containers"])]


def _container(one: dict[str, Any], at: datetime) -> tuple[str | Cell, ...]:
    state = one["state"] + (f" since {_age(one['since'], at)}" if one["since"] else "")
    image = one["digest"][7:19] if one["digest"] else "unknown"
    restarts = "unknown" if one["restarts"] is None else str(one["restarts"])
    return (
        one["name"] + (" (init)" if one["is_init"] else ""),
        f"{state}: {one['words']}" if one["words"] else state,
        restarts,
        Cell(f"{image}, {_LOCKED[one['is_locked']]}", "red" if one["is_locked"] is False else ""),
        _exit(one["last_exit"], at),
    )


def _exit(ended: dict[str, Any] | None, at: datetime) -> str:
    if ended is None:
        return "–"
    code = "exit code unknown" if ended["exit_code"] is None else f"exit code {ended['exit_code']}"
    when = f", {_age(ended['at'], at)} ago" if ended["at"] else ""
    return f"{code}{when}" + (f": {ended['reason']}" if ended["reason"] else "")


def _clock(instant: str, at: str) -> str:
    """Write an instant of a line; of another day than the look with its date."""
    written = shown_instant(instant)
    return written[11:] if written[:10] == shown_instant(at)[:10] else written


def _age(instant: str, at: datetime) -> str:
    return span_in_words((at - datetime.fromisoformat(instant)).total_seconds()) or "0 s"
