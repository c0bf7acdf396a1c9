"""What is away comes back: each fault is said in words, none is a version's, and the promotion goes on."""

import asyncio
import itertools
import json
import ssl
from datetime import timedelta

import httpx
import pytest
from tests.fixtures.argocd_listener import ArgocdListener
from tests.fixtures.podman_engine import deployment
from tools.cluster.kubernetes import API_PORT

from headway.domain.deployment import Cause, DeploymentState
from headway.domain.names import PromotionId

pytestmark = pytest.mark.cluster

HEALTHY = DeploymentState.HEALTHY
NOT_YET = (DeploymentState.PENDING, DeploymentState.PROGRESSING)
LATE = "late/app"


async def test_the_api_server_is_killed_in_mid_promotion(listener: ArgocdListener) -> None:
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    slow = listener.image(LISTEN_DELAY_S="3")
    promotion = await listener.deploy(app1=[deployment(slow)])
    await listener.until_state(promotion, DeploymentState.PROGRESSING)
    async with listener.without("apiserver", kill=True):
        pass
    await listener.until_state(promotion, HEALTHY)
    _never_condemned(listener, promotion)


async def test_the_repository_server_is_stopped(listener: ArgocdListener) -> None:
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    async with listener.without(listener.argocd.program("repo-server")):
        promotion = await listener.deploy(app1=[deployment(listener.image(BODY="next"))])
        told = await listener.until_state(
            promotion, DeploymentState.PENDING, cause=Cause.SURROUNDINGS, words="ComparisonError"
        )
        assert "connection refused" in told.words
    await listener.until_state(promotion, HEALTHY)
    _never_condemned(listener, promotion)


async def test_argocds_controller_is_away_for_a_minute(listener: ArgocdListener) -> None:
    """Its server answers all the while, with what the controller knew: the health of the version before."""
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    before = (await listener.live_application())["status"]
    async with listener.without(listener.argocd.program("controller")):
        since = await listener.cluster_time()
        promotion = await listener.deploy(app1=[deployment(listener.image(BODY="next"))])
        told = await listener.until_state(promotion, DeploymentState.PENDING, cause=Cause.SURROUNDINGS)
        assert "see whether its application controller runs" in told.words
        await listener.until_cluster_time(since + timedelta(minutes=1))
        assert set(listener.states(promotion)) == {DeploymentState.PENDING}
        status = (await listener.live_application())["status"]
        assert status["sync"]["revision"] == before["sync"]["revision"]
        assert status["reconciledAt"] == before["reconciledAt"]
        assert (status["sync"]["status"], status["health"]["status"]) == ("Synced", "Healthy")
    await listener.until_state(promotion, HEALTHY)
    _never_condemned(listener, promotion)


async def test_argocds_server_is_stopped(listener: ArgocdListener) -> None:
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    async with listener.without(listener.argocd.program("server")):
        promotion = await listener.deploy(app1=[deployment(listener.image(BODY="next"))])
        away = await listener.until_broken("engine-away")
        assert str(away).startswith("Argo CD of staging does not answer: ")
        assert "see whether its server runs" in away.next_step
    await listener.until_state(promotion, HEALTHY)
    _never_condemned(listener, promotion)


async def test_an_image_that_cannot_be_pulled_until_it_is_published(listener: ArgocdListener) -> None:
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    digest = listener.images.publish(environment={"BODY": "late"}).digest
    reference = f"{listener.world.cluster.registry}/{LATE}@{digest}"
    promotion = await listener.deploy(app1=[deployment(reference)])
    told = await listener.until_state(
        promotion, DeploymentState.PROGRESSING, cause=Cause.SURROUNDINGS, words="Pull"
    )
    assert LATE in told.words
    assert listener.images.publish(LATE, environment={"BODY": "late"}).digest == digest
    await listener.until_state(promotion, HEALTHY)
    _never_condemned(listener, promotion)


