"""The command metrics: the five delivery metrics, over time, side by side, and what is behind each number."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from headway.domain.metrics.words import By, Per, Which
from headway.interfaces.cli.charts import bars, sparkline
from headway.interfaces.cli.client import Params
from headway.interfaces.cli.options import Output, session_of
from headway.interfaces.cli.screen import Cell, Format, busy, say, show_document, show_table
from headway.interfaces.cli.spans import shown_instant, shown_span

_MARKS_WIDE = 60

Since = Annotated[
    str, typer.Option("--since", help="A span back, a day or an instant: 90d, 2026-07-01, 2026-07-01T09:00.")
]
Until = Annotated[
    str | None, typer.Option("--until", help="A day, which is included, or an instant; else now.")
]
Zone = Annotated[str, typer.Option("--zone", help="Whose days are meant, like Europe/Berlin.")]
PerOption = Annotated[Per, typer.Option("--per", help="How long a stretch of the trend is.")]
Application = Annotated[str | None, typer.Option("--application", help="Only this application.")]
Environment = Annotated[
    str | None, typer.Option("--environment", help="Only this environment; else production, all of it.")
]
Region = Annotated[str | None, typer.Option("--region", help="Only this region.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Only applications of this team.")]


def metrics(
    context: typer.Context,
    *,
    since: Since = "90d",
    until: Until = None,
    zone: Zone = "UTC",
    per: PerOption = Per.DAY,
    application: Application = None,
    artifact: Annotated[str | None, typer.Option("--artifact", "-a", help="Only this artifact.")] = None,
    environment: Environment = None,
    region: Region = None,
    owner: Owner = None,
    by: Annotated[By | None, typer.Option("--by", help="Set these side by side.")] = None,
    deployments: Annotated[
        Which | None, typer.Option("--deployments", help="List the deployments behind a number instead.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many of them at most.")] = 20,
    before: Annotated[int | None, typer.Option(help="Go on before this number.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show the delivery metrics, counted from facts. What is not known is counted beside them."""
    params: Params = {
        "since": since,
        "until": until,
        "zone": zone,
        "per": per.value,
        "application": application,
        "artifact": artifact,
        "environment": environment,
        "region": region,
        "owner": owner,
    }
    client = session_of(context).client()
    if deployments is not None:
        params |= {"which": deployments.value, "limit": limit, "before": before}
        with busy("looking for them"):
            found = client.get("/metrics/deployments", params)
        _show_deployments(found, output, limit)
        return
    with busy("reckoning"):
        shown = client.get("/metrics", {**params, "by": by.value if by else None})
    if output in (Format.JSON, Format.YAML):
        show_document(shown, output)
        return
    _show(shown, by, wide=output is Format.WIDE)


def _show(shown: dict[str, Any], by: By | None, *, wide: bool) -> None:
    where = ", ".join(shown["environments"]) or "nowhere yet"
    say(f"{where}  ({_day(shown['since'])} to {_day(shown['until'])} UTC)", "")
    found = shown["metrics"]
    show_table(["METRIC", "VALUE", "OF"], list(_rows(found)))
    if beside := list(_beside(shown)):
        say("", "Beside them", *(f"  {one}" for one in beside))
    if by is not None:
        say("")
        show_table(_group_titles(by), [_group(one) for one in shown["groups"]], wide=wide)
    _show_trend(shown)
    for name, spans in (
        ("Lead time for changes", found["lead_time"]["from_commit"]),
        ("Recovery", found["recovery"]["recovered"]),
    ):
        if spans["count"]:
            say(
                "",
                name,
                *(f"  {one}" for one in bars([(one["name"], one["count"]) for one in spans["bands"]])),
            )
    say("", "What DORA published, metric by metric, best figure that ours meets")
    show_table(
        ["YEAR", "FREQUENCY", "LEAD TIME", "FAILURES", "RECOVERY"],
        [_published(one) for one in shown["published"]],
        wide=wide,
    )


def _rows(found: dict[str, Any]) -> Iterator[list[str | Cell]]:
    often, lead, failures = found["frequency"], found["lead_time"]["from_commit"], found["failures"]
    recovery, rework = found["recovery"], found["rework"]
    yield ["deployment frequency", _often(often), f"{often['deployments']} deployments"]
    yield ["lead time for changes", _spans(lead), f"{lead['count']} changes"]
    yield [
        "change failure rate",
        _share(failures["rate"]),
        f"{failures['failed']} of {failures['judged']} judged",
    ]
    still = f", {recovery['open']} open since {shown_instant(recovery['oldest_open'])}"
    yield [
        "recovery time",
        _spans(recovery["recovered"]),
        f"{recovery['recovered']['count']} failures{still if recovery['open'] else ''}",
    ]
    yield [
        "rework rate",
        _share(rework["rate"]),
        f"{rework['rollbacks']} rollbacks, {rework['forward']} forward of {rework['deployments']}",
    ]


