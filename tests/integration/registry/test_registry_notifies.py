"""A real registry's notification of a push is understood, and what it names can be read."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from tests.fixtures.local_server import serving
from tests.fixtures.registry import TestRegistry
from tests.fixtures.registry_worlds import RealWorld

from headway.adapters.registry.notification import PushSeen, parse_notification

APP1 = "oneconnect/app1"
SOON_S = 60.0


@dataclass(slots=True, kw_only=True)
class Hook:
    """Takes what a registry posts."""

    pushes: asyncio.Queue[PushSeen] = field(default_factory=asyncio.Queue)
    port: int = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
        body = await reader.readexactly(int(length.partition(":")[2]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        for push in parse_notification(body):
            self.pushes.put_nowait(push)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    async with serving(made.take) as made.port:
        yield made


async def test_a_push_is_told_with_path_digest_tag_and_host(registry: TestRegistry, hook: Hook) -> None:
    registry.stop()
    registry.notifications = f"http://127.0.0.1:{hook.port}/hooks/registry"
    registry.start()
    world = RealWorld(registry)
    digest = await asyncio.to_thread(world.publish, APP1, "1.0.0", source_commit="0b12cd34" * 5)
    async with asyncio.timeout(SOON_S):
        push = await hook.pushes.get()
        while push.tag is None:  # the push by digest is told too, before or after
            push = await hook.pushes.get()
    assert push == PushSeen(repository_path=APP1, digest=digest, tag="1.0.0", host=registry.address)
    seen = await world.registry.look_at(world.repository(push.repository_path), push.digest, (push.tag,))
    assert (seen.source_commit, seen.tags) == ("0b12cd34" * 5, ("1.0.0",))
    await world.close()
