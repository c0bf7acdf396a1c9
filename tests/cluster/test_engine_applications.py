"""Applications as teams have them: found whatever made them, and what keeps them from following is said."""

import asyncio
from typing import Any

import pytest
from tests.fixtures.argocd_engine import application
from tests.fixtures.argocd_listener import ArgocdListener
from tests.fixtures.podman_engine import INSTANCE, deployment

from headway.domain.deployment import Cause, DeploymentState
from headway.domain.names import PromotionId

pytestmark = pytest.mark.cluster

HEALTHY, FAILED = DeploymentState.HEALTHY, DeploymentState.FAILED


async def test_one_that_an_applicationset_made_is_found_and_comes_back(listener: ArgocdListener) -> None:
    world = listener.world
    await listener.delete_application()
    made = application("{{name}}", listener.argocd.namespace, world.url, INSTANCE, world.namespace)
    template = {"metadata": {"name": "{{name}}"}, "spec": made["spec"]}
    name = f"set-{world.application}"
    applicationset = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": {"name": name, "namespace": listener.argocd.namespace},
        "spec": {"generators": [{"list": {"elements": [{"name": f"by-{name}"}]}}], "template": template},
    }
    await asyncio.to_thread(world.cluster.apply, [applicationset])
    try:
        await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
        await listener.of_argocd("delete", "applications.argoproj.io", f"by-{name}")
        again = await listener.deploy(app1=[deployment(listener.image(BODY="again"))])
        await listener.until_state(again, HEALTHY)
    finally:
        await listener.of_argocd("delete", "--wait=false", "applicationsets.argoproj.io", name)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"syncPolicy": {"automated": None}}, "automated sync is off"),
        ({"sources": [{}]}, "it has several sources"),
    ],
)
async def test_one_that_does_not_follow_says_so_until_it_does(
    spec: dict[str, Any], words: str, listener: ArgocdListener
) -> None:
    good = [deployment(listener.image())]
    await listener.until_state(await listener.deploy(app1=good), HEALTHY)
    before = (await listener.live_application())["spec"]
    if "sources" in spec:
        spec = {"sources": [before["source"]], "source": None}
    await listener.patch(spec)

    promotion = await listener.deploy(app1=[deployment(listener.image(BODY="next"))])
    told = await listener.until_state(
        promotion, DeploymentState.PENDING, cause=Cause.SURROUNDINGS, words=words
    )
    assert listener.world.application in told.words
    await listener.patch({"sources": None, "source": before["source"], "syncPolicy": before["syncPolicy"]})
    await listener.until_state(promotion, HEALTHY)
    _never_failed(listener, promotion)


async def test_a_sync_window_that_denies_is_said(listener: ArgocdListener) -> None:
    world = listener.world
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    project = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {"name": world.namespace, "namespace": listener.argocd.namespace},
        "spec": {
            "sourceRepos": ["*"],
            "destinations": [{"server": "*", "namespace": "*"}],
            "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
            "syncWindows": [
                {"kind": "deny", "schedule": "* * * * *", "duration": "1h", "applications": ["*"]}
            ],
        },
    }
    await asyncio.to_thread(world.cluster.apply, [project])
    await listener.patch({"project": world.namespace})
    promotion = await listener.deploy(app1=[deployment(listener.image(BODY="next"))])
    told = await listener.until_state(
        promotion, DeploymentState.PROGRESSING, cause=Cause.SURROUNDINGS, words="sync window"
    )
    assert "deny" in told.words
    assert "* * * * *" in told.words
    await listener.patch({"project": "default"})
    await listener.until_state(promotion, HEALTHY)
    _never_failed(listener, promotion)
    await listener.of_argocd("delete", "appprojects.argoproj.io", world.namespace)


async def test_an_object_that_may_not_be_pruned_is_said(listener: ArgocdListener) -> None:
    image = listener.image()
    kept = deployment(image, "app2")
    kept["metadata"]["annotations"] = {"argocd.argoproj.io/sync-options": "Prune=false"}
    first = await listener.deploy(app1=[deployment(image)], app2=[kept])
    await listener.until_state(first, HEALTHY, artifact="app2")

    promotion = await listener.deploy(app1=[deployment(image)])
    told = await listener.until_state(
        promotion, DeploymentState.PROGRESSING, cause=Cause.SURROUNDINGS, words="Prune=false"
    )
    assert "Deployment app2" in told.words
    await listener.kubectl("delete", "deployment", "app2")
    await listener.until_state(promotion, HEALTHY)
    _never_failed(listener, promotion)


def _never_failed(listener: ArgocdListener, promotion: PromotionId) -> None:
    assert FAILED not in listener.states(promotion)
