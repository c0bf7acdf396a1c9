"""The one table from errors to HTTP statuses and exit codes, and the problem documents made from it.

Invariant: a status belongs to one kind, so a client finds the kind, and the exit code, from the status alone.
Problem documents: RFC 9457.
"""

from dataclasses import dataclass

from headway.domain.errors import (
    Broken,
    Conflict,
    HeadwayError,
    NotAllowed,
    Refused,
    Transient,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"

DONE, FAILED, USAGE, TIMED_OUT, NOT_ALLOWED, REFUSED, PENDING = 0, 1, 2, 3, 4, 5, 8
"""The exit codes of the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of error, as surfaces show it."""

    error: type[HeadwayError]
    name: str
    title: str
    status: int
    """The HTTP status; `STATUSES` holds the exceptions by code."""
    exit_code: int


KINDS = (
    Kind(error=UsageError, name="usage", title="The request is wrong", status=400, exit_code=USAGE),
    Kind(error=NotAllowed, name="not-allowed", title="Not allowed", status=403, exit_code=NOT_ALLOWED),
    Kind(error=Refused, name="refused", title="A gate said no", status=422, exit_code=REFUSED),
    Kind(error=Conflict, name="conflict", title="Somebody else moved it", status=409, exit_code=FAILED),
    Kind(error=Transient, name="transient", title="Something is away for now", status=503, exit_code=FAILED),
    Kind(error=Broken, name="broken", title="A person must look", status=500, exit_code=FAILED),
)

STATUSES = {
    "not-signed-in": 401,
    "route-unknown": 404,
    "method-unknown": 405,
    "request-too-large": 413,
    "request-too-slow": 408,
    "artifact-unknown": 404,
    "container-unknown": 404,
    "application-unknown": 404,
    "environment-unknown": 404,
    "instance-unknown": 404,
    "version-unknown": 404,
    "wave-unknown": 404,
}
"""Codes with a status of their own, inside their kind."""

EXIT_CODES = {"wait-timed-out": TIMED_OUT}
"""Codes with an exit code of their own."""

_OF_STATUS = (
    {401: NotAllowed}
    | {status: UsageError for status in STATUSES.values() if status != 401}
    | {kind.status: kind.error for kind in KINDS}
)


def kind_of(error: HeadwayError) -> Kind:
    """Give an error's kind; one that is none of them needs a person."""
    return next((kind for kind in KINDS if isinstance(error, kind.error)), KINDS[-1])


def status_of(error: HeadwayError) -> int:
    """Give the HTTP status of an error."""
    return STATUSES.get(error.code, kind_of(error).status)


def exit_code_of(error: HeadwayError) -> int:
    """Give the exit code of an error."""
    return EXIT_CODES.get(error.code, kind_of(error).exit_code)


def problem_of(error: HeadwayError) -> dict[str, object]:
    """Write an error as a problem document."""
    kind = kind_of(error)
    return {
        "type": f"urn:headway:error:{kind.name}:{error.code}",
        "title": kind.title,
        "status": status_of(error),
        "detail": str(error),
        "code": error.code,
        "what": error.what,
        "why": error.why,
        "next_step": error.next_step,
    }


def error_of(status: int, document: object) -> HeadwayError:
    """Read a problem document back; one that is none says so, with nothing of its content."""
    parts = document if isinstance(document, dict) else {}
    code, what, why, next_step = (parts.get(name) for name in ("code", "what", "why", "next_step"))
    if not all(isinstance(one, str) for one in (code, what, why, next_step)):
        return Transient(
            "answer-malformed",
            f"the server answered {status} in a way that headway does not know",
            why="it is no problem document; something else may answer at that address",
            next_step="look at --server, and at what stands between",
        )
    made: type[HeadwayError] = _OF_STATUS.get(status, Broken)
    return made(str(code), str(what), why=str(why), next_step=str(next_step))
