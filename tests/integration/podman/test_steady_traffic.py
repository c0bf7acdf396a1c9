"""The must of this engine: under a steady 200 requests a second none fails while versions come and go."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fixtures.real_delivery import RealDelivery
from tests.fixtures.registry import free_port
from tests.fixtures.tiny_estate import ENTRANCE, TinyApplication

from headway.app.commands.resume import resume
from headway.app.commands.roll_back import roll_back
from headway.domain.facts import PromotionDecided, PromotionKind
from headway.domain.names import ArtifactName, InstanceName

RATE = 200


class SteadyLoad:
    """A process that asks a URL `RATE` times a second, half on kept connections, half on new ones."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.answers: dict[str, int] = {}
        """How often each body, status or error came back so far."""
        self.rate = 0.0
        """Answers a second, over the whole time so far."""
        self._process = process

    async def until(self, body: str, count: int) -> None:
        """Wait until a body came back so often."""
        async with asyncio.timeout(60):
            while self.answers.get(body, 0) < count:
                assert await self._read(), "the load ended"

    async def stop(self) -> None:
        """End it, once everything that was asked was answered."""
        self._process.terminate()
        async with asyncio.timeout(60):
            while await self._read():
                pass
            await self._process.wait()

    async def _read(self) -> bool:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if line:
            told = json.loads(line)
            self.answers = told["answers"]
            self.rate = sum(self.answers.values()) / told["seconds"]
        return bool(line)


@asynccontextmanager
async def steady_load(probe: Path, url: str) -> AsyncIterator[SteadyLoad]:
    """Ask a URL all the while."""
    process = await asyncio.create_subprocess_exec(
        *(str(probe), "load", url, str(RATE)), stdout=asyncio.subprocess.PIPE
    )
    load = SteadyLoad(process)
    try:
        yield load
    finally:
        await load.stop()


async def test_no_request_fails_while_a_version_goes_out_and_is_rolled_back(
    delivery: RealDelivery, probe_binary: Path
) -> None:
    """Out, taken back by a person's rollback, and the next one out again."""
    port = free_port()
    shop, dev = ArtifactName("shop", "app"), InstanceName("shop", "dev")
    delivery.begin([TinyApplication(name="shop", replicas=2, more=ENTRANCE.format(port=port))])
    await delivery.agent.start()
    async with delivery.running():
        await delivery.deliver("shop", "1.0.0")
        await delivery.until_verified(["shop"], "1.0.0", within_s=90)
        async with steady_load(probe_binary, f"http://127.0.0.1:{port}/slow?ms=20") as load:
            await load.until("shop 1.0.0", RATE)

            async def all_answer(tag: str) -> None:
                already = load.answers.get(f"shop {tag}", 0)
                await delivery.until_verified(["shop"], tag, within_s=90)
                await load.until(f"shop {tag}", already + 2 * RATE)

            await delivery.deliver("shop", "1.1.0")
            await all_answer("1.1.0")
            await roll_back(delivery.desk, "sue", shop, [dev], reason="people find it odd")
            await all_answer("1.0.0")
            await resume(delivery.desk, "sue", dev, reason="talked about")
            await delivery.deliver("shop", "1.2.0")
            await all_answer("1.2.0")
        kinds = [one.kind for one in delivery.bodies(PromotionDecided)]
        assert kinds.count(PromotionKind.ROLLBACK) == 1
    assert set(load.answers) == {"shop 1.0.0", "shop 1.1.0", "shop 1.2.0"}, load.answers
    # Less would say nothing of a steady 200: the machine was too busy to ask so often.
    assert load.rate >= 150, f"{load.rate:.0f} answers a second"
