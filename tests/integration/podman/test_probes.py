"""What a manifest's probes say is what happens: who waits, who is killed, and whose fault it is told."""

from typing import Any

import pytest
from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import TestEngine, deployment

from headway.domain.deployment import Cause, DeploymentState

PASSES = {"exec": {"command": ["/probe", "exit", "0"]}}
REFUSES = {"exec": {"command": ["/probe", "exit", "1"]}}
NOBODY = {"tcpSocket": {"port": 9}}
ONE_TRY = {"periodSeconds": 1, "failureThreshold": 1}


@pytest.mark.parametrize("asked", [PASSES, {"tcpSocket": {"port": "http"}}], ids=["exec", "tcp"])
async def test_a_pod_whose_three_probes_pass_is_healthy(
    podman_engine: TestEngine, images: ImagePublisher, asked: dict[str, Any]
) -> None:
    probe = {**asked, "periodSeconds": 1}
    three = {"startupProbe": probe, "livenessProbe": probe, "readinessProbe": probe}
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [deployment(image, probe=False, container=three)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("startupProbe", NOBODY), ("startupProbe", REFUSES), ("livenessProbe", REFUSES)],
    ids=["startup-tcp", "startup-exec", "liveness-exec"],
)
async def test_a_container_that_its_own_probe_gives_up_on_is_killed_and_the_version_is_to_blame(
    podman_engine: TestEngine, images: ImagePublisher, kind: str, asked: dict[str, Any]
) -> None:
    image = images.publish().reference
    container = {kind: {**asked, **ONE_TRY}, "readinessProbe": {**NOBODY, "periodSeconds": 1}}
    documents = [deployment(image, probe=False, container=container)]
    promotion = await podman_engine.deploy({"app1": documents})
    told = await podman_engine.until_state(promotion, DeploymentState.FAILED)
    assert told.cause is Cause.VERSION
    assert "killed by its own probe" in told.words


async def test_nothing_is_asked_before_the_initial_delay_is_over(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    late = {**REFUSES, **ONE_TRY, "initialDelaySeconds": 600}
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [deployment(image, container={"livenessProbe": late})]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    early = {**PASSES, "initialDelaySeconds": 600}
    documents = [deployment(image, probe=False, container={"readinessProbe": early})]
    documents[0]["spec"]["progressDeadlineSeconds"] = 1
    promotion = await podman_engine.deploy({"app1": documents})
    await podman_engine.until_state(promotion, DeploymentState.FAILED)


async def test_recreate_ends_the_old_pod_before_the_new_one_is_there(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    recreate = {"strategy": {"type": "Recreate"}}
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [deployment(image, spec=recreate)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    before = await podman_engine.containers()
    old = await podman_engine.podman("inspect", "--format", "{{.Id}}", *before)
    promotion = await podman_engine.deploy({"app1": [deployment(image, env={"N": "2"}, spec=recreate)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    since = "--since=10m"
    kinds = ("--filter=event=died", "--filter=event=start", "--filter=type=container")
    told = (await podman_engine.podman("events", "--stream=false", since, "--no-trunc", *kinds)).splitlines()
    (new,) = await podman_engine.containers()
    full = await podman_engine.podman("inspect", "--format", "{{.Id}}", new)
    ended = next(n for n, line in enumerate(told) if "died" in line and old in line)
    began = next(n for n, line in enumerate(told) if "start" in line and full in line)
    assert ended < began
