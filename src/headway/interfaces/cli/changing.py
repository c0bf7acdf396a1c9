"""Commands that change: promote, approve, accept, hold, resume, rollback, quarantine."""

from typing import Annotated, Any

import typer

from headway.domain.errors import UsageError
from headway.interfaces.cli.findings import finding_lines
from headway.interfaces.cli.options import Artifact, DryRun, Output, Reason, ReasonUnlessDry, session_of
from headway.interfaces.cli.screen import Format, ask, busy, can_ask, say, show_document
from headway.interfaces.cli.spans import parse_instant, parse_span, shown_instant
from headway.interfaces.problems import FAILED

Version = Annotated[
    str | None, typer.Option(help="A tag, label, digest, commit or whole version; else the newest.")
]
_FOR_PROGRAMS = (Format.JSON, Format.YAML)


def promote(
    context: typer.Context,
    *,
    artifact: Artifact,
    to: Annotated[
        list[str] | None, typer.Option(help="An instance; several times. Else the first wave's.")
    ] = None,
    version: Version = None,
    digest: Annotated[str | None, typer.Option(help="Make this pair: the image's digest …")] = None,
    commit: Annotated[str | None, typer.Option(help="… and the configuration commit.")] = None,
    now: Annotated[bool, typer.Option("--now", help="Cut in before the version the wave took up.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Drop the request that waits there.")] = False,
    reason: ReasonUnlessDry = "",
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Ask for a version; it goes as soon as the gates let it."""
    body: dict[str, object] = {
        "artifact": artifact,
        "instances": to or [],
        "reason": reason,
        "dry_run": dry_run,
    }
    wanted: dict[str, object] = {"version": version, "digest": digest, "commit": commit, "now": now}
    if cancel:
        _refuse_wanted(wanted)
        _cancel(context, body, output)
        return
    body |= wanted
    with busy(f"asking for {artifact}"):
        found = session_of(context).client().post("/promote", body)
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    _say_promotion(found, dry_run=dry_run)


def _say_promotion(found: dict[str, Any], *, dry_run: bool) -> None:
    for one in found["requests"]:
        verb = "would be asked for" if dry_run else "is asked for"
        say(f"{one['artifact']} {one['label']} {verb} in {one['instance']} (runs {one['runs'] or 'nothing'})")
        for shut in one["waits_for"]:
            say(f"  waits for {shut['gate']}: {shut['words']} ({shut['who']})")
    for one in found["commits"]:
        say("", f"On {one['branch']}, this commit:", "")
        say(*(f"    {line}" for line in one["message"].splitlines()))
        say("", "It would change:", *(f"    {path}" for path in one["paths"]))
        if one["standards"]:
            say("", "By the standards in force:", *finding_lines(one["standards"]))


def _refuse_wanted(wanted: dict[str, object]) -> None:
    named = [f"--{option}" for option, value in wanted.items() if value]
    if named:
        raise UsageError(
            "cancel-names-version",
            f"--cancel and {named[0]} are both given",
            why="an instance has one request for an artifact at most, and --cancel drops it whole",
            next_step="leave one of them out",
        )


def _cancel(context: typer.Context, body: dict[str, object], output: Format) -> None:
    found = session_of(context).client().post("/promote/cancel", body)
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    verb = "would be dropped" if body["dry_run"] else "is dropped"
    for one in found["cancelled"]:
        say(f"{one['by']}'s request for {one['artifact']} {one['label']} in {one['instance']} {verb}")


def approve(
    context: typer.Context,
    *,
    target: Annotated[str, typer.Argument(help="An artifact, or an application whose first lock waits.")],
    wave: Annotated[str, typer.Option(help="The wave to let it into.")],
    version: Annotated[str | None, typer.Option(help="This version; else the one that waits.")] = None,
    reason: Reason = "",
    output: Output = Format.TABLE,
) -> None:
    """Approve exactly one change into a wave. A changed difference is asked again."""
    body: dict[str, object] = {"target": target, "wave": wave, "version": version, "reason": reason}
    found = session_of(context).client().post("/approve", body)
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    say(f"{', '.join(found['entries'])} may enter {found['wave']}: {', '.join(found['instances'])}")
    say(f"The approval counts until {shown_instant(found['until'])} UTC.")
    for shut in found["waits_for"]:
        say(f"  {shut['instance']} still waits for {shut['gate']}: {shut['words']}")
        opens = f"opens at {shown_instant(shut['next_at'])} UTC at the earliest" if shut["next_at"] else ""
        say(f"    {opens or 'who can change it: ' + shut['who']}")
    if not found["waits_for"]:
        say("Nothing else keeps it out: it goes now.")


def accept(context: typer.Context, *, reason: Reason = "", output: Output = Format.TABLE) -> None:
    """Let an estate that loosens a gate or gives a role take force."""
    found = session_of(context).client().post("/accept", {"reason": reason})
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    say("Accepted, and in force from now on:", *(f"  {one}" for one in found["loosens"]))


def hold(
    context: typer.Context,
    *,
    instance: Annotated[str, typer.Argument(help="An instance, as staging or oneconnect/staging.")],
    artifact: Annotated[str | None, typer.Option("--artifact", "-a", help="Only this artifact.")] = None,
    until: Annotated[str | None, typer.Option(help="When it ends (ISO 8601, in UTC without a zone).")] = None,
    lasts: Annotated[str | None, typer.Option("--for", help="How long it lasts, as 2h.")] = None,
    reason: Reason = "",
    output: Output = Format.TABLE,
) -> None:
    """Stop promotions into an instance. A rollback still goes."""
    if until is not None and lasts is not None:
        raise UsageError(
            "hold-ends-twice",
            "--until and --for are both given",
            why="a hold ends once",
            next_step="give one of them",
        )
    body: dict[str, object] = {
        "instance": instance,
        "artifact": artifact,
        "until": parse_instant(until).isoformat() if until else None,
        "lasts": parse_span(lasts).total_seconds() if lasts else None,
        "reason": reason,
    }
    found = session_of(context).client().post("/hold", body)
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    end = f"until {shown_instant(found['until'])} UTC" if found["until"] else "until somebody resumes it"
    say(f"{found['artifact'] or 'everything'} is held in {found['instance']} {end}")


def resume(
    context: typer.Context,
    *,
    instance: Annotated[str, typer.Argument(help="An instance, as staging or oneconnect/staging.")],
    artifact: Annotated[
        str | None, typer.Option("--artifact", "-a", help="Only holds on this artifact.")
    ] = None,
    reason: ReasonUnlessDry = "",
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Lift holds, after saying what that lets in."""
    client = session_of(context).client()
    body: dict[str, object] = {"instance": instance, "artifact": artifact, "reason": reason}
    first = client.post("/resume", body | {"dry_run": True})
    if output not in _FOR_PROGRAMS:
        _say_lets_in(first)
    found = first if dry_run else client.post("/resume", body)
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    verb = "would be lifted" if dry_run else "lifted"
    say(f"{len(found['lifted'])} hold(s) {verb} in {found['instance']}, of {', '.join(found['owners'])}")
    if found["still_held"]:
        say(f"still held there by {', '.join(found['still_held'])}")


def _say_lets_in(found: dict[str, Any]) -> None:
    for one in found["lets_in"]:
        say(f"this lets {one['artifact']} {one['version']} into {found['instance']}")
    if not found["lets_in"]:
        say(f"nothing waits to enter {found['instance']} at once")


def rollback(
    context: typer.Context,
    *,
    artifact: Artifact,
    instances: Annotated[list[str], typer.Option("--from", help="An instance; several times.")],
    to: Annotated[str | None, typer.Option(help="This version; else the last good one.")] = None,
    reason: ReasonUnlessDry = "",
    dry_run: DryRun = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before an artifact without a last good version goes.")
    ] = False,
    output: Output = Format.TABLE,
) -> None:
    """Give an artifact its last good version again. It is held there by the same commit."""
    body: dict[str, object] = {
        "artifact": artifact,
        "instances": instances,
        "to": to,
        "reason": reason,
        "dry_run": dry_run,
    }
    client = session_of(context).client()
    if not (dry_run or yes or output in _FOR_PROGRAMS) and can_ask():
        _ask_before_it_goes(client.post("/rollback", body | {"dry_run": True}))
    with busy(f"rolling {artifact} back"):
        found = client.post("/rollback", body)
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    for one in found["rollbacks"]:
        _say_rollback(one, dry_run=dry_run)


