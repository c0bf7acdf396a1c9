"""What people may do from a page: each says first what will change and what will not, and asks once.

The question is a page of its own that works without scripts, and stays as it was asked while it is open.
Its form is good once, for whoever was asked, and only while the instance stands where it stood when they were
asked: what was confirmed is what is done.
Who may is decided by the command, as for every surface.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from headway.app.commands.allowed import require
from headway.app.commands.approve import approve
from headway.app.commands.hold import hold
from headway.app.commands.promote import promote
from headway.app.commands.resume import resume
from headway.app.commands.roll_back import roll_back
from headway.app.desk import Desk
from headway.app.naming import find_artifact, find_instance, find_version, known_versions
from headway.app.queries.why import why
from headway.domain.errors import Conflict, UsageError
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.domain.permissions import Verb, may
from headway.interfaces.web.screen import href
from headway.interfaces.web.signing import form_of
from headway.interfaces.web.site import Ask, Shown, Site, malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an action is about."""

    who: str
    instance: InstanceName
    artifact: ArtifactName | None
    version: str | None
    """As it was named; None: the newest, or the last good one."""

    @property
    def cell(self) -> Cell:
        """Give the cell.

        Raises:
            UsageError: `request-malformed`: no artifact was named.
        """
        if self.artifact is None:
            raise malformed("it names no artifact")
        return Cell(self.artifact, self.instance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an action would do, in sentences."""

    changes: tuple[str, ...]
    keeps: tuple[str, ...]
    """What it does not restore, or does not touch."""
    version: str | None = None
    """The version that was shown, whole enough to be found again: exactly it is confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One verb."""

    verb: Verb
    title: str
    go: str
    """What the button says."""
    plan: Callable[[Desk, Target], Awaitable[Plan]]
    do: Callable[[Desk, Target, str], Awaitable[object]]


async def _plan_roll_back(desk: Desk, target: Target) -> Plan:
    to = _named(desk, target)
    (found,) = await roll_back(
        desk, target.who, target.cell.artifact, [target.instance], to=to, reason="", dry_run=True
    )
    changes = [
        f"{target.instance} goes from {found.before} back to {found.after}."
        if found.after
        else f"{found.artifact} has no last good version here and is taken out of {target.instance}.",
        f"{found.artifact} is held here until somebody resumes it.",
        f"{found.before} comes back by itself neither here nor in a later wave.",
    ]
    changes += [f"The Job {job} runs again." for job in found.jobs]
    changes += [f"{one} does not get it any more." for one in found.dropped]
    keeps = ["Data that the newer version wrote stays as it is: no volume and no database is restored."]
    keeps += [f"{one} keeps {found.before} until it is rolled back too." for one in found.others]
    return Plan(changes=tuple(changes), keeps=tuple(keeps), version=found.after)


async def _roll_back(desk: Desk, target: Target, reason: str) -> object:
    to = _named(desk, target)
    return await roll_back(desk, target.who, target.cell.artifact, [target.instance], to=to, reason=reason)


async def _plan_promote(desk: Desk, target: Target) -> Plan:
    version = _named(desk, target) or _newest(desk, target.cell)
    found = await promote(
        desk, target.who, target.cell.artifact, target.instance, version, reason="", dry_run=True
    )
    runs = f"{found.runs} runs there now." if found.runs else "It does not run there now."
    waits = [
        f"It waits for {one.gate}: {one.words}. Who can change that: {one.who}." for one in found.waits_for
    ]
    return Plan(
        changes=(f"{found.label} is asked for in {target.instance}. {runs}", *waits),
        keeps=("No gate is passed over: it goes as soon as they let it, and what fails is rolled back.",),
        version=found.label,
    )


async def _promote(desk: Desk, target: Target, reason: str) -> object:
    version = _named(desk, target) or _newest(desk, target.cell)
    return await promote(desk, target.who, target.cell.artifact, target.instance, version, reason=reason)


async def _plan_hold(desk: Desk, target: Target) -> Plan:  # as the others are
    del desk
    what = f"of {target.artifact}" if target.artifact else "of anything"
    return Plan(
        changes=(f"No promotion {what} enters {target.instance} until somebody resumes it.",),
        keeps=("What runs stays, and a promotion that is under way is finished. A rollback still works.",),
    )


async def _hold(desk: Desk, target: Target, reason: str) -> object:
    artifact = target.artifact.artifact if target.artifact else None
    return await hold(desk, target.who, target.instance, artifact=artifact, reason=reason)


async def _plan_resume(desk: Desk, target: Target) -> Plan:
    artifact = target.artifact.artifact if target.artifact else None
    found = await resume(desk, target.who, target.instance, artifact=artifact, reason="", dry_run=True)
    changes = [f"The hold of {owner} is lifted." for owner in found.owners]
    changes += [f"{one.version} of {one.artifact} goes in at once." for one in found.lets_in]
    changes += [] if found.lets_in else ["Nothing goes in at once."]
    keeps = [f"The hold {one} stays." for one in found.still_held]
    return Plan(changes=tuple(changes), keeps=(*keeps, "What was taken back does not come back by itself."))


async def _resume(desk: Desk, target: Target, reason: str) -> object:
    artifact = target.artifact.artifact if target.artifact else None
    return await resume(desk, target.who, target.instance, artifact=artifact, reason=reason)


async def _plan_approve(desk: Desk, target: Target) -> Plan:  # as the others are
    answers = why(desk, target.cell, _named(desk, target)).answers
    asks = [one for one in answers if any(shut.gate == "approvals" for shut in one.blocked)]
    if not asks:
        raise UsageError(
            "nothing-waits",
            f"nothing of {target.artifact} waits for an approval in {target.instance}",
            why="no version that could enter asks for one",
            next_step="see why on the page of the artifact there",
        )
    others = [one for one in asks[0].blocked if one.gate != "approvals"]
    return Plan(
        changes=(
            f"{asks[0].version} may enter {_wave(desk, target)}, in each of its instances, as it is now.",
            *(f"It still waits for {one.gate}: {one.words}." for one in others),
        ),
        keeps=("A changed difference is asked again, and the approval ends after seven days.",),
        version=asks[0].version,
    )


async def _approve(desk: Desk, target: Target, reason: str) -> object:
    cell = target.cell
    lock = desk.situation.instance(cell.instance).lock
    version = None if lock is None else _named(desk, target)
    wave = _wave(desk, target)
    return await approve(
        desk,
        target.who,
        cell.artifact.application,
        wave,
        artifact=cell.artifact,
        version=version,
        reason=reason,
    )


ACTIONS: Mapping[str, Action] = {
    "roll-back": Action(
        verb=Verb.ROLL_BACK, title="Roll back", go="Roll back", plan=_plan_roll_back, do=_roll_back
    ),
    "promote": Action(verb=Verb.PROMOTE, title="Promote", go="Promote", plan=_plan_promote, do=_promote),
    "approve": Action(verb=Verb.APPROVE, title="Approve", go="Approve", plan=_plan_approve, do=_approve),
    "hold": Action(verb=Verb.HOLD, title="Hold", go="Hold", plan=_plan_hold, do=_hold),
    "resume": Action(verb=Verb.RESUME, title="Resume", go="Resume", plan=_plan_resume, do=_resume),
}
"""By the last part of their address."""


async def show_action(ask: Ask) -> Shown:
    """Ask once whether it is meant, and say what it would do."""
    action = _action(ask)
    desk = ask.site.service.desk
    target = _target(ask.who, desk, ask.request.query_params)
    about = f"{target.artifact} in {target.instance}" if target.artifact else str(target.instance)
    require(desk.situation, ask.who, action.verb, about)  # nobody types a reason for nothing
    plan = await action.plan(desk, target)
    return Shown(
        template="action.html",
        title=f"{action.title}: {about}",
        scope=target.instance.application,
        is_live=False,
        twin={"verb": str(action.verb), "changes": list(plan.changes), "keeps": list(plan.keeps)},
        context={
            "action": action,
            "about": about,
            "plan": plan,
            "target": target,
            "form": ask.site.sessions.new_form(ask.who),
            "stood_at": _stands_at(desk, target.instance),
            "back": _place(target),
        },
    )


def action_routes(site: Site) -> list[BaseRoute]:
    """Give the route that does what was confirmed."""

    async def post_action(request: Request) -> Response:
        ask = site.ask(request)
        fields = await form_of(request)
        action = _action(ask)
        desk = site.service.desk
        target = _target(ask.who, desk, fields)
        if not site.sessions.takes_form(ask.who, fields.get("form", "")):
            raise Conflict(
                "form-used",
                "nothing was done",
                why="this question was answered before, is older than an hour, or was put to somebody else",
                next_step="go back to the page, look at what is there now, and ask again",
            )
        if fields.get("stood_at") != _stands_at(desk, target.instance):
            raise Conflict(
                "instance-moved",
                f"{target.instance} changed since you were asked, and nothing was done",
                why="another promotion landed there meanwhile",
                next_step="look at what is there now, and ask again",
            )
        await action.do(desk, target, fields.get("reason", "")[:2000])
        return RedirectResponse(_place(target), status_code=303)

    return [Route("/actions/{action}", post_action, methods=["POST"])]


def allowed(desk: Desk, who: str) -> tuple[str, ...]:
    """Give the actions that a person's roles let them try."""
    estate = desk.situation.estate
    return tuple(name for name, one in ACTIONS.items() if may(estate, who, one.verb))


def _action(ask: Ask) -> Action:
    found = ACTIONS.get(ask.part("action"))
    if found is None:
        raise UsageError(
            "route-unknown",
            "there is nothing at that path",
            why=f"the actions are {', '.join(ACTIONS)}",
            next_step="go back to the page",
        )
    return found


def _target(who: str, desk: Desk, fields: Mapping[str, str]) -> Target:
    given = {name: fields.get(name, "").strip() for name in ("instance", "artifact", "version")}
    if any(len(one) > 200 for one in given.values()):
        raise malformed("a name is longer than 200 characters")
    instance = find_instance(desk.situation, given["instance"])
    artifact = find_artifact(desk.situation, given["artifact"]) if given["artifact"] else None
    return Target(who=who, instance=instance, artifact=artifact, version=given["version"] or None)


def _named(desk: Desk, target: Target) -> Version | None:
    return find_version(desk.situation, target.cell.artifact, target.version) if target.version else None


def _newest(desk: Desk, cell: Cell) -> Version:
    known = known_versions(desk.situation, cell.artifact)
    if not known:
        raise UsageError(
            "version-unknown",
            f"{cell.artifact} has no version yet",
            why="an image or a configuration of it was not found",
            next_step="publish one, and look at the artifact's page",
        )
    return known[0]


def _wave(desk: Desk, target: Target) -> str:
    index = desk.situation.wave_index(target.instance)
    return desk.situation.lane(target.instance.application)[index or 0].name


def _stands_at(desk: Desk, instance: InstanceName) -> str:
    return desk.situation.instance(instance).deployment or ""


def _place(target: Target) -> str:
    if target.artifact is None:
        return href("instances", target.instance)
    return href("why", target.artifact, target.instance.instance)
