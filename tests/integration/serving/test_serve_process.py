"""`headway serve` as a process: it says what keeps it from listening, and ends without a fault told."""

import asyncio
import contextlib
import json
import socket
from pathlib import Path

import httpx
from tests.fixtures.registry import free_port
from tests.fixtures.served_process import ServedProcess


async def test_a_port_that_is_taken_is_a_wrong_request_with_a_way_out(tmp_path: Path) -> None:
    served = ServedProcess(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        async with served.run("serve", "--estate", served.remote.url, "--port", port) as program:
            assert await program.ended() == 2
    assert f"Error: port {port} of 127.0.0.1 is taken" in program.said
    assert "--port" in program.said
    assert "Errno" not in program.said
    assert not (served.state / "server.json").exists()


async def test_an_address_of_another_machine_is_a_wrong_request(tmp_path: Path) -> None:
    served = ServedProcess(tmp_path)
    for host in ("192.0.2.1", "no-such-host.invalid"):
        async with served.run("serve", "--estate", served.remote.url, "--host", host) as program:
            assert await program.ended() == 2
        assert f"of {host}" in program.said
        assert "--host" in program.said


async def test_ended_it_lets_those_go_who_wait_and_they_say_once_that_it_is_away(tmp_path: Path) -> None:
    served = ServedProcess(tmp_path)
    served.begin()
    port = str(free_port())
    options = ("--no-agent", "--port", port)
    waits = ("wait", "shop/app", "--in", "dev", "--version", "1.0.0", "--timeout", "60s")
    async with contextlib.AsyncExitStack() as stack:
        async with served.serving(*options) as server:
            await _until_ready(served)
            waiting = await stack.enter_async_context(served.run(*waits))
            await waiting.until(lambda said: "not found yet" in said)
            answer = await _asked_for_long(served)
            assert await server.end() == 0
        status, problem = await answer
        assert (status, problem["code"]) == (503, "server-ends")
        assert "Traceback" not in server.said
        assert "ERROR" not in server.said
        await waiting.until(lambda said: "it is asked until it answers again" in said)
        async with served.serving(*options):
            await waiting.until(lambda said: "the server answers again" in said)
            assert waiting.said.count("it is asked until") == 1, waiting.said
            assert "500" not in waiting.said


async def test_what_a_service_keeps_running_is_not_torn_down_beside_it(tmp_path: Path) -> None:
    served = ServedProcess(tmp_path)
    async with served.serving("--port", "0"), served.run("agent", "--tear-down") as program:
        assert await program.ended() == 1
    assert "keeps the agent running" in program.said
    assert "end `headway serve` first" in program.said


async def _until_ready(served: ServedProcess) -> None:
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(60):
        health = f"http://127.0.0.1:{served.port}/api/v1/health"
        while not (await client.get(health)).json()["ready"]:  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(0.02)


async def _asked_for_long(served: ServedProcess) -> "asyncio.Task[tuple[int, dict[str, str]]]":
    """Ask a question that only a fact answers; it has reached the server when this returns."""
    token = (served.state / "token").read_text().strip()
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(
        b"GET /api/v1/status?wait_after=4611686018427387904&timeout=50 HTTP/1.1\r\nHost: headway\r\n"
        + f"Authorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode()
    )
    await writer.drain()
    # What came first is taken up first.
    await _until_ready(served)

    async def answered() -> tuple[int, dict[str, str]]:
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        return int(head.split()[1]), json.loads(body)

    return asyncio.create_task(answered())
