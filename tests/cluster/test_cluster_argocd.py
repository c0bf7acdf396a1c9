"""The cluster's Argo CDs are real ones: accounts, roles and tokens, and a sync from Git after a refresh."""

import json
import time
from typing import Any

import httpx
import pytest
from tests.fixtures.cluster import deployment
from tests.fixtures.git_remote import BareRemote
from tests.fixtures.images import ImagePublisher
from tools.cluster import ArgoCD, Cluster, ClusterError

pytestmark = pytest.mark.cluster

SYNCED_WITHIN_S = 180.0


def client_of(argocd: ArgoCD, token: str) -> httpx.Client:
    """Give a client of an Argo CD's API."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=argocd.url, headers=headers, trust_env=False, timeout=30)


def application(name: str, argocd: ArgoCD, remote: BareRemote, namespace: str) -> dict[str, object]:
    """Give an Application that syncs a branch's folder `manifests` by itself."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": argocd.namespace},
        "spec": {
            "project": "default",
            "source": {"repoURL": remote.url, "targetRevision": "main", "path": "manifests"},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": namespace},
            "syncPolicy": {"automated": {"prune": True}},
        },
    }


@pytest.mark.parametrize("name", ["staging", "production"])
def test_each_argocd_syncs_a_commit_after_a_refresh(
    name: str, cluster: Cluster, cluster_images: ImagePublisher, cluster_remote: BareRemote, namespace: str
) -> None:
    argocd = cluster.argocds[name]
    image = cluster_images.publish()
    cluster_remote.commit("main", {"manifests/app1.json": _json(deployment("app1", image.reference))})
    cluster.apply([application(namespace, argocd, cluster_remote, namespace)])
    with client_of(argocd, argocd.token("admin")) as client:
        _wait_for(client, namespace, cluster_remote.tip("main"))

        second = cluster_remote.commit(
            "main", {"manifests/app1.json": _json(deployment("app1", image.reference, replicas=2))}
        )
        asked = client.get(f"/api/v1/applications/{namespace}", params={"refresh": "normal"})
        assert asked.status_code == 200, asked.text
        _wait_for(client, namespace, second)
        ready = cluster.kubectl(
            *("-n", namespace, "get", "deployment", "app1", "-o", "jsonpath={.status.readyReplicas}")
        )
        assert ready == "2"
        as_json = {"Content-Type": "application/json"}  # Argo CD changes nothing without it
        client.delete(f"/api/v1/applications/{namespace}", headers=as_json).raise_for_status()


def test_an_account_may_do_what_the_policy_allows_and_nothing_else(cluster: Cluster) -> None:
    argocd = cluster.argocds["staging"]
    with client_of(argocd, argocd.token()) as client:
        assert client.get("/api/v1/applications").status_code == 200
        assert client.get("/api/v1/projects").json()["items"] is None, "it may see no project"
    with client_of(argocd, "") as nobody:
        assert nobody.get("/api/v1/applications").status_code == 401


def test_a_revoked_token_is_refused(cluster: Cluster) -> None:
    argocd = cluster.argocds["staging"]
    with client_of(argocd, argocd.token(token_id="short-lived")) as client:
        assert client.get("/api/v1/applications").status_code == 200
        argocd.revoke("short-lived")
        assert client.get("/api/v1/applications").status_code == 401


def test_a_part_that_was_stopped_is_away_until_it_is_started(cluster: Cluster) -> None:
    argocd = cluster.argocds["production"]
    cluster.stop(argocd.program("server"))
    with pytest.raises(ClusterError, match="it is away"):
        argocd.token()
    cluster.start(argocd.program("server"))
    assert argocd.token()


def _wait_for(client: httpx.Client, name: str, revision: str | None) -> None:
    ends = time.monotonic() + SYNCED_WITHIN_S
    seen: dict[str, Any] = {}
    while time.monotonic() < ends:
        seen = client.get(f"/api/v1/applications/{name}").raise_for_status().json().get("status", {})
        sync, health = seen.get("sync", {}), seen.get("health", {})
        if (sync.get("status"), sync.get("revision"), health.get("status")) == (
            "Synced",
            revision,
            "Healthy",
        ):
            return
        time.sleep(0.1)
    raise AssertionError(f"not synced and healthy: {seen}")


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
