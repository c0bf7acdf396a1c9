"""A real API server takes the shipped standards, and says of their examples what Headway says on the desk."""

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.cluster import own_cluster
from tests.fixtures.desk_estate import headway
from tests.fixtures.policy_documents import Document
from tests.fixtures.policy_server import PolicyServer
from tests.fixtures.shipped_cases import CAUGHT, LET_THROUGH, deployment, pods_in
from tests.fixtures.shipped_judging import judged
from tests.fixtures.shipped_standards import EXAMPLES, ORDINARY, example, ordinary, parameters
from tools.cluster import Cluster

from headway.app.bounded_yaml import read_documents
from headway.standards import SHIPPED

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
NOT_SERVED = frozenset({"gateway-tls"})
"""Their kinds are not among those of the test cluster."""
ENOUGH = 200
"""Objects below which the comparison says too little."""
DEPLOY = Path(__file__).parents[2] / "deploy/standards"
ESTATE = """\
apiVersion: headway.dev/v1
kind: Estate
environments:
  production: {engine: {argocd: {url: "https://argocd.example"}}}
lanes:
  standard:
  - {wave: production, instances: {prod: production}}
roles: {platform: [ann]}
manifests: [{name: apps, url: "https://git.example/apps.git"}]
standards: {use: [all]}
"""
APPLICATION = """\
apiVersion: headway.dev/v1
kind: Application
lane: standard
artifacts: {{shop: {{}}}}
namespaces: {{prod: {place}}}
"""
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


def _estate(folder: Path, place: str) -> Path:
    """Write an estate that asks for every standard, and has one instance, in a namespace of that name."""
    apps = folder / "apps"
    (apps / "shop/shop/overlays/prod").mkdir(parents=True)
    (apps / "standards").mkdir()
    (apps / "standards/parameters.yaml").write_bytes(parameters())
    (apps / "estate.yaml").write_text(ESTATE)
    (apps / "shop/application.yaml").write_text(APPLICATION.format(place=place))
    (apps / "shop/shop/overlays/prod/kustomization.yaml").write_text("resources: []\n")
    return apps


def _state(cluster: Cluster, folder: Path) -> Path:
    """Write the token of an account that may do what deploy/standards says, and no more."""
    documents = [_documents((DEPLOY / name).read_bytes()) for name in ("account.yaml", "role.yaml")]
    for one in (each for several in documents for each in several):
        if one["kind"] == "ServiceAccount":
            one["metadata"]["namespace"] = "headway"
        cluster.apply([one])
    token = cluster.kubectl("create", "token", "headway-standards", "--namespace", "headway").strip()
    view = json.loads(cluster.kubeconfig.read_text())["clusters"][0]["cluster"]
    credentials = folder / "credentials"
    credentials.mkdir()
    (credentials / "ca.crt").write_bytes(base64.b64decode(view["certificate-authority-data"]))
    named = {"url": view["server"], "token": token, "ca": "ca.crt"}
    (credentials / "production.standards.json").write_text(json.dumps(named))
    return folder


def _account(namespace: str) -> Document:
    """Give the account that a case names: a server takes no pod without it."""
    metadata = {"name": "runner", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


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
    cluster: Cluster, server: PolicyServer, namespace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command installs the rules, with an account that has no more rights than the page gives it."""
    place = f"{namespace}-prod"
    cluster.kubectl("create", "namespace", place)
    server.install([_account(place)])
    install = _installer(_state(cluster, tmp_path), _estate(tmp_path, place))
    code, told, said = await install(capsys, "--dry-run")
    assert (code, told.count("would be created")) == (0, 2 * len(_for_a_cluster()) + 2), said
    assert "secret-values: it is about what stands in Git" in said
    code, told, said = await install(capsys)
    assert (code, told.count("is created")) == (0, 2 * len(_for_a_cluster()) + 2), said
    code, told, _ = await install(capsys)
    assert (code, told.count("is there already")) == (0, 2 * len(_for_a_cluster()) + 2)

    differences, denied, asked = [], set(), 0
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
            rule = label.removesuffix("/fails")
            assert f"'{rule}' with binding '{rule}.production' denied request" in theirs.message
    assert differences == []
    assert denied == {f"{rule}/fails" for rule in _for_a_cluster() if rule not in NOT_SERVED}
    assert asked >= ENOUGH
    (elsewhere,) = example("readiness", "fails")
    assert server.ask(elsewhere, namespace).admitted, "it binds in other namespaces"

    code, told, _ = await install(capsys, "--remove")
    assert (code, told.count("is removed")) == (0, 2 * len(_for_a_cluster()))
    assert json.loads(cluster.kubectl("get", "validatingadmissionpolicies", "-o", "json"))["items"] == []
    theirs = {**_for_a_cluster()["readiness"][0]}
    server.install([theirs])
    code, _, said = await install(capsys)
    assert (code, "ValidatingAdmissionPolicy readiness cannot be written" in said) == (1, True)
    server.remove([theirs])


Install = Callable[..., Awaitable[tuple[int, str, str]]]


def _installer(state: Path, apps: Path) -> Install:
    """Give what runs the command in a thread: it has an event loop of its own."""

    async def install(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
        words = ("--state", str(state), "standards", "install", "production", str(apps), *arguments)
        return await asyncio.to_thread(headway, capsys, *words)

    return install