def _beside(shown: dict[str, Any]) -> Iterator[str]:
    """Say what is counted in none of the numbers above; nothing: everything is known."""
    found = shown["metrics"]
    lead, failures, apart = found["lead_time"], found["failures"], found["apart"]
    built = lead["from_build"]
    if built["count"]:
        yield f"{built['count']} changes counted from their build, which is later: {_spans(built)}"
    unjudged = failures["unjudged"]
    counts = (
        (lead["unknown"], "changes of which neither commit nor build time is known"),
        (lead["clock"], "changes that start after their end: clocks disagree"),
        (found["recovery"]["clock"], "recoveries that end before they begin: clocks disagree"),
        (unjudged["withdrawn"], "withdrawn: nobody could tell"),
        (unjudged["replaced"], "replaced by another before there was a verdict"),
        (unjudged["under_way"], "under way"),
        (unjudged["lost"], "lost: never reached their branch"),
        (apart["first_locks"], "first locks"),
        (apart["first_locks_failed"], "first locks that failed"),
        (apart["withdrawals"], "earlier versions put back without blame"),
        (apart["rollbacks_of_unknown"], "rollbacks of what an earlier ledger had deployed"),
        (shown["passed_over"], "facts that could not be read or counted"),
    )
    for count, words in counts:
        if count:
            yield f"{count} {words}"


def _show_trend(shown: dict[str, Any]) -> None:
    points = shown["trend"]
    if not points:
        return
    days = f"{points[0]['stretch']['day']} to {points[-1]['stretch']['day']}"
    say("", f"Per {shown['per']}, {days} in {shown['zone']}; above each line its largest value")
    lines = (
        ("deployments", [one["deployments"] for one in points], str),
        ("failed", [one["failed"] for one in points], str),
        ("rework", [one["rework"] for one in points], str),
        ("lead time p50", [one["lead_p50"] for one in points], shown_span),
        ("recovery p50", [one["recovery_p50"] for one in points], shown_span),
    )
    for name, values, written in lines:
        top = max((one for one in values if one is not None), default=None)
        most = "-" if top is None else written(top)
        say(f"  {name:<14}{sparkline(values, _MARKS_WIDE)}  {most}")


def _group_titles(by: By) -> list[str]:
    return [by.value.upper(), "DEPLOYED", "A DAY", "LEAD p50", "p90", "FAILED", "RECOVERY p50", "REWORK"]


def _group(one: dict[str, Any]) -> list[str | Cell]:
    return [
        Cell(one["name"] or "nobody said", "bold"),
        str(one["deployments"]),
        f"{one['per_day']:.2g}",
        shown_span(one["lead_p50"]),
        shown_span(one["lead_p90"]),
        _share(one["failure_rate"]),
        shown_span(one["recovery_p50"]),
        _share(one["rework_rate"]),
    ]


def _published(one: dict[str, Any]) -> list[str | Cell]:
    return [str(one["year"]), *(_figure(one[name]) for name in _COMPARED)]


_COMPARED = ("frequency", "lead_time", "failure_rate", "recovery")


def _figure(one: dict[str, str] | None) -> str:
    return "-" if one is None else f"{one['level']}: {one['words']}"


def _show_deployments(found: list[dict[str, Any]], output: Format, limit: int) -> None:
    if output in (Format.JSON, Format.YAML):
        show_document(found, output)
        return
    if not found:
        say("There is none.")
        return
    wide = output is Format.WIDE
    titles = ["DECIDED (UTC)", "ARTIFACT", "INSTANCE", "OUTCOME", "SPAN", "PROMOTION"]
    more = ["KIND", "ENVIRONMENT", "OWNER", "FAILED", "BY", "RECOVERED", "RECOVERED BY"] if wide else []
    show_table([*titles, *more], [_deployment(one, wide=wide) for one in found], wide=wide)
    if len(found) == limit:
        say("", f"Earlier ones: --before {found[-1]['number']}")


def _deployment(one: dict[str, Any], *, wide: bool) -> list[str | Cell]:
    bad = one["failed_at"] is not None
    row: list[str | Cell] = [
        shown_instant(one["decided_at"]),
        one["artifact"].split("/")[1],
        one["instance"],
        Cell(one["outcome"] if not bad else f"{one['outcome']}, failed", "red" if bad else ""),
        shown_span(one["span"]),
        one["promotion_id"],
    ]
    if wide:
        row += [
            one["kind"],
            one["environment"],
            one["owner"] or "-",
            shown_instant(one["failed_at"]),
            one["failed_by"] or "-",
            shown_instant(one["recovered_at"]),
            one["recovered_by"] or "-",
        ]
    return row


def _often(often: dict[str, Any]) -> str:
    per_day = often["per_day"]
    if not often["deployments"]:
        return "none"
    if per_day >= 1:
        return f"{per_day:.1f} a day"
    return f"one in {1 / per_day:.1f} days"


def _spans(spans: dict[str, Any]) -> str:
    if not spans["count"]:
        return "not known"
    return f"p50 {shown_span(spans['p50'])}, p90 {shown_span(spans['p90'])}"


def _share(rate: float | None) -> str:
    return "not known" if rate is None else f"{rate * 100:.1f} %"


def _day(instant: str) -> str:
    return shown_instant(instant)[:16]