async def test_an_object_that_kubernetes_refuses_is_told_while_argocd_tries_again(
    listener: ArgocdListener,
) -> None:
    """With the retries that `init` writes Argo CD calls it running all the while."""
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    await listener.patch({"syncPolicy": {"retry": {"limit": 5, "refresh": True}}})
    pause = {"lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}
    image = listener.image(BODY="next")
    refused = deployment(image, container=pause, pod={"terminationGracePeriodSeconds": 2})
    promotion = await listener.deploy(app1=[refused])
    told = await listener.until_state(
        promotion, DeploymentState.PROGRESSING, cause=Cause.SURROUNDINGS, words="is invalid"
    )
    assert "must be non-negative and less than terminationGracePeriodSeconds" in told.words
    assert "Retrying" not in told.words
    _never_condemned(listener, promotion)
    mended = deployment(image, container=pause, pod={"terminationGracePeriodSeconds": 10})
    await listener.until_state(await listener.deploy(app1=[mended]), HEALTHY)


async def test_the_application_is_deleted_by_hand(listener: ArgocdListener) -> None:
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    await listener.delete_application()
    promotion = await listener.deploy(app1=[deployment(listener.image(BODY="next"))])
    told = await listener.until_state(
        promotion, DeploymentState.PENDING, cause=Cause.SURROUNDINGS, words="no Argo CD Application reads"
    )
    assert "oneconnect/staging/manifests" in told.words
    await listener.apply()
    await listener.until_state(promotion, HEALTHY)
    _never_condemned(listener, promotion)


async def test_the_token_is_revoked_until_there_is_a_new_one(listener: ArgocdListener) -> None:
    argocd, file = listener.argocd, listener.credentials / "staging.argocd.json"
    name = listener.world.namespace
    token = await asyncio.to_thread(argocd.token, token_id=name)
    file.write_text(json.dumps({"url": argocd.url, "token": token}))
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    await asyncio.to_thread(argocd.revoke, name)
    promotion = await listener.deploy(app1=[deployment(listener.image(BODY="next"))])
    denied = await listener.until_broken("engine-denied")
    assert denied.what == "Argo CD of staging refuses Headway"
    assert token not in str(denied)
    new = await asyncio.to_thread(argocd.token)
    file.write_text(json.dumps({"url": argocd.url, "token": new}))
    await listener.until_state(promotion, HEALTHY)
    _never_condemned(listener, promotion)


async def test_other_hands_write_to_the_application_all_the_while(listener: ArgocdListener) -> None:
    """A write of Argo CD that began before theirs conflicts (409); it is tried again, nobody is blamed."""
    await listener.until_state(await listener.deploy(app1=[deployment(listener.image())]), HEALTHY)
    before = await _conflicts(listener)
    async with asyncio.TaskGroup() as others:
        writing = [others.create_task(_write_on_and_on(listener, name)) for name in ("ann", "bob", "cat")]
        for number in range(20):
            promotion = await listener.deploy(app1=[deployment(listener.image(BODY=f"next {number}"))])
            await listener.until_state(promotion, HEALTHY)
            _never_condemned(listener, promotion)
            if await _conflicts(listener) > before:
                break
        for one in writing:
            one.cancel()
    assert await _conflicts(listener) > before, "twenty promotions, and no write of Argo CD was in the way"


async def _conflicts(listener: ArgocdListener) -> int:
    """Count how often the API server has told who wrote a whole Application that it was changed meanwhile."""
    wanted = ("apiserver_request_total{", 'code="409"', 'resource="applications"', 'verb="PUT"')
    told = (await listener.of_argocd("get", "--raw", "/metrics")).splitlines()
    return sum(int(line.rsplit(" ", 1)[1]) for line in told if all(one in line for one in wanted))


async def _write_on_and_on(listener: ArgocdListener, name: str) -> None:
    """Write as fast as the API server takes it, by patches, which conflict with nobody's themselves."""
    world = listener.world
    pki = world.cluster.folder / "pki"
    tls = ssl.create_default_context(cafile=pki / "ca.crt")
    tls.load_cert_chain(pki / "admin.crt", pki / "admin.key")
    group = f"apis/argoproj.io/v1alpha1/namespaces/{listener.argocd.namespace}/applications"
    url = f"https://{world.cluster.node_address}:{API_PORT}/{group}/{world.application}"
    merge = {"Content-Type": "application/merge-patch+json"}
    async with httpx.AsyncClient(verify=tls, trust_env=False, headers=merge) as client:
        for number in itertools.count():
            note = {"metadata": {"annotations": {f"example.com/{name}": str(number)}}}
            (await client.patch(url, content=json.dumps(note))).raise_for_status()


def _never_condemned(listener: ArgocdListener, promotion: PromotionId) -> None:
    assert set(listener.states(promotion)) <= {*NOT_YET, HEALTHY}
