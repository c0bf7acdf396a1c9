"""A real API server takes the shipped standards, and says of their examples what Headway says on the desk."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.fixtures.cluster import own_cluster
from tests.fixtures.policy_documents import Document
from tests.fixtures.policy_server import PolicyServer, installed
from tests.fixtures.shipped_cases import CAUGHT, LET_THROUGH, deployment, pods_in
from tests.fixtures.shipped_judging import judged
from tests.fixtures.shipped_standards import EXAMPLES, ORDINARY, example, ordinary, parameters
from tools.cluster import Cluster

from headway.app.bounded_yaml import read_documents
from headway.standards import SHIPPED

pytestmark = pytest.mark.cluster
NOT_SERVED = frozenset({"gateway-tls"})
"""Their kinds are not among those of the test cluster."""
ENOUGH = 200
"""Objects below which the comparison says too little."""
BUILT_IN = ("v1", "apps/v1", "batch/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Give a cluster of this file's own in place of the one that all share."""
    with own_cluster(tmp_path_factory) as own:
        yield own


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[PolicyServer]:
    """Give the cluster's API server."""
    found = PolicyServer(cluster.kubeconfig)
    yield found
    found.client.close()


def _documents(text: bytes) -> list[dict[str, Any]]:
    return [one.value for one in read_documents(text, "a.yaml") if isinstance(one.value, dict)]


def _for_a_cluster() -> dict[str, list[dict[str, Any]]]:
    found = {rule: _documents(text) for rule, text in SHIPPED.items()}
    place = "headway.dev/place"
    return {rule: one for rule, one in found.items() if place not in one[0]["metadata"]["annotations"]}


def _account(namespace: str) -> Document:
    """Give the account that a case names: a server takes no pod without it."""
    metadata = {"name": "runner", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def _bound(namespace: str) -> list[Document]:
    """Give all that is installed: each policy is bound to one namespace, which has the parameters too."""
    (registries,) = _documents(parameters())
    registries["metadata"]["namespace"] = namespace
    found: list[Document] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        registries,
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "runner", "namespace": namespace},
        },
    ]
    selector = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    for rule, (policy, *bindings) in _for_a_cluster().items():
        bound = bindings[0]["spec"] if bindings else {"policyName": rule, "validationActions": ["Deny"]}
        if "paramRef" in bound:
            bound["paramRef"]["namespace"] = namespace
        found.append(policy)
        found.append(
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingAdmissionPolicyBinding",
                "metadata": {"name": rule},
                "spec": {**bound, "matchResources": selector},
            }
        )
    return found


def _objects() -> Iterator[tuple[str, dict[str, object]]]:
    rules = _for_a_cluster()
    for rule in EXAMPLES:
        if rule in rules and rule not in NOT_SERVED:
            for name in ("passes", "fails"):
                for one in example(rule, name):
                    yield f"{rule}/{name}", one
    for rule, change in CAUGHT:
        for (one,) in (deployment(change), *pods_in(change)):
            yield f"{rule}/fails", one
    for change in LET_THROUGH:
        for (one,) in (deployment(change), *pods_in(change)):
            yield "let through", one
    for name in ORDINARY:
        for one in ordinary(name):
            if one["apiVersion"] in BUILT_IN:
                yield name, one


def _wait_for_account(server: PolicyServer, namespace: str) -> None:
    """Wait for the account without which a server takes no pod in a new namespace."""
    ends = time.monotonic() + 30
    while server.client.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/default").status_code != 200:
        assert time.monotonic() < ends, "the namespace has no account"


async def _said_here(manifest: dict[str, object], namespace: str) -> str:
    """Give the words of the first violation, which are the server's; empty: there is none."""
    judgement = await judged([manifest], namespace)
    installed_rules = _for_a_cluster()
    found = [one for one in judgement.violations if one.rule in installed_rules]
    return min(((one.validation or 0, one.message) for one in found), default=(0, ""))[1]


async def test_the_server_says_of_every_example_what_is_said_on_the_desk(
    server: PolicyServer, namespace: str
) -> None:
    place = f"{namespace}-prod"
    differences, denied, asked = [], set(), 0
    with installed(server, _bound(place)):
        _wait_for_account(server, place)
        (probe,) = example("image-registry", "fails")
        server.wait_until_said(probe, place, await _said_here(probe, place))
        for label, manifest in _objects():
            theirs = server.ask(manifest, place)
            ours = await _said_here(manifest, place)
            asked += 1
            if theirs.said != ours:
                differences.append((label, theirs, ours))
            if not theirs.admitted:
                denied.add(label)
    assert differences == []
    assert denied == {f"{rule}/fails" for rule in _for_a_cluster() if rule not in NOT_SERVED}
    assert asked >= ENOUGH
