"""What other hands change in the cluster: Argo CD heals it, or Headway says that it is not as Git says."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.fixtures.argocd_listener import ArgocdListener
from tests.fixtures.podman_engine import deployment

from headway.domain.deployment import Cause, DeploymentState

pytestmark = pytest.mark.cluster

HEALTHY = DeploymentState.HEALTHY


async def test_what_other_hands_change_is_healed(listener: ArgocdListener) -> None:
    promotion = await listener.deploy(app1=[deployment(listener.image(BODY="ours"))])
    await listener.until_state(promotion, HEALTHY)
    ours = await _image_of_app1(listener)
    await _set_image(listener, listener.image(BODY="theirs"))
    await listener.until_application(_was_healed)
    await listener.until_state(promotion, HEALTHY)
    await listener.until_application(lambda found: found["status"]["sync"]["status"] == "Synced")
    assert await _image_of_app1(listener) == ours
    assert DeploymentState.FAILED not in listener.states(promotion)


async def test_what_nobody_heals_is_told_as_drift(listener: ArgocdListener) -> None:
    """An image that crashes is told too: the version that Headway asked for is not to blame for it."""
    await listener.patch({"syncPolicy": {"automated": {"selfHeal": False}}})
    promotion = await listener.deploy(app1=[deployment(listener.image(BODY="ours"))])
    await listener.until_state(promotion, HEALTHY)
    ours = await _image_of_app1(listener)
    for theirs in (listener.image(BODY="theirs"), listener.image(CRASH_AFTER_S="0")):
        await _set_image(listener, theirs)
        told = await listener.until_state(
            promotion, DeploymentState.PROGRESSING, cause=Cause.SURROUNDINGS, words="drift"
        )
        assert "Deployment app1 is not as Git says" in told.words
        await _set_image(listener, ours)
        await listener.until_state(promotion, HEALTHY)
    assert DeploymentState.FAILED not in listener.states(promotion)


def _was_healed(application: Mapping[str, Any]) -> bool:
    """Say whether Argo CD's last sync was one by which it heals."""
    operation = application["status"].get("operationState", {}).get("operation", {})
    return bool(operation.get("sync", {}).get("autoHealAttemptsCount"))


async def _image_of_app1(listener: ArgocdListener) -> str:
    where = "jsonpath={.spec.template.spec.containers[0].image}"
    return await listener.kubectl("get", "deployment", "app1", "-o", where)


async def _set_image(listener: ArgocdListener, image: str) -> None:
    await listener.kubectl("set", "image", "deployment/app1", f"main={image}")
