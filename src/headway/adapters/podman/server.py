"""The agent's HTTP API on its unix socket: who may open the socket (mode 0600) may ask everything."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from headway.adapters.podman.engine import PodmanEngine
from headway.adapters.podman.wire import (
    check_from_json,
    live_to_json,
    log_request_from_json,
    log_to_json,
    observation_to_json,
    references_from_json,
    references_to_json,
    result_to_json,
)
from headway.domain.errors import HeadwayError, UsageError
from headway.domain.names import EnvironmentName, parse_instance


def agent_app(engine: PodmanEngine) -> FastAPI:
    """Make the application that serves an engine."""
    app = FastAPI(title="Headway agent", docs_url=None, redoc_url=None)

    @app.exception_handler(HeadwayError)
    async def refuse(_: Request, refused: Exception) -> JSONResponse:
        assert isinstance(refused, HeadwayError)  # noqa: S101 - registered for it
        status = 400 if isinstance(refused, UsageError) else 503
        body = {
            "code": refused.code,
            "what": refused.what,
            "why": refused.why,
            "next_step": refused.next_step,
        }
        return JSONResponse(body, status_code=status)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "running"}

    @app.post("/ask")
    async def ask(body: dict[str, Any]) -> None:
        engine.ask(EnvironmentName(str(body["environment"])))

    @app.post("/interrupt")
    async def interrupt(body: dict[str, Any]) -> None:
        engine.interrupt(parse_instance(str(body["instance"])))

    @app.get("/observations")
    async def observations() -> StreamingResponse:
        return StreamingResponse(_lines(engine), media_type="application/jsonl")

    @app.post("/checks")
    async def checks(body: dict[str, Any]) -> dict[str, Any]:
        return result_to_json(await engine.run_check(check_from_json(body)))

    @app.post("/missing-references")
    async def missing_references(body: dict[str, Any]) -> list[dict[str, Any]]:
        references = references_from_json(body["references"])
        environment = EnvironmentName(str(body["environment"]))
        return references_to_json(await engine.missing_references(environment, body["namespace"], references))

    @app.post("/live")
    async def live(body: dict[str, Any]) -> dict[str, Any]:
        environment, instance = EnvironmentName(str(body["environment"])), parse_instance(body["instance"])
        return live_to_json(await engine.live(environment, instance))

    @app.post("/log")
    async def log(body: dict[str, Any]) -> dict[str, Any]:
        return log_to_json(await engine.log(log_request_from_json(body)))

    return app


async def _lines(engine: PodmanEngine) -> AsyncIterator[str]:
    yield "\n"  # an empty line says that the stream stands
    async for observation in engine.observations():
        yield json.dumps(observation_to_json(observation)) + "\n"
