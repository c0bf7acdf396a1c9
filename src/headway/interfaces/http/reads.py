"""Questions: status, doctor, why and the like. Each asks one query and shows its answer."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import create_model

from headway.app.desk import Desk
from headway.app.naming import find_artifact, find_instance, find_version
from headway.app.queries.attention import attention
from headway.app.queries.board import Filter, require_known
from headway.app.queries.board_told import BoardTold, tell_board
from headway.app.queries.doctor import Diagnosis, doctor
from headway.app.queries.history import PromotionShown, history
from headway.app.queries.progress import Progress, progress
from headway.app.queries.status import Status, status
from headway.app.queries.versions import VersionShown, versions
from headway.app.queries.why import Why, why
from headway.domain.errors import Transient
from headway.domain.facts import Fact
from headway.domain.names import Cell
from headway.interfaces.http.asked import RESPONSES, Reader
from headway.interfaces.http.shown import answer, model_of, to_json

router = APIRouter(responses=RESPONSES)

Text = Annotated[str, Query(min_length=1, max_length=200)]
Limit = Annotated[int, Query(ge=1, le=500)]
Before = Annotated[int | None, Query(ge=1, le=2**62)]
WaitAfter = Annotated[int | None, Query(ge=0, le=2**62)]
Timeout = Annotated[float, Query(ge=0, le=60)]
"""Seconds."""

_GATHERS_FOR_S = 0.02
"""Facts come in bursts, and the plan follows them; one answer tells of all."""


_BOARD = create_model("Board", __base__=model_of(Status), attention=(list[str], ...))
"""With what needs somebody, worst first, one line each."""


@router.get("/status", response_model=_BOARD)
async def get_status(
    asked: Reader,
    application: Text | None = None,
    wait_after: WaitAfter = None,
    timeout: Timeout = 30,  # noqa: ASYNC109  # the request's field: how long to keep it open
) -> Response:
    """Give the board. With `wait_after`, wait for a fact after that sequence, up to `timeout` seconds."""
    desk = asked.service.desk
    require_known(desk, Filter(application=application))
    await _wait(desk, wait_after, timeout)
    board = status(desk, application)
    return JSONResponse({**to_json(board), "attention": attention(board)})


@router.get("/board", response_model=model_of(BoardTold))
async def get_board(  # noqa: PLR0917  # FastAPI passes them by name
    asked: Reader,
    application: Text | None = None,
    owner: Text | None = None,
    environment: Text | None = None,
    wait_after: WaitAfter = None,
    timeout: Timeout = 30,  # noqa: ASYNC109  # the request's field: how long to keep it open
) -> Response:
    """Give the board in lines: sums, what needs somebody, each artifact with what is alike together.

    Of more than 400 cells, unless one application was asked for, only those are told that are not calm.
    """
    wanted = Filter(application=application, owner=owner, environment=environment)
    require_known(asked.service.desk, wanted)
    await _wait(asked.service.desk, wait_after, timeout)
    await asked.service.board.look()
    return answer(tell_board(asked.service.board.show(wanted), wanted))


@router.get("/doctor", response_model=model_of(Diagnosis))
async def get_doctor(asked: Reader, environment: Text | None = None) -> Response:
    """Ask the engine of each environment what it lacks; it takes as long as the slowest of them."""
    return answer(await doctor(asked.service.desk, environment))


@router.get("/why", response_model=model_of(Why))
async def get_why(asked: Reader, artifact: Text, instance: Text, version: Text | None = None) -> Response:
    """Explain what keeps a version (the newest, if none is named) from an instance."""
    desk = asked.service.desk
    cell = _cell(desk, artifact, instance)
    named = find_version(desk.situation, cell.artifact, version) if version else None
    return answer(why(desk, cell, named))


@router.get("/progress", response_model=model_of(Progress))
async def get_progress(  # noqa: PLR0917  # FastAPI passes them by name
    asked: Reader,
    artifact: Text,
    instance: Text,
    version: Text | None = None,
    wait_after: WaitAfter = None,
    timeout: Timeout = 30,  # noqa: ASYNC109  # the request's field: how long to keep it open
) -> Response:
    """Say whether a version has arrived in an instance, still may, or will not."""
    desk = asked.service.desk
    cell = _cell(desk, artifact, instance)
    await _wait(desk, wait_after, timeout)
    return answer(progress(desk, cell, version))


@router.get("/versions", response_model=list[model_of(VersionShown)])  # type: ignore[misc]  # made at run time
async def get_versions(asked: Reader, artifact: Text, limit: Limit = 20) -> Response:
    """Give an artifact's versions, newest first."""
    desk = asked.service.desk
    found = versions(desk, find_artifact(desk.situation, artifact), limit)
    return _several(found)


@router.get("/history", response_model=list[model_of(PromotionShown)])  # type: ignore[misc]  # made at run time
async def get_history(
    asked: Reader,
    instance: Text | None = None,
    artifact: Text | None = None,
    limit: Limit = 20,
    before: Before = None,
) -> Response:
    """Give promotions, the newest decision first; `before` is the `sequence` of the last one seen."""
    desk = asked.service.desk
    name = find_artifact(desk.situation, artifact) if artifact else None
    application = name.application if name else None
    records = await asked.service.history.promotions(
        instance=find_instance(desk.situation, instance, application) if instance else None,
        artifact=name,
        limit=limit,
        before=before,
    )
    return _several(history(desk, records))


@router.get("/facts", response_model=list[dict[str, object]])
async def get_facts(asked: Reader, subject: Text, limit: Limit = 20, before: Before = None) -> Response:
    """Give the newest facts about a subject, such as `instance:oneconnect/staging`."""
    facts = await asked.service.ledger.about(subject, limit=limit, before=before)
    return JSONResponse([_fact(one) for one in facts])


def _fact(fact: Fact) -> dict[str, object]:
    return {
        "sequence": fact.sequence,
        "type": fact.type or getattr(fact.body, "TYPE", ""),
        "happened_at": fact.happened_at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "actor": fact.actor,
        "reason": fact.reason,
        "body": None if fact.body is None else to_json(fact.body),
    }


def _several(values: Sequence[object]) -> Response:
    return JSONResponse([to_json(one) for one in values])


def _cell(desk: Desk, artifact: str, instance: str) -> Cell:
    name = find_artifact(desk.situation, artifact)
    return Cell(name, find_instance(desk.situation, instance, name.application))


async def _wait(desk: Desk, after: int | None, timeout: float) -> None:  # noqa: ASYNC109  # of the clock's time
    if after is None:
        return
    deadline = desk.now + timedelta(seconds=timeout)
    while desk.situation.sequence <= after:
        if not await desk.recorder.changed(desk.outside.clock, deadline):
            break
    if desk.recorder.ends_waits:
        raise Transient(
            "server-ends",
            "headway's server ends",
            why="it was told to",
            next_step="ask again once it runs",
        )
    await asyncio.sleep(_GATHERS_FOR_S)
