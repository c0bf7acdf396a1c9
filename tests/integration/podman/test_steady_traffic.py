"""The must of this engine: under a steady 200 requests a second none fails while versions come and go."""

import asyncio
import json
from pathlib import Path

from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import TestEngine, deployment, service
from tests.fixtures.registry import free_port

from headway.domain.deployment import DeploymentState

RATE = 200


class SteadyLoad:
    """A process that asks a URL `RATE` times a second, half on kept connections, half on new ones."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.answers: dict[str, int] = {}
        """How often each body, status or error came back so far."""
        self._process = process

    async def until(self, body: str, count: int) -> None:
        """Wait until a body came back so often."""
        async with asyncio.timeout(30):
            while self.answers.get(body, 0) < count:
                await self._read()

    async def stop(self) -> None:
        """End it, once everything that was asked was answered."""
        self._process.terminate()
        async with asyncio.timeout(30):
            while await self._read():
                pass
            await self._process.wait()

    async def _read(self) -> bool:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if line:
            self.answers = json.loads(line)
        return bool(line)


async def test_no_request_fails_while_a_version_goes_out_and_is_taken_back(
    podman_engine: TestEngine, images: ImagePublisher, probe_binary: Path
) -> None:
    port = free_port()
    references = {body: images.publish(environment={"BODY": body}).reference for body in ("one", "two")}

    async def roll_to(body: str) -> None:
        documents = [deployment(references[body], replicas=2), service(node_port=port)]
        promotion = await podman_engine.deploy({"app1": documents})
        await podman_engine.until_state(promotion, DeploymentState.HEALTHY)

    await roll_to("one")
    process = await asyncio.create_subprocess_exec(
        *(str(probe_binary), "load", f"http://127.0.0.1:{port}/slow?ms=20", str(RATE)),
        stdout=asyncio.subprocess.PIPE,
    )
    load = SteadyLoad(process)
    for body in ("two", "one", "two"):
        await load.until("one" if body == "two" else "two", 1)
        already = load.answers.get(body, 0)
        await roll_to(body)
        await load.until(body, already + 2 * RATE)
    await load.stop()
    assert set(load.answers) == {"one", "two"}, load.answers
    assert sum(load.answers.values()) > 5 * RATE
