"""Questions about delivery metrics, and the deployments behind each number."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from headway.app.metrics.asking import Filters
from headway.app.queries.metrics import DeploymentShown, MetricsShown, deployments, metrics
from headway.domain.metrics.words import By, Per, Which
from headway.interfaces.http.asked import RESPONSES, Reader
from headway.interfaces.http.reads import Before, Limit, Text
from headway.interfaces.http.shown import answer, model_of, to_json

router = APIRouter(responses=RESPONSES)

Seconds = Annotated[float | None, Query(ge=0, le=10**9)]


def filters_of(  # noqa: PLR0917  # FastAPI passes them by name
    since: Text = "90d",
    until: Text | None = None,
    zone: Text = "UTC",
    per: Per = Per.DAY,
    application: Text | None = None,
    artifact: Text | None = None,
    environment: Text | None = None,
    region: Text | None = None,
    owner: Text | None = None,
) -> Filters:
    """Read the filters that all questions about metrics have."""
    return Filters(
        since=since,
        until=until,
        zone=zone,
        per=per,
        application=application,
        artifact=artifact,
        environment=environment,
        region=region,
        owner=owner,
    )


Filtered = Annotated[Filters, Depends(filters_of)]


@router.get("/metrics", response_model=model_of(MetricsShown))
async def get_metrics(asked: Reader, filters: Filtered, by: By | None = None) -> Response:
    """Give the five delivery metrics: how they are distributed, over time, and `by` something side by side.

    `since` is a span back from `until` such as `90d`, a day or an instant; `until` a day, which is included,
    or an instant, now if left out. Days are those of `zone`. Without an `environment`, production is meant.
    """
    service = asked.service
    return answer(await metrics(service.metrics, service.desk, filters, by))


@router.get("/metrics/deployments", response_model=list[model_of(DeploymentShown)])  # type: ignore[misc]  # made at run time
async def get_deployments(  # noqa: PLR0917  # FastAPI passes them by name
    asked: Reader,
    filters: Filtered,
    which: Which = Which.DEPLOYED,
    limit: Limit = 20,
    before: Before = None,
    over: Seconds = None,
    under: Seconds = None,
) -> Response:
    """List the deployments behind a number, newest first; `before` is the `number` of the last one seen.

    `over` and `under` bound the lead times of `changes`, and the recoveries of `recovered`, in seconds.
    """
    service = asked.service
    found = await deployments(
        service.metrics,
        service.desk,
        filters,
        which,
        limit=limit,
        before=before,
        over=None if over is None else timedelta(seconds=over),
        under=None if under is None else timedelta(seconds=under),
    )
    return JSONResponse([to_json(one) for one in found])
