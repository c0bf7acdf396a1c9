"""An agent may be killed at any instant: nothing is lost, nothing is doubled, and all can be removed."""

import asyncio
import contextlib
import json
import secrets
from pathlib import Path

import pytest
from tests.fixtures.images import ImagePublisher
from tests.fixtures.lone_agent import agent_settings, lone_agent, podman_lists
from tests.fixtures.podman_engine import answer, deployment, service
from tests.fixtures.registry import free_port

from headway.adapters.podman.agent import tear_down
from headway.adapters.podman.client import PodmanEngineClient
from headway.domain.deployment import DeploymentState, Observation
from headway.domain.errors import Transient

KILLS = (0.4, 0.8, 1.2)
"""Seconds after its start: before, in and after the start of containers."""


async def healthy(client: PodmanEngineClient) -> Observation:
    """Wait until an agent says that all is well."""
    async with asyncio.timeout(40):
        while True:
            with contextlib.suppress(Transient):
                async for observation in client.observations():
                    if {h.state for h in observation.artifacts.values()} == {DeploymentState.HEALTHY}:
                        return observation
            await asyncio.sleep(0.1)


@pytest.mark.timeout(120)
async def test_an_agent_killed_at_any_instant_is_continued_and_nothing_runs_twice(
    tmp_path: Path, images: ImagePublisher
) -> None:
    name, port = f"t{secrets.token_hex(3)}", free_port()
    image = images.publish(environment={"BODY": "alive"}).reference
    documents = [deployment(image, replicas=2), service(node_port=port)]
    (tmp_path / "desired.json").write_text(json.dumps({"app1": documents}))
    settings = agent_settings(tmp_path, name)
    client = PodmanEngineClient(settings.socket)
    try:
        for instant in KILLS:
            async with lone_agent(tmp_path, name):
                await asyncio.sleep(instant)
        async with lone_agent(tmp_path, name):
            await healthy(client)
            assert await answer(port) == "alive"
            before = sorted(await podman_lists(name))
            assert len(before) == 2
        assert await answer(port) == "alive", "traffic flows without an agent"
        async with lone_agent(tmp_path, name):
            await healthy(client)
            assert sorted(await podman_lists(name)) == before
    finally:
        await tear_down(settings)
    assert await podman_lists(name) == []


@pytest.mark.timeout(120)
async def test_tearing_down_ends_the_agent_that_would_make_all_of_it_again(
    tmp_path: Path, images: ImagePublisher
) -> None:
    """It reads its branch every second, so what came back would be there within two."""
    name, port = f"t{secrets.token_hex(3)}", free_port()
    image = images.publish(environment={"BODY": "alive"}).reference
    documents = [deployment(image), service(node_port=port)]
    (tmp_path / "desired.json").write_text(json.dumps({"app1": documents}))
    settings = agent_settings(tmp_path, name)
    client = PodmanEngineClient(settings.socket)
    try:
        async with lone_agent(tmp_path, name) as process:
            await healthy(client)
            await tear_down(settings)
            async with asyncio.timeout(5):
                assert await process.wait() is not None
            assert not await client.is_up()
            assert await podman_lists(name) == []
            assert await podman_lists(name, "network ls", "{{.Name}}") == []
    finally:
        await tear_down(settings)
