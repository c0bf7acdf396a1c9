"""An agent may be killed at any instant: nothing is lost, nothing is doubled, and all can be removed."""

import asyncio
import contextlib
import json
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fixtures.images import ImagePublisher
from tests.fixtures.lone_agent import agent_settings
from tests.fixtures.podman_engine import answer, deployment, service
from tests.fixtures.registry import free_port

from headway.adapters.podman.agent import tear_down
from headway.adapters.podman.client import PodmanEngineClient
from headway.domain.deployment import DeploymentState, Observation
from headway.domain.errors import Transient

ROOT = Path(__file__).parents[3]
KILLS = (0.4, 0.8, 1.2)
"""Seconds after its start: before, in and after the start of containers."""


@contextlib.asynccontextmanager
async def agent(folder: Path, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run an agent in a process of its own, and kill it at the end."""
    with (folder / "agent.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.fixtures.lone_agent", str(folder), name),
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}/src:{ROOT}", "PATH": "/usr/bin:/usr/sbin:/bin:/sbin"},
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def healthy(client: PodmanEngineClient) -> Observation:
    """Wait until an agent says that all is well."""
    async with asyncio.timeout(40):
        while True:
            with contextlib.suppress(Transient):
                async for observation in client.observations():
                    if {h.state for h in observation.artifacts.values()} == {DeploymentState.HEALTHY}:
                        return observation
            await asyncio.sleep(0.1)


async def podman_lists(name: str, what: str = "ps", template: str = "{{.Names}}") -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *("podman", what, "--filter", f"label=headway.dev/engine={name}", "--format", template),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    return output.decode().split()


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
            async with agent(tmp_path, name):
                await asyncio.sleep(instant)
        async with agent(tmp_path, name):
            await healthy(client)
            assert await answer(port) == "alive"
            before = sorted(await podman_lists(name))
            assert len(before) == 2
        assert await answer(port) == "alive", "traffic flows without an agent"
        async with agent(tmp_path, name):
            await healthy(client)
            assert sorted(await podman_lists(name)) == before
    finally:
        await tear_down(settings)
    assert await podman_lists(name) == []
