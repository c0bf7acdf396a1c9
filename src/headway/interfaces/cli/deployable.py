"""The command deployability: DORA's five questions, each answer with what led there."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from headway.domain.metrics.words import Per
from headway.interfaces.cli.charts import sparkline
from headway.interfaces.cli.client import Params
from headway.interfaces.cli.measuring import Application, Environment, Owner, PerOption, Since, Until, Zone
from headway.interfaces.cli.options import Output, session_of
from headway.interfaces.cli.screen import Cell, Format, busy, say, show_document, show_table
from headway.interfaces.cli.spans import shown_instant, shown_span

_QUESTIONS = (
    ("throughout", "deployable throughout"),
    ("kept_first", "kept deployable before new work"),
    ("feedback", "fast feedback for everyone"),
    ("mending", "mended first"),
    ("on_demand", "on demand at any time"),
)
_MARKS = {"yes": ("✓ yes", "green"), "no": ("✗ no", "red"), "unknown": ("? unknown", "yellow")}
_MARKS_WIDE = 60


def deployability(
    context: typer.Context,
    *,
    since: Since = "90d",
    until: Until = None,
    zone: Zone = "UTC",
    per: PerOption = Per.DAY,
    application: Application = None,
    environment: Environment = None,
    owner: Owner = None,
    definitions: Annotated[bool, typer.Option("--definitions", help="Say what each answer means.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """Answer DORA's five questions from facts: yes, no or unknown, with the evidence that led there."""
    params: Params = {
        "since": since,
        "until": until,
        "zone": zone,
        "per": per.value,
        "application": application,
        "environment": environment,
        "owner": owner,
    }
    with busy("reckoning"):
        shown = session_of(context).client().get("/deployability", params)
    if output in (Format.JSON, Format.YAML):
        show_document(shown, output)
        return
    found = shown["applications"]
    if not found:
        say("There is no such application yet.")
    elif len(found) == 1:
        _show_one(found[0], shown)
    else:
        titles = ["APPLICATION", "THROUGHOUT", "KEPT FIRST", "FEEDBACK", "MENDED", "ON DEMAND"]
        show_table(titles, [_row(one) for one in found], wide=output is Format.WIDE)
        say("", "What led there: headway deployability --application NAME")
    if definitions:
        for one in shown["questions"]:
            say("", one["name"], f"  {one['formula']}", f"  beside it: {one['beside']}", f"  {one['source']}")


def _row(one: dict[str, Any]) -> list[str | Cell]:
    return [Cell(one["application"], "bold"), *(Cell(*_MARKS[one[key]["answer"]]) for key, _ in _QUESTIONS)]


def _show_one(one: dict[str, Any], shown: dict[str, Any]) -> None:
    asked = f"{shown_instant(shown['since'])[:16]} to {shown_instant(shown['until'])[:16]} UTC"
    say(f"{one['application']}  ({asked})", "")
    rows: list[list[str | Cell]] = [
        [name, Cell(*_MARKS[one[key]["answer"]]), _TOLD[key](one[key])] for key, name in _QUESTIONS
    ]
    show_table(["QUESTION", "ANSWER", "BECAUSE"], rows)
    for key, name in _QUESTIONS:
        if evidence := one[key]["evidence"]:
            say("", f"{name}: the latest" if key != "feedback" else f"{name}: the slowest")
            say(*(f"  {line}" for line in _evidence(evidence)))
    if one["throughout"]["trend"]:
        say("", f"Per {shown['per']}, share of the time")
        for key, name in (("throughout", "deployable"), ("on_demand", "on demand")):
            shares = [
                day["shares"]["yes"] if sum(day["shares"].values()) else None for day in one[key]["trend"]
            ]
            say(f"  {name:<12}{sparkline(shares, _MARKS_WIDE)}")


def _evidence(evidence: list[dict[str, Any]]) -> Iterator[str]:
    for one in evidence:
        where = one["artifact"] + (f" in {one['instance']}" if one["instance"] else "")
        until = f" to {shown_instant(one['until'])}" if one["until"] else ""
        yield f"{shown_instant(one['since'])}{until}  {where}: {one['words']} (fact {one['sequence']})"


def _shares(one: dict[str, Any]) -> str:
    shares = one["shares"]
    return (
        f"yes {_percent(shares['yes'])}, no {_percent(shares['no'])}, unknown {_percent(shares['unknown'])}"
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _kept(one: dict[str, Any]) -> str:
    return (
        f"{one['while_red']} of {one['published']} came while it was not, {one['mending']} of them mended it"
    )


def _feedback(one: dict[str, Any]) -> str:
    spans = one["from_commit"]
    beside = one["from_build"]["count"] + one["unknown"] + one["clock"]
    known = (
        f"p50 {shown_span(spans['p50'])}, p90 {shown_span(spans['p90'])} of {spans['count']} commits"
        if spans["count"]
        else "no commit with a known time was judged"
    )
    return f"{known}; {beside} not from a commit's time. Seen by {one['seen_by']}"


def _mending(one: dict[str, Any]) -> str:
    if not one["reds"]:
        return "nothing was red"
    return (
        f"red {one['reds']} times, {one['open']} still; first act p50 {shown_span(one['acted']['p50'])}, "
        f"green p50 {shown_span(one['mended']['p50'])}"
    )


def _on_demand(one: dict[str, Any]) -> str:
    proof = f"last proof {shown_instant(one['last_proof'])}" if one["last_proof"] else "never proven"
    return f"{_shares(one)}; frozen {_percent(one['frozen'])}; {proof}"


_TOLD = {
    "throughout": _shares,
    "kept_first": _kept,
    "feedback": _feedback,
    "mending": _mending,
    "on_demand": _on_demand,
}
