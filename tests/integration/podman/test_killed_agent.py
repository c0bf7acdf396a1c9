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
from headway.domain.errors import Conflict, Transient

KILLS = (0.4, 0.8, 1.2)
"""Seconds after its start: before, in and after the start of containers."""


async def healthy(client: PodmanEngineClient) -> Observation:
    """Wait until an agent says that all is well."""
    async with asyncio.timeout(90):
        while True:
            with contextlib.suppress(Transient):
                async for observation in client.observations():
                    if {h.state for h in observation.artifacts.values()} == {DeploymentState.HEALTHY}:
                        return observation
            await asyncio.sleep(0.1)


def serving(folder: Path) -> list[str]:
    """Give the commands of the programs that serve traffic and names for engines below a folder."""
    commands = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            commands.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return [one for one in commands if f"{folder}/" in one and one.startswith(("haproxy", "dnsmasq"))]


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


@pytest.mark.timeout(120)
async def test_tearing_down_leaves_alone_what_an_engine_of_another_state_folder_made(
    tmp_path: Path, images: ImagePublisher
) -> None:
    """Of the same name: that folder is named, nothing is touched. Once it is gone anybody may clean up."""
    name, mine, other = f"t{secrets.token_hex(3)}", tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    documents = [deployment(images.publish(environment={"BODY": "alive"}).reference)]
    (mine / "desired.json").write_text(json.dumps({"app1": documents}))
    settings, elsewhere = agent_settings(mine, name), agent_settings(other, name)
    try:
        async with lone_agent(mine, name) as process:
            await healthy(PodmanEngineClient(settings.socket))
            before = await podman_lists(name)
            with pytest.raises(Conflict, match="is not of") as refused:
                await tear_down(elsewhere)
            assert refused.value.code == "engine-elsewhere"
            assert f"--state {mine}" in refused.value.next_step
            assert process.returncode is None
            assert await podman_lists(name) == before
        assert serving(mine) != []
        (mine / "agent").rename(mine / "moved")
        await tear_down(elsewhere)
        assert await podman_lists(name) == []
        assert serving(mine) == [], "they would keep the addresses of whoever gets that network next"
    finally:
        await tear_down(settings)
