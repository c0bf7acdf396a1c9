"""Questions that an engine answers at once: what runs now, and what containers wrote."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from headway.app.naming import find_instance
from headway.app.queries.live import MOST_LINES, LiveShown, LogShown, container_log, live
from headway.interfaces.http.asked import RESPONSES, Reader
from headway.interfaces.http.shown import answer, model_of

router = APIRouter(responses=RESPONSES)

Text = Annotated[str, Query(min_length=1, max_length=200)]
Name = Annotated[str, Query(min_length=1, max_length=253)]
"""As long as Kubernetes lets a pod's name be."""
Lines = Annotated[int, Query(ge=1, le=MOST_LINES)]


@router.get("/live", response_model=model_of(LiveShown))
async def get_live(asked: Reader, instance: Text) -> Response:
    """Ask an instance's engine for its objects and pods now; nothing of it is recorded.

    `away` says why nothing is known, when the engine does not answer.
    """
    desk = asked.service.desk
    return answer(await live(desk, find_instance(desk.situation, instance)))


@router.get("/log", response_model=model_of(LogShown))
async def get_log(  # noqa: PLR0917  # FastAPI passes them by name
    asked: Reader,
    instance: Text,
    pod: Name,
    container: Name,
    previous: bool = False,
    lines: Lines = MOST_LINES,
) -> Response:
    """Ask for the last lines of a container, tamed and bounded; `previous` is the run before this one."""
    desk = asked.service.desk
    name = find_instance(desk.situation, instance)
    return answer(await container_log(desk, name, pod, container, is_previous=previous, lines=lines))
