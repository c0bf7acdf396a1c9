"""Tells browsers that something changed, by server-sent events (WHATWG HTML, 9.2): what to show they ask for.

A browser that was away says which event it saw last and is told at once if more happened. Every quiet while
a comment is sent, so that both ends notice when the other is gone.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from headway.app.desk import Desk
from headway.interfaces.web.site import Site

_QUIET_FOR = timedelta(seconds=15)
_GATHERS_FOR_S = 0.1
"""Facts come in bursts; one event tells of all."""
_COMES_BACK_AFTER_MS = 1000
_MOST_STREAMS = 500


def live_routes(site: Site) -> list[BaseRoute]:
    """Give the route of the stream."""
    streams: set[object] = set()

    async def get_events(request: Request) -> Response:
        if len(streams) >= _MOST_STREAMS:
            # A browser that is told so does not try again; its page says that it is not live.
            return Response(status_code=204)
        seen = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0
        events = _counted(_events(site.service.desk, after), streams)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    return [Route("/events", get_events, methods=["GET"])]


async def _counted(events: AsyncIterator[bytes], streams: set[object]) -> AsyncIterator[bytes]:
    mark = object()
    streams.add(mark)
    try:
        async for one in events:
            yield one
    finally:
        streams.discard(mark)


async def _events(desk: Desk, after: int) -> AsyncIterator[bytes]:
    yield format_sse_event(retry=_COMES_BACK_AFTER_MS, comment="headway")
    while not desk.recorder.ends_waits:
        sequence = desk.situation.sequence
        if sequence != after:
            await asyncio.sleep(_GATHERS_FOR_S)
            # A ledger that was lost begins anew: a smaller number is news too.
            after = desk.situation.sequence
            told = json.dumps({"sequence": after, "at": desk.now.isoformat(timespec="seconds")})
            yield format_sse_event(event="changed", data_str=told, id=str(after))
        elif not await desk.recorder.changed(desk.outside.clock, desk.now + _QUIET_FOR):
            yield format_sse_event(comment="still here")
