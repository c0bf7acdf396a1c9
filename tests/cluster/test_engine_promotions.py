"""Only the lock that was asked for last counts, in whichever order Argo CD hears of commits."""

import asyncio
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fixtures.argocd_engine import application
from tests.fixtures.argocd_listener import ArgocdListener
from tests.fixtures.counted import Counted
from tests.fixtures.podman_engine import INSTANCE, STAGING, deployment

from headway.domain.deployment import Cause, DeploymentState
from headway.domain.names import InstanceName

pytestmark = pytest.mark.cluster

HEALTHY = DeploymentState.HEALTHY
SIBLING = InstanceName(INSTANCE.application, "sibling")


async def test_the_revision_of_before_healthy_right_after_the_push_opens_nothing(
    listener: ArgocdListener,
) -> None:
    """Argo CD calls the old revision Synced and Healthy until it looked; its looking is held back here."""
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    async with listener.without(listener.argocd.program("controller")):
        broken = listener.image(CRASH_AFTER_S="0")
        promotion = listener.push(app1=[deployment(broken)])
        telling = asyncio.create_task(listener.tell())
        told = await listener.until_state(
            promotion,
            DeploymentState.PENDING,
            cause=Cause.SURROUNDINGS,
            words="see whether its application controller runs",
        )
        status = (await listener.live_application())["status"]
        assert (status["sync"]["status"], status["health"]["status"]) == ("Synced", "Healthy")
        assert listener.world.application in told.words
    await telling
    await listener.until_state(promotion, DeploymentState.FAILED)
    assert HEALTHY not in listener.states(promotion)


async def test_taken_back_before_argocd_saw_the_promotion(listener: ArgocdListener) -> None:
    """Two commits, one refresh: the bad one never runs, and the lock of before is healthy anew."""
    good = [deployment(listener.image(BODY="good"))]
    await listener.until_state(await listener.deploy(app1=good), HEALTHY)
    bad = listener.push(app1=[deployment(listener.image(CRASH_AFTER_S="0"))])
    taken_back = await listener.deploy(app1=good)
    await listener.until_state(taken_back, HEALTHY)
    assert HEALTHY not in listener.states(bad)
    sets = await listener.kubectl("get", "replicasets", "-o", "jsonpath={.items[*].metadata.name}")
    assert len(sets.split()) == 1, "the bad version never came to the cluster"


async def test_a_promotion_that_changes_nothing_is_healthy_though_no_sync_comes(
    listener: ArgocdListener,
) -> None:
    same = [deployment(listener.image())]
    await listener.until_state(await listener.deploy(app1=same), HEALTHY)
    before = (await listener.live_application())["status"]["operationState"]
    again = await listener.deploy(app1=same)
    await listener.until_state(again, HEALTHY)
    assert (await listener.live_application())["status"]["operationState"] == before


async def test_a_siblings_commit_leaves_a_healthy_instance_as_it_is(
    counted_listener: ArgocdListener, counted_argocd: Counted
) -> None:
    """Only the sibling is refreshed; ours moves on to its commit later, and nothing is told of it."""
    listener, world = counted_listener, counted_listener.world
    first = await listener.deploy(app1=[deployment(listener.image())])
    await listener.until_state(first, HEALTHY)
    token = f"{world.application}-sibling"
    sibling = application(token, listener.argocd.namespace, world.url, SIBLING, world.namespace)
    await asyncio.to_thread(world.cluster.apply, [sibling])
    try:
        before = _refreshed(counted_argocd)
        other = await listener.deploy(instance=SIBLING, app2=[deployment(listener.image(), "app2")])
        await listener.until_state(other, HEALTHY, artifact="app2")
        since = _refreshed(counted_argocd) - before
        assert since[token] >= 1
        assert since.keys() == {token}
        tip = world.desired.revision(STAGING)
        await listener.refresh()
        await listener.until_application(lambda found: found["status"]["sync"]["revision"] == tip)
        assert set(listener.states(first)[listener.states(first).index(HEALTHY) :]) == {HEALTHY}
    finally:
        kind = ("delete", "--wait=false", "-n", listener.argocd.namespace, "applications.argoproj.io")
        await asyncio.to_thread(world.cluster.kubectl, *kind, token)


def _refreshed(argocd: Counted) -> Counter[str]:
    """Count how often Argo CD was asked to refresh each Application."""
    asked = [urlsplit(one) for one in argocd.asked]
    return Counter(one.path.rsplit("/", 1)[1] for one in asked if "refresh" in parse_qs(one.query))
