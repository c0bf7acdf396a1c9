"""What `headway init` writes is taken by a real Argo CD: the bootstrap brings the Applications."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.fixtures.git_remote import BareRemote, HttpRemote
from tools.cluster import ArgoCD, Cluster

from headway.adapters.files.init import write_estate

pytestmark = pytest.mark.cluster

COME_WITHIN_S = 180.0
WRITTEN = {"nats-staging", "oneconnect-staging"}
KIND = "applications.argoproj.io"


@pytest.fixture
def argocd(cluster: Cluster) -> Iterator[ArgoCD]:
    """Give the Argo CD of staging, and remove what was written for it."""
    found = cluster.argocds["staging"]
    yield found
    names = ["headway-staging", *WRITTEN]
    cluster.kubectl("-n", found.namespace, "delete", KIND, *names, "--ignore-not-found", "--wait=false")


@pytest.fixture
def remotes(cluster: Cluster, tmp_path: Path, git_settings: None) -> Iterator[HttpRemote]:  # noqa: ARG001
    """Serve bare repositories where the cluster reaches them."""
    (tmp_path / "remotes").mkdir()
    server = HttpRemote(tmp_path / "remotes", host=cluster.host_address)
    yield server
    server.close()


def test_the_bootstrap_brings_every_application_of_its_environment(
    cluster: Cluster, argocd: ArgoCD, remotes: HttpRemote, tmp_path: Path
) -> None:
    url = remotes.url("argocd-oc-apps.git").removesuffix("/argocd-oc-apps.git")
    write_estate(tmp_path / "estate", person="ann", remotes=url, argocd=argocd.url)
    apps = tmp_path / "estate/argocd-oc-apps"
    # The test cluster's Argo CDs share a cluster, so each has a namespace of its own.
    files = {
        str(path.relative_to(apps)): path.read_bytes().replace(
            b"namespace: argocd", f"namespace: {argocd.namespace}".encode()
        )
        for path in apps.rglob("*.yaml")
    }
    BareRemote(tmp_path / "remotes/argocd-oc-apps.git").commit("main", dict(files))
    cluster.apply([YAML(typ="safe", pure=True).load(files["argocd/staging/bootstrap.yaml"])])
    found = _applications(cluster, argocd, WRITTEN)
    for name in WRITTEN:
        policy = found[name]["spec"]["syncPolicy"]
        assert policy["retry"]["refresh"] is True, "this Argo CD knows the field"
        assert policy["automated"] == {"prune": True, "selfHeal": True, "allowEmpty": True}


def _applications(cluster: Cluster, argocd: ArgoCD, names: set[str]) -> dict[str, Any]:
    ends = time.monotonic() + COME_WITHIN_S
    while True:
        where = f"/apis/argoproj.io/v1alpha1/namespaces/{argocd.namespace}/applications"
        items = json.loads(cluster.read(where))["items"]
        found = {one["metadata"]["name"]: one for one in items}
        if names <= set(found):
            return found
        assert time.monotonic() < ends, found.get("headway-staging", {}).get("status")
        time.sleep(0.2)
