"""Hooks: hints that something outside may have moved. Nothing of what they say is believed.

What a hook names is read again from the registry or from Git before anything is recorded, so a forged hook
can at worst make Headway look. A hint that is lost is made up for by the slow safety look.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from fastapi import APIRouter, Request, Response

from headway.app.service import Service
from headway.domain.errors import HeadwayError, Transient
from headway.domain.names import Digest
from headway.interfaces.http.asked import RESPONSES

_LOG = logging.getLogger(__name__)
_MOST_AT_ONCE = 200


class PushHint(Protocol):
    """A push that a registry claims to have seen."""

    @property
    def repository_path(self) -> str:
        """The path without the host."""
        ...

    @property
    def digest(self) -> Digest:
        """The image."""
        ...

    @property
    def tag(self) -> str | None:
        """The tag; None: it was pushed by its digest."""
        ...


_Hint = tuple[str, Digest, str | None]

ParseNotification = Callable[[bytes], Sequence[PushHint]]


def make_hooks(service: Service, parse_notification: ParseNotification) -> APIRouter:
    """Make the hooks' routes."""
    router = APIRouter(prefix="/hooks", responses=RESPONSES)
    following: dict[_Hint, asyncio.Task[None]] = {}

    @router.post("/registry", status_code=202)
    async def post_registry(request: Request) -> Response:
        """Take a distribution registry's notification."""
        for push in parse_notification(await request.body()):
            for repository in _repositories(service, push.repository_path):
                key = (repository, push.digest, push.tag)
                if key in following:
                    continue
                if len(following) >= _MOST_AT_ONCE:
                    raise Transient(
                        "hints-too-many",
                        "the notification was not followed",
                        why=f"{_MOST_AT_ONCE} others are being followed",
                        next_step="the registry sends it again by itself",
                    )
                task = asyncio.create_task(_follow(service, *key))
                following[key] = task
                task.add_done_callback(partial(_forget, following, key))
        return Response(status_code=202)

    @router.post("/git", status_code=202)
    async def post_git() -> Response:
        """Take any Git host's word that a manifests repository moved."""
        service.controller.git_moved()
        return Response(status_code=202)

    return router


def _forget(following: dict[_Hint, asyncio.Task[None]], key: _Hint, _done: asyncio.Task[None]) -> None:
    following.pop(key, None)


def _repositories(service: Service, path: str) -> list[str]:
    """Give the image repositories of the estate that end with a path, whatever their host."""
    estate = service.desk.situation.estate
    named = {
        artifact.image.repository
        for application in (estate.applications.values() if estate else ())
        for artifact in application.artifacts.values()
        if artifact.image is not None
    }
    return sorted(one for one in named if one.endswith(f"/{path}"))


async def _follow(service: Service, repository: str, digest: Digest, tag: str | None) -> None:
    try:
        await service.controller.images.pushed(repository, digest, (tag,) if tag else ())
    except HeadwayError as error:
        _LOG.warning("a registry's hint was not followed: %s", error)
    except Exception:
        _LOG.exception("a registry's hint was not followed; the next look at the registry makes up for it")
