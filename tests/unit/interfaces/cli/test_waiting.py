"""`headway wait` and `status --watch` hear of what happens, and end as scripts need it."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from tests.fixtures.served import Ran, Served, delivered
from tests.fixtures.world import ESTATE, World

from headway.testing.simulated_engine import Behaviour, crashes

SOAKED = ESTATE.replace(
    "instances: {staging: staging}}", "instances: {staging: staging}, gates: {soak: 10m}}"
)


async def after(served: Served, waiting: "asyncio.Task[Ran]", span: timedelta) -> Ran:
    """Let the world go on in steps, until a command that waits has ended."""
    for _ in range(200):
        if waiting.done():
            break
        await served.world.pass_time(span)
        await asyncio.wait({waiting}, timeout=0.02)
    return await asyncio.wait_for(waiting, 20)


async def test_it_waits_for_a_version_that_is_not_even_found_yet(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        command = ("wait", "app1", "--in", "prod2", "--version", "1.1.0")
        early = await served.headway(*command, "--no-wait")
        waiting = asyncio.create_task(served.headway(*command))
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        ran = await after(served, waiting, timedelta(seconds=1))
    assert early.code == 8
    assert "pending: not found yet" in early.out
    assert ran.code == 0
    assert "oc/app1 1.1.0+" in ran.out
    assert "verified since" in ran.out


async def test_it_ends_when_the_version_failed(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.publish("app1", "1.1.0", crashes())
        await served.world.look()
        command = ("wait", "app1", "--in", "dev", "--version", "1.1.0", "-o", "json")
        waiting = asyncio.create_task(served.headway(*command))
        ran = await after(served, waiting, timedelta(seconds=5))
    assert ran.code == 1
    assert json.loads(ran.out)["arrival"] == "quarantined"


async def test_it_ends_for_an_image_that_newer_ones_passed_over(tmp_path: Path) -> None:
    """1.2.0 came while 1.1.0 took its time, and 1.3.0 before its turn: it never was in any instance."""
    async with delivered(tmp_path) as served:
        served.world.publish("app1", "1.1.0", Behaviour(after=timedelta(minutes=2)))
        for tag in ("1.2.0", "1.3.0"):
            await served.world.look()
            await served.world.pass_time(timedelta(seconds=5))
            served.world.publish("app1", tag)
        await served.world.look()
        await served.world.pass_time(timedelta(minutes=5))
        named = ("app1", "--in", "dev", "--version", "1.2.0")
        waited, why = await served.headway("wait", *named), await served.headway("why", *named)
        assert served.world.tags()[0] == "1.3.0"
    assert waited.code == 1
    assert "stands there, which is newer" in waited.out
    assert why.code == 0
    assert "a person may promote it" in why.out.lower()


async def test_it_ends_when_the_version_is_taken_back_or_passed_over(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=5))
        old = await served.headway("wait", "app1", "--in", "dev", "--version", "1.0.0")
        await served.headway("rollback", "app1", "--from", "dev", "--reason", "slow")
        await served.world.pass_time(timedelta(seconds=5))
        taken = await served.headway("wait", "app1", "--in", "dev", "--version", "1.1.0")
    assert (old.code, taken.code) == (1, 1)
    assert "superseded" in old.out
    assert "rolled-back: taken back by operator: slow" in taken.out or "quarantined" in taken.out


async def test_it_times_out_with_the_reason(tmp_path: Path) -> None:
    async with delivered(tmp_path, world=World(estate=SOAKED)) as served:
        command = ("wait", "app1", "--in", "staging", "--timeout", "1s", "--version", "1.0.0")
        ran = await after(served, asyncio.create_task(served.headway(*command)), timedelta(seconds=1))
    assert ran.code == 3
    assert "soak" in ran.err
    assert "headway why oc/app1 --in oc/staging" in ran.err


async def test_a_long_question_is_answered_by_the_next_fact(tmp_path: Path) -> None:
    async with delivered(tmp_path, listens=False) as served, served.client(served.token_of()) as client:
        now = (await client.get("/api/v1/status")).json()["sequence"]
        asked = {"wait_after": now, "timeout": 60}
        waiting = asyncio.create_task(client.get("/api/v1/status", params=asked))
        await asyncio.wait({waiting}, timeout=0.05)
        assert not waiting.done()
        await client.post("/api/v1/hold", json={"instance": "oc/dev", "reason": "test"})
        newer = (await asyncio.wait_for(waiting, 10)).json()
    assert newer["sequence"] > now
    assert newer["instances"][0]["held"] == ["operator: test"]


async def test_a_long_question_ends_by_itself(tmp_path: Path) -> None:
    async with delivered(tmp_path, listens=False) as served, served.client(served.token_of()) as client:
        now = (await client.get("/api/v1/status")).json()["sequence"]
        asked = {"wait_after": now, "timeout": 30}
        waiting = asyncio.create_task(client.get("/api/v1/status", params=asked))
        await asyncio.wait({waiting}, timeout=0.05)
        await served.world.pass_time(timedelta(seconds=31))
        assert (await asyncio.wait_for(waiting, 10)).json()["sequence"] == now
