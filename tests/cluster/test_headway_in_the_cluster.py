"""Headway's own image, run by the manifests of deploy/kubernetes: it is ready, and asks an Argo CD."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from demo.world.builder import Builder
from ruamel.yaml import YAML
from tests.fixtures.git_remote import BareRemote, HttpRemote
from tools.cluster import Cluster, ClusterError
from tools.image import DEPLOY

from headway.adapters.files.init import REPOSITORIES, write_estate

pytestmark = pytest.mark.cluster

READY_WITHIN_S = 120
STATE_OF = "10001"
"""User and group of the image."""


@pytest.fixture
def estate(cluster: Cluster, tmp_path: Path, git_settings: None) -> Iterator[str]:  # noqa: ARG001
    """Serve an estate for Argo CD where the cluster reaches it, and give the URL of its first repository."""
    (tmp_path / "remotes").mkdir()
    server = HttpRemote(tmp_path / "remotes", host=cluster.host_address)
    url = server.url("argocd-oc-apps.git").removesuffix("/argocd-oc-apps.git")
    write_estate(tmp_path / "estate", person="ann", remotes=url, argocd=cluster.argocds["staging"].url)
    for name in REPOSITORIES:
        folder = tmp_path / "estate" / name
        files = {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
        BareRemote(tmp_path / f"remotes/{name}.git").commit("main", dict(files))
    yield f"{url}/argocd-oc-apps.git"
    server.close()


@pytest.fixture
def volume(cluster: Cluster, namespace: str, tmp_path: Path) -> Iterator[None]:
    """Give the claim a folder of this machine: the cluster has no storage class."""
    folder = tmp_path / "volume"
    folder.mkdir()
    shutil.chown(folder, int(STATE_OF), int(STATE_OF))
    about = {"name": f"state-{namespace}"}
    spec = {
        "capacity": {"storage": "5Gi"},
        "accessModes": ["ReadWriteOnce"],
        "hostPath": {"path": str(folder)},
        "claimRef": {"namespace": namespace, "name": "state-headway-0"},
    }
    cluster.apply([{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": about, "spec": spec}])
    yield
    cluster.kubectl("delete", "persistentvolume", about["name"], "--wait=false")


@pytest.fixture
def image(cluster: Cluster, headway_image: tuple[Builder, str]) -> str:
    """Push the image to the cluster's registry, and give its name there."""
    builder, tag = headway_image
    pushed = f"{cluster.registry}/platform/headway:test"
    builder.buildah("push", "--quiet", "--tls-verify=false", tag, f"docker://{pushed}", timeout_s=300)
    return pushed


@pytest.fixture
def objects(namespace: str, estate: str, image: str, tmp_path: Path, kustomize_program: Path) -> list[Any]:
    """Build an overlay of deploy/kubernetes as the page shows it."""
    shutil.copytree(DEPLOY / "kubernetes", tmp_path / "kubernetes")
    name, _, tag = image.rpartition(":")
    overlay = {
        "namespace": namespace,
        "resources": ["../kubernetes"],
        "images": [{"name": "headway", "newName": name, "newTag": tag}],
        "configMapGenerator": [
            {"name": "headway", "behavior": "merge", "literals": [f"HEADWAY_ESTATE={estate}"]}
        ],
    }
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay/kustomization.yaml").write_text(json.dumps(overlay))
    argv = [kustomize_program, "build", tmp_path / "overlay"]
    done = subprocess.run(argv, capture_output=True, timeout=180, check=True)
    return list(YAML(typ="safe", pure=True).load_all(done.stdout))


# The first time the system of its image comes out of Debian's packages.
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("volume")
def test_it_runs_restricted_and_asks_argo_cd(cluster: Cluster, namespace: str, objects: list[Any]) -> None:
    cluster.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    cluster.apply([_credentials(cluster, namespace), *objects])
    _wait_ready(cluster, namespace)
    findings = {one["environment"]: one["findings"] for one in _doctor(cluster, namespace)["environments"]}
    assert {one["what"] for one in findings["staging"] if one["severity"] == "wrong"} == {
        f"no Argo CD Application reads {name}/staging/manifests" for name in ("oneconnect", "nats")
    }
    assert "development.argocd.json" in findings["development"][0]["why"]


def _credentials(cluster: Cluster, namespace: str) -> dict[str, object]:
    argocd = cluster.argocds["staging"]
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "headway-credentials", "namespace": namespace},
        "stringData": {"staging.argocd.json": json.dumps({"url": argocd.url, "token": argocd.token()})},
    }


def _wait_ready(cluster: Cluster, namespace: str) -> None:
    try:
        cluster.kubectl(
            *("-n", namespace, "rollout", "status", "statefulset/headway", f"--timeout={READY_WITHIN_S}s"),
            timeout_s=READY_WITHIN_S + 10,
        )
    except ClusterError as error:
        told = cluster.kubectl("-n", namespace, "describe", "pods")
        raise AssertionError(f"it is not ready: {told}") from error


def _doctor(cluster: Cluster, namespace: str) -> dict[str, Any]:
    """Ask until an estate is in force: the service is ready before it has read one."""
    ends = time.monotonic() + READY_WITHIN_S
    # Something is wrong, so the command ends with 1; its answer is what is looked at.
    asked = ("sh", "-c", "headway doctor -o json; true")
    while True:
        said = cluster.kubectl("-n", namespace, "exec", "headway-0", "--", *asked)
        if said.strip():
            found: dict[str, Any] = json.loads(said)
            return found
        assert time.monotonic() < ends, cluster.kubectl("-n", namespace, "logs", "headway-0")
        time.sleep(0.5)
