"""One artifact, one version's journey, one instance, one cell's why, and what differs."""

from typing import Any

from headway.app.desk import Desk
from headway.app.naming import estate_instances, find_artifact, find_instance, find_version
from headway.app.queries.attention import instance_needs
from headway.app.queries.difference import Moment, difference, manifests_at, moment
from headway.app.queries.history import history
from headway.app.queries.journey import journey
from headway.app.queries.status import InstanceStatus, instance_status
from headway.app.queries.versions import versions
from headway.app.queries.why import why
from headway.domain.errors import UsageError
from headway.domain.facts import Fact
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.interfaces.web.actions import allowed
from headway.interfaces.web.board_page import tell
from headway.interfaces.web.running_page import mark_of
from headway.interfaces.web.site import Ask, Shown, malformed

_VERSIONS = 50
_HISTORY = 25


async def show_why(ask: Ask) -> Shown:
    """Show why a version is not in an instance, or that it is."""
    desk = ask.site.service.desk
    cell = Cell(_artifact(ask), _instance(ask))
    named = ask.query("version")
    version = find_version(desk.situation, cell.artifact, named) if named else None
    explained = why(desk, cell, version)
    status = instance_status(desk, cell.instance)
    return Shown(
        template="why.html",
        title=f"{cell.artifact.artifact} in {cell.instance}",
        scope=cell.instance.application,
        twin=explained,
        context={
            "why": explained,
            "artifact": cell.artifact,
            "instance": cell.instance,
            "here": status,
            "cell": next(one for one in status.cells if one.artifact == cell.artifact),
            "version": named,
            "actions": _fitting(ask, status, cell.artifact),
        },
    )


async def show_artifact(ask: Ask) -> Shown:
    """Show an artifact's versions, newest first, and where each stands."""
    desk = ask.site.service.desk
    artifact = _artifact(ask)
    found = versions(desk, artifact, _VERSIONS)
    return Shown(
        template="artifact.html",
        title=str(artifact),
        scope=artifact.application,
        twin=list(found),
        context={
            "artifact": artifact,
            "versions": found,
            "instances": estate_instances(desk.situation, artifact.application),
        },
    )


async def show_journey(ask: Ask) -> Shown:
    """Show one version's way from its source to every region."""
    service = ask.site.service
    artifact = _artifact(ask)
    version = find_version(service.desk.situation, artifact, ask.part("version"))
    told = await journey(service.desk, service.history, service.ledger, artifact, version)
    waits = next((one for one in told.halts if one.progress.arrival != "verified"), None)
    return Shown(
        template="journey.html",
        title=f"{artifact} {told.version.label}",
        scope=artifact.application,
        twin=told,
        context={
            "journey": told,
            "artifact": artifact,
            "repository": _repository(service.desk, artifact.application),
            "next": waits,
            "why": why(service.desk, Cell(artifact, waits.instance), version) if waits else None,
        },
    )


async def show_instance(ask: Ask) -> Shown:
    """Show what runs in an instance now, and what came before."""
    service = ask.site.service
    desk = service.desk
    name = _instance(ask)
    before = ask.number("before") if ask.query("before") else None
    records = await service.history.promotions(instance=name, limit=_HISTORY + 1, before=before)
    past = history(desk, records[:_HISTORY])
    status = instance_status(desk, name)
    now = moment(desk, name, None)
    return Shown(
        template="instance.html",
        title=str(name),
        scope=name.application,
        twin={"instance": status, "history": list(past)},
        context={
            "instance": status,
            "needs": tell(instance_needs(status)),
            "actions": _fitting(ask, status, None),
            "history": past,
            "older": past[-1].sequence if len(records) > _HISTORY else None,
            "others": [one for one in estate_instances(desk.situation, name.application) if one != name],
            "mark": mark_of(status),
            "commit": now.commit,
            "repository": _repository(desk, name.application),
            "resources": await _resources(ask, now),
        },
    )


