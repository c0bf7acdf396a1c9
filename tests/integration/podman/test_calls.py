"""How often podman is called: each call is a process of a tenth of a second on every machine."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import STAGING, TestEngine, deployment, running_engine

from headway.adapters.podman.address_space import space_of
from headway.adapters.podman.network import network_name
from headway.domain.deployment import DeploymentState

COUNTS = """\
#!/bin/sh
echo "$1 $2" >>"$(dirname "$0")/calls"
exec podman "$@"
"""


class Calls:
    """An engine whose calls of podman are counted, by their first two words."""

    def __init__(self, engine: TestEngine, counted: Path) -> None:
        self.engine = engine
        self._counted = counted

    def so_far(self) -> Counter[str]:
        """Give them."""
        return Counter(self._counted.read_text().splitlines())


@pytest.fixture
async def calls(tmp_path: Path) -> AsyncIterator[Calls]:
    """Give a running engine that counts."""
    program = tmp_path / "podman"
    program.write_text(COUNTS)
    program.chmod(0o755)
    async with running_engine(tmp_path / "agent", podman=str(program)) as engine:
        yield Calls(engine, tmp_path / "calls")


async def test_an_image_that_is_not_here_is_pulled_and_started_by_one_call(
    calls: Calls, images: ImagePublisher
) -> None:
    """Nobody asks whether it is here, which would be a call more for each pod."""
    promotion = await calls.engine.deploy({"app1": [deployment(images.publish().reference)]})
    await calls.engine.until_state(promotion, DeploymentState.HEALTHY)
    counted = calls.so_far()
    assert counted["kube play"] == 1
    assert not [call for call in counted if call.startswith(("pull ", "image "))]


async def test_an_environments_network_is_made_once(calls: Calls, images: ImagePublisher) -> None:
    """The look after networks must not race with the first pass for who makes it: both tried all."""
    promotion = await calls.engine.deploy({"app1": [deployment(images.publish().reference)]})
    await calls.engine.until_state(promotion, DeploymentState.HEALTHY)
    deadline = time.monotonic() + 30
    while calls.so_far()["pod ps"] < 3:  # each look after networks ends with one
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    name = network_name(calls.engine.settings.name, STAGING)
    shown = json.loads(await calls.engine.podman("network", "inspect", name))
    space = space_of(str(shown[0]["subnets"][0]["subnet"]))
    assert space is not None
    # At most one try for each address space before the one that it has: others may lie there.
    assert calls.so_far()["network create"] <= space.index + 1
