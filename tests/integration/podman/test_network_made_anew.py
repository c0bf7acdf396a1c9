"""An environment whose network went and came back elsewhere is served there, and nowhere else."""

import asyncio
import contextlib
import json
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator

import httpx
import pytest
from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import STAGING, TestEngine, answer, deployment, service
from tests.fixtures.registry import free_port

from headway.adapters.podman.address_space import AddressSpace, space_of
from headway.adapters.podman.network import network_name
from headway.domain.deployment import DeploymentState


@pytest.fixture
def squatter() -> Iterator[str]:
    """The name of a network of other hands."""
    name = f"squatter-{secrets.token_hex(3)}"
    yield name
    _podman("network", "rm", "--force", name)


@pytest.mark.parametrize("agent", ["runs", "is away"])
async def test_what_serves_an_environment_moves_with_its_network(
    podman_engine: TestEngine, images: ImagePublisher, squatter: str, agent: str
) -> None:
    """Other hands remove the network, and its addresses are taken before the agent can make it anew."""
    port = free_port()
    image = images.publish(environment={"BODY": "here"}).reference
    promotion = await podman_engine.deploy({"app1": [deployment(image), service(node_port=port)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    before = _space(podman_engine)
    if agent == "is away":
        await podman_engine.stop()
    # The agent's loop is this test's: it stands still until both are done.
    _podman("network", "rm", "--force", "--time", "0", network_name(podman_engine.settings.name, STAGING))
    _podman("network", "create", "--disable-dns", f"--subnet={before.pods}", squatter)
    if agent == "is away":
        await podman_engine.start()
    assert await _answered(port, "/fetch?url=http://app1/") == "here", "names lead to Services again"
    assert _space(podman_engine) != before
    for kind, number in ((socket.SOCK_DGRAM, 53), (socket.SOCK_STREAM, 53), (socket.SOCK_STREAM, 80)):
        for address in (before.name_server, before.service(0)):
            assert _is_free(kind, address, number), f"{address}:{number} is still in use"
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)


async def _answered(port: int, path: str) -> str:
    """Ask until there is an answer that is no complaint of the proxy or of the pod."""
    deadline = time.monotonic() + 30
    while True:
        text = "nobody answers"
        with contextlib.suppress(httpx.HTTPError):
            text = await answer(port, path)
            if text == "here":
                return text
        assert time.monotonic() < deadline, text
        await asyncio.sleep(0.1)


def _space(engine: TestEngine) -> AddressSpace:
    shown = json.loads(_podman("network", "inspect", network_name(engine.settings.name, STAGING)))
    space = space_of(str(shown[0]["subnets"][0]["subnet"]))
    assert space is not None
    return space


def _is_free(kind: int, address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:  # what waits for its last packets is none that listens
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _podman(*arguments: str) -> str:
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout
