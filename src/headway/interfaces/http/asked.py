"""What every route needs: who asks, the desk, and the answers' documentation."""

from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from headway.app.commands.allowed import require
from headway.app.service import Service
from headway.domain.errors import NotAllowed
from headway.domain.permissions import Verb
from headway.interfaces.problems import MEDIA_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request's person, and the service."""

    service: Service
    who: str


def _asked(request: Request) -> Asked:
    who = getattr(request.state, "person", None)
    if not isinstance(who, str):
        raise NotAllowed(
            "not-signed-in",
            "headway does not know who asks",
            why="the request came past the doorkeeper",
            next_step="name a token with --token-file",
        )
    return Asked(service=cast(Service, request.app.state.service), who=who)


def _reads(asked: Annotated[Asked, Depends(_asked)]) -> Asked:
    require(asked.service.desk.situation, asked.who, Verb.READ, "this")
    return asked


Somebody = Annotated[Asked, Depends(_asked)]
"""Somebody who is signed in; what they may do is decided by the command."""
Reader = Annotated[Asked, Depends(_reads)]

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "what", "why", "next_step"],
    "properties": {
        name: {"type": "integer" if name == "status" else "string"}
        for name in ("type", "title", "status", "detail", "code", "what", "why", "next_step")
    },
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
}
