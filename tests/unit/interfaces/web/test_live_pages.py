"""The stream that tells browsers that something changed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from tests.fixtures.served import Served, delivered

Lines = AsyncIterator[str]


@asynccontextmanager
async def _stream(served: Served, after: int, **headers: str) -> AsyncIterator[Lines]:
    """Open the stream as a browser does, and give its lines."""
    given = {"Authorization": f"Bearer {served.token_of('pat')}", **headers}
    async with (
        httpx.AsyncClient(base_url=served.url, headers=given) as client,
        client.stream("GET", "/events", params={"after": after}) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers, "packing would hold events back"
        yield answer.aiter_lines()


async def _next(lines: AsyncIterator[str]) -> int:
    """Give the sequence of the next event."""
    async for line in lines:
        if line.startswith("data: "):
            return int(json.loads(line.removeprefix("data: "))["sequence"])
    raise AssertionError("the stream ended")


async def test_a_fact_is_told_and_what_was_seen_is_not_told_again(tmp_path: Path) -> None:
    async with delivered(tmp_path, "pat") as served:
        seen = served.world.desk.situation.sequence
        async with _stream(served, after=seen) as lines:
            assert await anext(lines) == ": headway"
            await served.world.hold_all("dev")
            assert await _next(lines) > seen


async def test_who_was_away_is_told_at_once(tmp_path: Path) -> None:
    async with delivered(tmp_path, "pat") as served:
        now = served.world.desk.situation.sequence
        async with _stream(served, after=now - 3) as lines:
            assert await _next(lines) == now
        async with _stream(served, after=now, **{"Last-Event-ID": str(now - 1)}) as lines:
            assert await _next(lines) == now


async def test_a_ledger_that_began_anew_is_news(tmp_path: Path) -> None:
    async with delivered(tmp_path, "pat") as served:
        now = served.world.desk.situation.sequence
        async with _stream(served, after=now + 1000) as lines:
            assert await _next(lines) == now


async def test_the_stream_ends_with_the_service(tmp_path: Path) -> None:
    async with delivered(tmp_path, "pat") as served:
        seen = served.world.desk.situation.sequence
        async with _stream(served, after=seen) as lines:
            await anext(lines)
            served.world.desk.recorder.end_waits()
            assert [line async for line in lines if line.startswith("data")] == []


async def test_nobody_listens_without_an_identity(tmp_path: Path) -> None:
    async with delivered(tmp_path, "pat", listens=False) as served, served.client(None) as client:
        assert (await client.get("/events")).status_code == 401
