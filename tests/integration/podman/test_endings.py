"""Whose fault an end is: only what ran and ended by itself, watched, tells something of the version."""

import asyncio
import contextlib
from pathlib import Path

import httpx
from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import TestEngine, answer, deployment, running_engine, service
from tests.fixtures.registry import TestRegistry, free_port

from headway.adapters.podman.podman import Podman
from headway.domain.deployment import Cause, DeploymentState

LISTS_LATE = """\
#!/bin/sh
[ "$1 $2" = "ps --all" ] || exec podman "$@"
said=$(podman "$@") || exit
late=$(dirname "$0")/late
case $said in *'"running"'*) mkdir "$late" 2>/dev/null && sleep 4 ;; esac
echo "$said"
"""
"""A podman that takes longer than a pod's deadline for the first listing that has it."""


async def test_a_container_stopped_or_removed_by_other_hands_comes_back_and_blames_nobody(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port = free_port()
    image = images.publish(environment={"BODY": "here"}).reference
    promotion = await podman_engine.deploy({"app1": [deployment(image), service(node_port=port)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    for verb in (("stop", "-t", "5"), ("kill",), ("rm", "-f", "-t", "0")):
        before = len(podman_engine.history)
        (container,) = await podman_engine.containers()
        await podman_engine.podman(*verb, container)
        await podman_engine.until(
            promotion,
            lambda _, before=before: any(
                o.artifacts["app1"].state is DeploymentState.DEGRADED for o in podman_engine.history[before:]
            ),
        )
        await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
        told = [o.artifacts["app1"] for o in podman_engine.history[before:]]
        assert Cause.VERSION not in {one.cause for one in told}, (verb, told)
        assert await answer(port) == "here"


async def test_a_crash_after_healthy_degrades_and_heals(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port = free_port()
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [deployment(image), service(node_port=port)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    with contextlib.suppress(httpx.HTTPError):
        await answer(port, "/exit?code=3")
    told = await podman_engine.until(
        promotion, lambda seen: seen["app1"].cause is Cause.VERSION and "exit status 3" in seen["app1"].words
    )
    assert told["app1"].state is DeploymentState.DEGRADED
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)


async def test_what_ended_while_no_agent_watched_is_started_anew(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [deployment(image)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    (container,) = await podman_engine.containers()
    await podman_engine.stop()
    assert await podman_engine.containers() == [container], "containers outlive the agent"
    await podman_engine.podman("kill", container)
    before = len(podman_engine.history)
    await podman_engine.start()
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert {o.artifacts["app1"].cause for o in podman_engine.history[before:]} <= {
        Cause.NONE,
        Cause.SURROUNDINGS,
    }


async def test_an_agent_that_starts_again_touches_nothing_that_is_right(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port = free_port()
    image = images.publish(environment={"BODY": "still"}).reference
    promotion = await podman_engine.deploy({"app1": [deployment(image), service(node_port=port)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    before = await podman_engine.containers()
    await podman_engine.stop()
    assert await answer(port) == "still", "traffic flows without an agent"
    podman_engine.desired.away = True
    await podman_engine.start()
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert await podman_engine.containers() == before
    assert await answer(port) == "still"


async def test_an_image_that_cannot_be_pulled_is_the_surroundings_fault_until_it_can(
    podman_engine: TestEngine, images: ImagePublisher, registry: TestRegistry
) -> None:
    image = images.publish(environment={"BODY": str(asyncio.get_running_loop().time())}).reference
    registry.stop()
    promotion = await podman_engine.deploy({"app1": [deployment(image)]})
    told = await podman_engine.until(promotion, lambda seen: seen["app1"].cause is Cause.SURROUNDINGS)
    assert told["app1"].state is DeploymentState.PROGRESSING
    assert "podman pull" in told["app1"].words
    registry.start()
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)


async def test_a_pod_that_never_becomes_ready_fails_at_its_deadline_and_stays_failed(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish(environment={"STATUS": "500"}).reference
    document = deployment(image, spec={"progressDeadlineSeconds": 2})
    promotion = await podman_engine.deploy({"app1": [document]})
    told = await podman_engine.until_state(promotion, DeploymentState.FAILED)
    assert told.cause is Cause.VERSION
    assert "answered 500" in told.words


async def test_a_pod_that_podman_was_slow_to_list_has_its_whole_time(
    tmp_path: Path, images: ImagePublisher
) -> None:
    """The deadline counts what the agent watched: a busy machine says nothing of the version."""
    slow = tmp_path / "podman"
    slow.write_text(LISTS_LATE)
    slow.chmod(0o755)
    document = deployment(images.publish().reference, spec={"progressDeadlineSeconds": 2})
    async with running_engine(tmp_path / "agent", podman=str(slow)) as engine:
        promotion = await engine.deploy({"app1": [document]})
        await engine.until_state(promotion, DeploymentState.HEALTHY)
    assert (tmp_path / "late").exists()


async def test_what_podman_itself_complains_of_is_nobodys_last_words(podman_engine: TestEngine) -> None:
    """A container is gone, or a log cannot be read: then nothing was told."""
    assert await Podman(podman_engine.settings).last_words("no-such-container") == ""
