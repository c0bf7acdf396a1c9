"""DORA's five questions."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from headway.app.queries.deployability import DeployabilityShown, deployability
from headway.domain.deployability.results import Thresholds
from headway.interfaces.http.asked import RESPONSES, Reader
from headway.interfaces.http.metrics import Filtered, Seconds
from headway.interfaces.http.shown import answer, model_of

router = APIRouter(responses=RESPONSES)

Share = Annotated[float | None, Query(ge=0, le=1)]
_OURS = Thresholds()


@router.get("/deployability", response_model=model_of(DeployabilityShown))
async def get_deployability(  # FastAPI passes them by name
    asked: Reader,
    filters: Filtered,
    share: Share = None,
    feedback: Seconds = None,
    mending: Seconds = None,
) -> Response:
    """Answer DORA's five questions of each application: yes, no or unknown, with evidence.

    `share` (of time), `feedback` and `mending` (in seconds) take the place of the limits from which on an
    answer is yes. With an `application`, each day or week is told too.
    """
    thresholds = Thresholds(
        throughout=_OURS.throughout if share is None else share,
        on_demand=_OURS.on_demand if share is None else share,
        feedback=_OURS.feedback if feedback is None else timedelta(seconds=feedback),
        mending=_OURS.mending if mending is None else timedelta(seconds=mending),
    )
    service = asked.service
    return answer(await deployability(service.metrics, service.desk, filters, thresholds))
