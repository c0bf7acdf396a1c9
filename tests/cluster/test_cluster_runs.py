"""The cluster is a real one: pods of images from its registry, names, services, and programs that restart."""

import time
from pathlib import Path

import httpx
import pytest
from tests.fixtures.cluster import deployment
from tests.fixtures.images import ImagePublisher
from tools.cluster import Cluster

pytestmark = pytest.mark.cluster

SERVED_WITHIN_S = 120.0


def test_the_node_is_ready_and_speaks_the_pinned_version(cluster: Cluster) -> None:
    node = cluster.kubectl("get", "node", "-o", "jsonpath={.items[*].status.nodeInfo.kubeletVersion}")
    assert node == "v1.34.4"


def test_pods_of_an_image_from_the_registry_serve_behind_a_service(
    cluster: Cluster, cluster_images: ImagePublisher, namespace: str
) -> None:
    image = cluster_images.publish(environment={"BODY": "from the cluster"})
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "app1"},
        "spec": {
            "type": "NodePort",
            "selector": {"app": "app1"},
            "ports": [{"port": 80, "targetPort": 8080}],
        },
    }
    objects = [deployment("app1", image.reference, replicas=2), service]
    cluster.kubectl(
        *("-n", namespace, "apply", "-f", "-"),
        given={"apiVersion": "v1", "kind": "List", "items": objects},
    )

    cluster.kubectl("-n", namespace, "rollout", "status", "deployment/app1", "--timeout=240s", timeout_s=250)

    port = cluster.kubectl(
        "-n", namespace, "get", "service", "app1", "-o", "jsonpath={.spec.ports[0].nodePort}"
    )
    assert _ask(f"http://{cluster.node_address}:{port}/").strip() == "from the cluster"
    by_name = (
        "exec",
        "deployment/app1",
        "--",
        "/probe",
        "get",
        f"http://app1.{namespace}.svc.cluster.local/",
    )
    cluster.kubectl("-n", namespace, *by_name)


def test_an_api_server_that_was_killed_knows_what_it_knew(cluster: Cluster, namespace: str) -> None:
    cluster.restart("apiserver", kill=True)
    assert cluster.kubectl("get", "namespace", namespace, "-o", "jsonpath={.status.phase}") == "Active"


def test_the_machines_own_tunables_and_links_are_not_the_clusters(cluster: Cluster) -> None:
    assert not Path("/sys/class/net/cni0").exists(), "the pods' bridge is inside"
    assert cluster.run_inside("cat", "/proc/sys/vm/overcommit_memory").strip() == "1", "kubelet's"


def _ask(url: str) -> str:
    """Ask until somebody answers: kube-proxy writes a service's rules a moment after its pods are ready."""
    ends = time.monotonic() + SERVED_WITHIN_S
    while True:
        try:
            return httpx.get(url, timeout=60, trust_env=False).text
        except httpx.ConnectError:
            assert time.monotonic() < ends
            time.sleep(0.05)
