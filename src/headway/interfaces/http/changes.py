"""Commands, from promote to quarantine. Each calls one use case, which decides who may."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from headway.app.commands.accept import Accepted, accept
from headway.app.commands.approve import Approved, approve
from headway.app.commands.cancel import Cancelled, cancel
from headway.app.commands.hold import Held, hold
from headway.app.commands.promote import PromotionRequest, promote
from headway.app.commands.quarantine import Quarantined, lift_quarantine, quarantine
from headway.app.commands.resume import Resumed, resume
from headway.app.commands.roll_back import RolledBack, roll_back
from headway.app.naming import find_artifact, find_instance, find_version, known_versions
from headway.app.queries.preview import CommitPreview, preview
from headway.domain.errors import UsageError
from headway.domain.names import ArtifactName, Cell, InstanceName, Version, parse_commit, parse_digest
from headway.domain.situation import Situation
from headway.interfaces.http.asked import RESPONSES, Somebody
from headway.interfaces.http.requests import (
    AcceptBody,
    ApproveBody,
    CancelBody,
    HoldBody,
    LiftBody,
    PromoteBody,
    QuarantineBody,
    ResumeBody,
    RollbackBody,
)
from headway.interfaces.http.shown import answer, model_of

router = APIRouter(responses=RESPONSES)


class PromoteAnswer(BaseModel):
    """What was asked for, one entry for each instance."""

    requests: list[model_of(PromotionRequest)]  # type: ignore[valid-type]  # made at run time
    commits: list[model_of(CommitPreview)]  # type: ignore[valid-type]  # made at run time
    """With `dry_run`: the commit that each would make now."""


class CancelAnswer(BaseModel):
    """What was dropped, one entry for each instance that had a request."""

    cancelled: list[model_of(Cancelled)]  # type: ignore[valid-type]  # made at run time


class RollbackAnswer(BaseModel):
    """What was decided, one entry for each instance."""

    rollbacks: list[model_of(RolledBack)]  # type: ignore[valid-type]  # made at run time


@router.post("/promote", response_model=PromoteAnswer)
async def post_promote(asked: Somebody, body: PromoteBody) -> Response:
    """Ask for a version in instances; it goes as soon as the gates let it."""
    desk = asked.service.desk
    artifact = find_artifact(desk.situation, body.artifact)
    version = _version(desk.situation, artifact, body)
    instances = _instances(desk.situation, artifact, body.instances)
    requests = [
        await promote(
            desk, asked.who, artifact, one, version, now=body.now, reason=body.reason, dry_run=body.dry_run
        )
        for one in instances
    ]
    commits = [
        await preview(desk, asked.who, Cell(artifact, one), version, body.reason)
        for one in (instances if body.dry_run else [])
    ]
    return _json(PromoteAnswer.model_validate({"requests": requests, "commits": commits}))


@router.post("/promote/cancel", response_model=CancelAnswer)
async def post_cancel(asked: Somebody, body: CancelBody) -> Response:
    """Drop the requests that wait in instances, whoever asked; what was decided already goes on."""
    desk = asked.service.desk
    artifact = find_artifact(desk.situation, body.artifact)
    instances = _instances(desk.situation, artifact, body.instances)
    done = await cancel(desk, asked.who, artifact, instances, reason=body.reason, dry_run=body.dry_run)
    return _json(CancelAnswer.model_validate({"cancelled": done}))


@router.post("/approve", response_model=model_of(Approved))
async def post_approve(asked: Somebody, body: ApproveBody) -> Response:
    """Let exactly one change into a wave: an artifact's version, or an application's first lock."""
    situation = asked.service.desk.situation
    estate = situation.estate
    artifact = version = None
    if estate is not None and body.target in estate.applications and body.version is None:
        application = body.target
    else:
        artifact = find_artifact(situation, body.target)
        application = artifact.application
        version = find_version(situation, artifact, body.version) if body.version else None
    given = await approve(
        asked.service.desk,
        asked.who,
        application,
        body.wave,
        artifact=artifact,
        version=version,
        reason=body.reason,
    )
    return answer(given)


@router.post("/accept", response_model=model_of(Accepted))
async def post_accept(asked: Somebody, body: AcceptBody) -> Response:
    """Let the estate on `main` take force though it loosens a gate or gives a role."""
    return answer(await accept(asked.service.desk, asked.who, reason=body.reason))


@router.post("/hold", response_model=model_of(Held))
async def post_hold(asked: Somebody, body: HoldBody) -> Response:
    """Stop promotions of an artifact, or of everything, into an instance."""
    desk = asked.service.desk
    instance = find_instance(desk.situation, body.instance)
    if body.until is not None and body.lasts is not None:
        raise UsageError(
            "request-malformed",
            "the request cannot be read",
            why="both until and lasts are given",
            next_step="give one of them",
        )
    until = desk.now + body.lasts if body.lasts is not None else body.until
    artifact = _held_artifact(desk.situation, instance, body.artifact)
    return answer(await hold(desk, asked.who, instance, artifact=artifact, until=until, reason=body.reason))


@router.post("/resume", response_model=model_of(Resumed))
async def post_resume(asked: Somebody, body: ResumeBody) -> Response:
    """Lift the holds of an instance, or those on one artifact; with `dry_run` only say what that lets in."""
    desk = asked.service.desk
    instance = find_instance(desk.situation, body.instance)
    artifact = _held_artifact(desk.situation, instance, body.artifact)
    return answer(
        await resume(desk, asked.who, instance, artifact=artifact, reason=body.reason, dry_run=body.dry_run)
    )


@router.post("/rollback", response_model=RollbackAnswer)
async def post_rollback(asked: Somebody, body: RollbackBody) -> Response:
    """Give an artifact its last good version again, in each of the instances, each with a hold."""
    desk = asked.service.desk
    artifact = find_artifact(desk.situation, body.artifact)
    done = await roll_back(
        desk,
        asked.who,
        artifact,
        _instances(desk.situation, artifact, body.instances),
        to=find_version(desk.situation, artifact, body.to) if body.to else None,
        reason=body.reason,
        dry_run=body.dry_run,
    )
    return _json(RollbackAnswer.model_validate({"rollbacks": done}))


@router.post("/quarantine", response_model=model_of(Quarantined))
async def post_quarantine(asked: Somebody, body: QuarantineBody) -> Response:
    """Call a version bad: no gate lets it in anywhere; what runs stays."""
    desk = asked.service.desk
    artifact = find_artifact(desk.situation, body.artifact)
    version = find_version(desk.situation, artifact, body.version)
    whole = body.whole_digest
    return answer(
        await quarantine(desk, asked.who, artifact, version, whole_digest=whole, reason=body.reason)
    )


@router.post("/quarantine/lift", response_model=model_of(Quarantined))
async def post_lift(asked: Somebody, body: LiftBody) -> Response:
    """Let a version go out again."""
    desk = asked.service.desk
    artifact = find_artifact(desk.situation, body.artifact)
    version = find_version(desk.situation, artifact, body.version)
    return answer(await lift_quarantine(desk, asked.who, artifact, version, reason=body.reason))


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), media_type="application/json")


def _version(situation: Situation, artifact: ArtifactName, body: PromoteBody) -> Version:
    if body.commit is not None:
        if body.version is not None:
            raise UsageError(
                "request-malformed",
                "the request cannot be read",
                why="a version and a commit are both given",
                next_step="give --version, or --digest and --commit",
            )
        return Version(parse_digest(body.digest) if body.digest else None, parse_commit(body.commit))
    named = body.version or body.digest
    if named is not None:
        return find_version(situation, artifact, named)
    known = known_versions(situation, artifact)
    if not known:
        raise UsageError(
            "version-unknown",
            f"{artifact} has no version yet",
            why="an image or a configuration of it was not found",
            next_step="publish one, and look at `headway versions`",
        )
    return known[0]


def _instances(situation: Situation, artifact: ArtifactName, named: list[str]) -> list[InstanceName]:
    if named:
        found = [find_instance(situation, one, artifact.application) for one in named]
        return list(dict.fromkeys(found))
    for wave in situation.lane(artifact.application):
        if instances := situation.wave_instances(artifact.application, wave):
            return list(instances)
    return []


def _held_artifact(situation: Situation, instance: InstanceName, text: str | None) -> str | None:
    if text is None:
        return None
    whole = text if "/" in text else f"{instance.application}/{text}"
    return find_artifact(situation, whole).artifact
