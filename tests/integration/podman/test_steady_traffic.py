"""The must of this engine: under a steady 200 requests a second none fails while versions come and go."""

import asyncio
from collections import Counter

import httpx
from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import TestEngine, deployment, service
from tests.fixtures.registry import free_port

from headway.domain.deployment import DeploymentState

RATE = 200


class SteadyLoad:
    """Asks a port `RATE` times a second, half on kept connections, half on new; counts what came back."""

    def __init__(self, port: int) -> None:
        self.answers: Counter[str] = Counter()
        self._url = f"http://127.0.0.1:{port}/slow?ms=20"
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        kept = httpx.AsyncClient(trust_env=False, timeout=10)
        fresh = httpx.AsyncClient(
            trust_env=False, timeout=10, limits=httpx.Limits(max_keepalive_connections=0)
        )
        loop = asyncio.get_running_loop()
        asked: set[asyncio.Task[None]] = set()
        began, sent = loop.time(), 0
        async with kept, fresh:
            try:
                while True:
                    while sent < (loop.time() - began) * RATE:
                        task = asyncio.create_task(self._ask(kept if sent % 2 else fresh))
                        asked.add(task)
                        task.add_done_callback(asked.discard)
                        sent += 1
                    await asyncio.sleep(0.005)
            finally:
                await asyncio.gather(*asked)

    async def _ask(self, client: httpx.AsyncClient) -> None:
        try:
            answer = await client.get(self._url)
            self.answers[answer.text if answer.status_code == 200 else str(answer.status_code)] += 1
        except httpx.HTTPError as broken:
            self.answers[type(broken).__name__] += 1


async def test_no_request_fails_while_a_version_goes_out_and_is_taken_back(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port = free_port()
    references = {body: images.publish(environment={"BODY": body}).reference for body in ("one", "two")}

    async def roll_to(body: str) -> None:
        documents = [deployment(references[body], replicas=2), service(node_port=port)]
        promotion = await podman_engine.deploy({"app1": documents})
        await podman_engine.until_state(promotion, DeploymentState.HEALTHY)

    await roll_to("one")
    load = SteadyLoad(port)
    for body in ("two", "one", "two"):
        already = load.answers[body]
        await roll_to(body)
        async with asyncio.timeout(10):
            while load.answers[body] < already + 2 * RATE:  # noqa: ASYNC110 - a count, seen from outside
                await asyncio.sleep(0.05)
    await load.stop()
    assert set(load.answers) == {"one", "two"}, load.answers
    assert load.answers.total() > 5 * RATE
