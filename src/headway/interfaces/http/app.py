"""The HTTP API: the doorkeeper before everything, then routes that call one use case each."""

from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from starlette.middleware.gzip import GZipMiddleware

from headway import __version__
from headway.app.service import Service
from headway.domain.errors import UsageError
from headway.interfaces.http import changes, deployability, live, metrics, reads
from headway.interfaces.http.asked import RESPONSES, Reader
from headway.interfaces.http.doorkeeper import Doorkeeper
from headway.interfaces.http.hooks import ParseNotification, make_hooks
from headway.interfaces.http.problem_answers import add_problems
from headway.interfaces.http.surface import Pages

API = "/api/v1"


def make_app(
    service: Service,
    *,
    parse_notification: ParseNotification,
    hook_token: str,
    pages: Pages | None = None,
) -> FastAPI:
    """Make the app.

    Args:
        service: what the routes call.
        parse_notification: reads the body of a registry's notification.
        hook_token: the secret that hooks must show; empty: no hook is let in.
        pages: what browsers are shown; None: there is only the API.
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
    app.state.pages = pages
    add_problems(app)
    app.include_router(_about(service, app, pages), prefix=API)
    app.include_router(reads.router, prefix=API, tags=["questions"])
    app.include_router(live.router, prefix=API, tags=["questions"])
    app.include_router(metrics.router, prefix=API, tags=["questions"])
    app.include_router(deployability.router, prefix=API, tags=["questions"])
    app.include_router(changes.router, prefix=API, tags=["commands"])
    app.include_router(make_hooks(service, parse_notification), tags=["hooks"])
    app.router.routes.extend(pages.routes if pages else ())
    # Inside the door: what streams is left alone, and who asks for nothing packed gets nothing packed.
    app.add_middleware(GZipMiddleware, minimum_size=2048, compresslevel=5)
    app.add_middleware(Doorkeeper, identities=service.identities, hook_token=hook_token, pages=pages)
    return app


def _about(service: Service, app: FastAPI, pages: Pages | None) -> APIRouter:
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

    @router.post("/sign-in", responses=RESPONSES)
    async def post_sign_in(asked: Reader) -> dict[str, str]:
        """Give a path that signs the person's browser in, once, within a minute, as `headway board` does."""
        if pages is None:
            raise UsageError(
                "route-unknown",
                "there is nothing at that path",
                why="this server shows no pages",
                next_step="see docs/reference/http.md, or /api/v1/openapi.json",
            )
        return {"path": f"/sign-in?code={pages.new_code(asked.who)}"}

    return router
