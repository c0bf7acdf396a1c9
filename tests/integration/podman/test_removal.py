"""Pods are removed at once, in whatever state they are."""

from tests.fixtures.images import ImagePublisher
from tests.fixtures.podman_engine import TestEngine, deployment

from headway.adapters.podman.podman import Podman
from headway.domain.deployment import DeploymentState


async def test_pods_that_run_are_paused_or_have_ended_are_all_removed_and_a_second_time_does_nothing(
    podman_engine: TestEngine, images: ImagePublisher
) -> None:
    image = images.publish().reference
    promotion = await podman_engine.deploy({"app1": [deployment(image, replicas=3)]})
    await podman_engine.until_state(promotion, DeploymentState.HEALTHY)
    await podman_engine.stop()
    paused, ended, _ = await podman_engine.containers()
    await podman_engine.podman("pause", paused)
    await podman_engine.podman("kill", ended)
    podman = Podman(podman_engine.settings)
    names = sorted(await podman.pod_names())
    assert len(names) == 3
    for _ in range(2):
        await podman.remove_pods([*names, "no-such-pod"])
        assert not await podman.pod_names()