def _fitting(ask: Ask, status: InstanceStatus, artifact: ArtifactName | None) -> tuple[str, ...]:
    """Give the actions that make sense there, of those that the person's roles let them try."""
    cells = [one for one in status.cells if artifact in (None, one.artifact)]
    is_held = bool(status.held) or any(one.held for one in cells)
    makes_sense = {
        "roll-back": artifact is not None and cells[0].version is not None,
        "promote": artifact is not None and status.promotion_id is not None,
        "approve": artifact is not None and cells[0].gate == "approvals",
        "hold": True,
        "resume": is_held,
    }
    return tuple(name for name in allowed(ask.site.service.desk, ask.who) if makes_sense[name])


async def _resources(ask: Ask, at: Moment) -> dict[str, list[str]] | None:
    """Name the objects that the instance's lock asks for, by artifact; None: nobody can tell now."""
    try:
        files = await manifests_at(ask.site.service.desk, at)
    except UsageError:
        return None
    found: dict[str, list[str]] = {}
    for path in sorted(files):
        artifact, _, file = path.partition("/")
        found.setdefault(artifact, []).append(file.removesuffix(".yaml"))
    return found


async def show_differences(ask: Ask) -> Shown:
    """Show what differs between two instances, or two moments of one."""
    desk = ask.site.service.desk
    left, right = _moment(ask, "left"), _moment(ask, "right")
    artifact = ask.query("artifact")
    found = await difference(desk, left, right, artifact)
    return Shown(
        template="differences.html",
        title=f"{_named(left)} and {_named(right)}",
        scope=left.instance.application,
        twin=found,
        context={
            "difference": found,
            "artifact": artifact,
            "repository": _repository(desk, left.instance.application),
        },
    )


async def show_facts(ask: Ask) -> Shown:
    """Show what was recorded about one cell's instance or artifact, newest first."""
    subject = ask.query("subject")
    if subject is None:
        raise malformed("it names no subject, such as instance:oneconnect/staging")
    before = ask.number("before") if ask.query("before") else None
    facts = list(await ask.site.service.ledger.about(subject, limit=_VERSIONS, before=before))
    return Shown(
        template="facts.html",
        title=f"Facts about {subject}",
        twin=[_told(one) for one in facts],
        context={
            "subject": subject,
            "facts": [_told(one) for one in facts],
            "older": facts[-1].sequence if len(facts) == _VERSIONS else None,
        },
    )


def _told(fact: Fact) -> dict[str, Any]:
    return {
        "sequence": fact.sequence,
        "type": fact.type or getattr(fact.body, "TYPE", ""),
        "happened_at": fact.happened_at,
        "actor": str(fact.actor),
        "reason": fact.reason,
    }


def _artifact(ask: Ask) -> ArtifactName:
    text = f"{ask.part('application')}/{ask.part('artifact')}"
    return find_artifact(ask.site.service.desk.situation, text)


def _instance(ask: Ask) -> InstanceName:
    text = f"{ask.part('application')}/{ask.part('instance')}"
    return find_instance(ask.site.service.desk.situation, text)


def _repository(desk: Desk, application: str) -> str | None:
    """Give the address of the repository that holds an application's manifests; None: none is known."""
    estate = desk.situation.estate
    named = estate.applications.get(application) if estate else None
    return estate.repositories[named.repository].url if estate and named else None


def _moment(ask: Ask, side: str) -> Moment:
    text = ask.query(side)
    if text is None:
        raise malformed(f"it names no {side} side, such as oneconnect/staging or oneconnect/staging@COMMIT")
    name, _, commit = text.partition("@")
    desk = ask.site.service.desk
    return moment(desk, find_instance(desk.situation, name), commit or None)


def _named(at: Moment) -> str:
    return f"{at.instance}" + (f" at {at.commit[:8]}" if at.commit else "")