def _ask_before_it_goes(planned: dict[str, Any]) -> None:
    """Where nothing takes a version's place the artifact ends: a person at a terminal says that it may."""
    going = [one for one in planned["rollbacks"] if one["after"] is None]
    if not going:
        return
    for one in going:
        say(
            f"{one['artifact']} {one['before']} has no last good version in {one['instance']}: it would be "
            "taken out, so nothing of it would run there. Volume claims stay."
        )
    if not ask("Take it out?"):
        say("Nothing was done. For another version: --to VERSION.")
        raise typer.Exit(FAILED)


def _say_rollback(one: dict[str, Any], *, dry_run: bool) -> None:
    after = one["after"] or "taken out (no last good version is known here)"
    say(f"{one['artifact']} in {one['instance']}: {one['before']} → {after}")
    if one["after"] is None:
        verb = "would run" if dry_run else "runs"
        say(f"  nothing of {one['artifact']} {verb} there any more; volume claims stay")
        if not dry_run:
            say(f"  bring it in again: headway promote {one['artifact']} --to {one['instance']} --version …")
    verb = "would be held" if dry_run else "is held"
    say(f"  it {verb} there until somebody resumes it ({one['hold_id']})")
    if one["jobs"]:
        say(f"  Jobs that {'would run' if dry_run else 'run'} again: {', '.join(one['jobs'])}")
    for unmet in one["unmet"]:
        say(f"  ▲ it does not meet a standard: {unmet}")
    if one["dropped"]:
        say(f"  the same promotion into {', '.join(one['dropped'])} is dropped")
    if one["others"]:
        say(f"  {one['before']} stays in {', '.join(one['others'])}: name them with --from too")
    if not dry_run:
        name = one["instance"]
        say(f"  follow it: headway status {name.split('/')[0]} --watch")


def quarantine(
    context: typer.Context,
    *,
    artifact: Artifact,
    version: Annotated[str, typer.Argument(help="A tag, label, digest, commit or whole version.")],
    lift: Annotated[bool, typer.Option("--lift", help="Let it go out again.")] = False,
    whole_digest: Annotated[
        bool, typer.Option("--whole-digest", help="Every version with this digest.")
    ] = False,
    reason: Reason = "",
    output: Output = Format.TABLE,
) -> None:
    """Call a version bad: no gate lets it in. What runs stays."""
    body: dict[str, object] = {"artifact": artifact, "version": version, "reason": reason}
    if lift:
        found = session_of(context).client().post("/quarantine/lift", body)
    else:
        found = session_of(context).client().post("/quarantine", body | {"whole_digest": whole_digest})
    if output in _FOR_PROGRAMS:
        show_document(found, output)
        return
    state = "may go out again" if found["lifted"] else "is quarantined: no gate lets it in"
    say(f"{found['artifact']} {found['version']} {state}")
    if found["runs_in"] and not found["lifted"]:
        say(f"it runs in {', '.join(found['runs_in'])}: take it back there with `headway rollback`")
