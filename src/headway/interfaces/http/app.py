"""The HTTP API: the doorkeeper before everything, then routes that call one use case each."""

from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse

from headway import __version__
from headway.app.service import Service
from headway.interfaces.http import changes, reads
from headway.interfaces.http.asked import Reader
from headway.interfaces.http.doorkeeper import Doorkeeper
from headway.interfaces.http.hooks import ParseNotification, make_hooks
from headway.interfaces.http.problem_answers import add_problems

API = "/api/v1"


def make_app(service: Service, *, parse_notification: ParseNotification, hook_token: str) -> FastAPI:
    """Make the app.

    Args:
        service: what the routes call.
        parse_notification: reads the body of a registry's notification.
        hook_token: the secret that hooks must show; empty: no hook is let in.
    """
    app = FastAPI(
        title="Headway",
        version=__version__,
        description="The control plane of continuous delivery.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    add_problems(app)
    app.include_router(_about(service, app), prefix=API)
    app.include_router(reads.router, prefix=API, tags=["questions"])
    app.include_router(changes.router, prefix=API, tags=["commands"])
    app.include_router(make_hooks(service, parse_notification), tags=["hooks"])
    app.add_middleware(Doorkeeper, identities=service.identities, hook_token=hook_token)
    return app


def _about(service: Service, app: FastAPI) -> APIRouter:
    router = APIRouter(tags=["about"])

    @router.get("/health")
    async def get_health() -> dict[str, bool]:
        """Say that the service lives, and whether an estate is in force; needs no token."""
        return {"live": True, "ready": service.desk.situation.estate is not None}

    @router.get("/openapi.json")
    async def get_openapi(_asked: Reader) -> Response:
        """Give this API's description (OpenAPI 3.1)."""
        described: dict[str, Any] = app.openapi()
        return JSONResponse(described)

    @router.get("/me")
    async def get_me(asked: Reader) -> dict[str, str]:
        """Say who the token stands for."""
        return {"person": asked.who}

    return router
