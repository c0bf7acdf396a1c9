"""Rollouts on real podman: healthy, failing, taken back."""

from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import TestEngine, answer, deployment, service
from tests.fixtures.registry import free_port

from headway.domain.deployment import Cause, DeploymentState


async def test_an_image_runs_and_answers_and_its_successor_takes_over(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port = free_port()
    for body in ("one", "two", "one"):
        image = images.publish(environment={"BODY": body}).reference
        promotion = await podman_engine.deploy({"app1": [deployment(image), service(node_port=port)]})
        await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
        assert await answer(port) == body


async def test_a_version_that_crashes_fails_by_its_own_fault_and_the_old_one_keeps_serving(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    port = free_port()
    good = images.publish(environment={"BODY": "good"}).reference
    # It ends before it listens, so that it is never ready, however quick the machine.
    crashing = {"CRASH_AFTER_S": "0.1", "LISTEN_DELAY_S": "30", "EXIT_CODE": "7"}
    bad = images.publish(environment=crashing).reference
    promotion = await podman_engine.deploy({"app1": [deployment(good), service(node_port=port)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    before = await podman_engine.containers()
    promotion = await podman_engine.deploy({"app1": [deployment(bad), service(node_port=port)]})
    told = await podman_engine.until_state(promotion, DeploymentState.FAILED)
    assert told.cause is Cause.VERSION
    assert "exit status 7" in told.words
    assert "gives up" in told.words
    assert await answer(port) == "good"
    promotion = await podman_engine.deploy({"app1": [deployment(good), service(node_port=port)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    assert set(before) <= set(await podman_engine.containers()), "the old pod was never touched"


async def test_no_pod_has_an_address_that_another_just_had(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    """Not from an agent that was started anew either: the host still knows where it found the other."""
    addresses: dict[str, str] = {}
    for body in ("one", "two", "three"):
        image = images.publish(environment={"BODY": body}).reference
        promotion = await podman_engine.deploy({"app1": [deployment(image, replicas=2)]})
        await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
        form = '{{index .Config.Labels "headway.dev/pod"}}={{index .Config.Labels "headway.dev/address"}}'
        told = await podman_engine.podman("inspect", "--format", form, *await podman_engine.containers())
        addresses |= dict(line.split("=") for line in told.splitlines())
        await podman_engine.stop()
        await podman_engine.start()
    assert len(addresses) >= 6
    assert len(set(addresses.values())) == len(addresses)
