"""Every error as a problem document (RFC 9457), whatever raised it; no message holds what was sent."""

from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from headway.domain.errors import Broken, HeadwayError, Transient, UsageError
from headway.interfaces.http.surface import Pages
from headway.interfaces.problems import MEDIA_TYPE, problem_of, status_of


def problem_answer(error: HeadwayError) -> JSONResponse:
    """Answer with an error."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="headway"'
    if isinstance(error, Transient):
        headers["Retry-After"] = str(max(1, round(error.retry_after.total_seconds())))
    return JSONResponse(problem_of(error), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def add_problems(app: FastAPI) -> None:
    """Let the app answer with problem documents only."""

    def answer(request: Request, error: HeadwayError) -> Response:
        pages: Pages | None = app.state.pages
        if pages is not None and pages.shows(request):
            return pages.show_error(request, error)
        return problem_answer(error)

    async def known(request: Request, error: Exception) -> Response:
        return answer(request, cast(HeadwayError, error))

    async def malformed(request: Request, error: Exception) -> Response:
        return answer(request, _malformed(cast(RequestValidationError, error)))

    async def unrouted(request: Request, error: Exception) -> Response:
        return answer(request, _unrouted(cast(HTTPException, error).status_code))

    async def unknown(request: Request, _error: Exception) -> Response:
        # The server logs it with its traceback; who asked is told no more than that it happened.
        return answer(
            request,
            Broken(
                "server-failed",
                "the request could not be answered",
                why="headway met something that it does not know",
                next_step="look at the server's log, and ask again",
            ),
        )

    app.add_exception_handler(HeadwayError, known)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, unrouted)
    app.add_exception_handler(Exception, unknown)


def _malformed(error: RequestValidationError) -> UsageError:
    told = []
    for one in error.errors()[:10]:
        place = ".".join(str(part) for part in one["loc"] if part not in ("body", "query"))
        told.append(f"{place or 'the body'}: {one['msg']}")
    return UsageError(
        "request-malformed",
        "the request cannot be read",
        why="; ".join(told),
        next_step="see docs/reference/http.md, or /api/v1/openapi.json",
    )


def _unrouted(status: int) -> UsageError:
    if status == 405:
        return UsageError(
            "method-unknown",
            "that is not how this is asked",
            why="the path knows other methods",
            next_step="see docs/reference/http.md, or /api/v1/openapi.json",
        )
    if status == 404:
        return UsageError(
            "route-unknown",
            "there is nothing at that path",
            why="the API has no such route",
            next_step="see docs/reference/http.md, or /api/v1/openapi.json",
        )
    return UsageError(
        "request-malformed",
        "the request cannot be read",
        why="its body is no JSON in UTF-8",
        next_step="see docs/reference/http.md, or /api/v1/openapi.json",
    )
