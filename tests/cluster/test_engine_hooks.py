"""Jobs and hooks across promote and roll back."""

from typing import Any

import pytest
from tests.fixtures.argocd_listener import ArgocdListener
from tests.fixtures.podman_engine import INSTANCE, deployment

from headway.domain.deployment import Cause, DeploymentState

pytestmark = pytest.mark.cluster

HEALTHY, FAILED = DeploymentState.HEALTHY, DeploymentState.FAILED
BEFORE_THE_SYNC = {
    "argocd.argoproj.io/hook": "PreSync",
    "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
}


PUT_IN_ITS_PLACE = {"argocd.argoproj.io/sync-options": "Force=true,Replace=true"}
"""Kubernetes lets nobody change a Job's template: Argo CD is to delete it and make it anew."""


def job(
    image: str, *command: str, name: str = "migrate", annotations: dict[str, str] | None = None
) -> dict[str, Any]:
    """Give a Job that runs the probe program's command once."""
    container = {"name": name, "image": image, "command": ["/probe", *command]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "annotations": annotations or {}},
        "spec": {
            "backoffLimit": 0,
            "template": {
                "spec": {
                    "restartPolicy": "Never",
                    "terminationGracePeriodSeconds": 1,
                    "containers": [container],
                }
            },
        },
    }


async def test_a_hook_runs_at_each_promotion_and_its_failure_is_the_versions(
    listener: ArgocdListener,
) -> None:
    image = listener.image()
    good = [deployment(image), job(image, "exit", "0", annotations=BEFORE_THE_SYNC)]
    await listener.until_state(await listener.deploy(app1=good), HEALTHY)

    other = listener.image(BODY="other")
    bad = [deployment(other), job(other, "exit", "3", annotations=BEFORE_THE_SYNC)]
    promotion = await listener.deploy(app1=bad)
    told = await listener.until_state(promotion, FAILED, cause=Cause.VERSION)
    assert "hook Job migrate failed" in told.words
    assert HEALTHY not in listener.states(promotion)

    # Argo CD tries the failed sync five times more, with growing pauses, before it begins with another.
    taken_back = await listener.deploy(app1=good)
    await listener.world.engine.interrupt(INSTANCE)
    await listener.until_state(taken_back, HEALTHY)


async def test_a_job_of_a_version_is_waited_for_and_its_failure_is_the_versions(
    listener: ArgocdListener,
) -> None:
    """Each version has its own Job, as a changed one could not be applied; it is pruned with its version."""
    image = listener.image()
    good = [deployment(image), job(image, "sleep", "1", name="load-1")]
    await listener.until_state(await listener.deploy(app1=good), HEALTHY)
    succeeded = await listener.kubectl("get", "job", "load-1", "-o", "jsonpath={.status.succeeded}")
    assert succeeded == "1"

    bad = [deployment(image), job(image, "exit", "3", name="load-2")]
    promotion = await listener.deploy(app1=bad)
    told = await listener.until_state(promotion, FAILED, cause=Cause.VERSION)
    assert "BackoffLimitExceeded" in told.words or "exit status 3" in told.words

    await listener.until_state(await listener.deploy(app1=good), HEALTHY)


async def test_a_job_that_may_be_replaced_runs_for_each_version_and_again_when_one_comes_back(
    listener: ArgocdListener,
) -> None:
    uids = []
    for body in ("first", "second", "first"):
        image = listener.image(BODY=body)
        promotion = await listener.deploy(
            app1=[deployment(image), job(image, "sleep", "1", annotations=PUT_IN_ITS_PLACE)]
        )
        await listener.until_state(promotion, HEALTHY)
        where = "jsonpath={.metadata.uid} {.status.succeeded} {.spec.template.spec.containers[0].image}"
        uid, succeeded, its_image = (await listener.kubectl("get", "job", "migrate", "-o", where)).split()
        assert (succeeded, its_image) == ("1", image)
        uids.append(uid)
    assert len(set(uids)) == 3


async def test_a_rollback_arrives_at_once_while_a_sync_hangs_in_a_hook(listener: ArgocdListener) -> None:
    good = [deployment(listener.image(BODY="good"))]
    await listener.until_state(await listener.deploy(app1=good), HEALTHY)
    other = listener.image(BODY="other")
    hangs = await listener.deploy(
        app1=[deployment(other), job(other, "sleep", "3600", annotations=BEFORE_THE_SYNC)]
    )
    await listener.until_state(hangs, DeploymentState.PROGRESSING, words="waiting for completion of hook")

    taken_back = await listener.deploy(app1=good)
    not_yet = (DeploymentState.PENDING, DeploymentState.PROGRESSING)
    await listener.until_state(taken_back, *not_yet, words="waiting for completion of hook")
    await listener.world.engine.interrupt(INSTANCE)
    await listener.until_state(taken_back, HEALTHY)
    assert HEALTHY not in listener.states(hangs)
