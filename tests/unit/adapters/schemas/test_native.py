"""What Kubernetes' own kinds refuse: the very text that a person meets, one mistake at a time."""

# ruff: noqa: E501 - the texts stand as a person meets them

import pytest
from tests.unit.adapters.schemas.conftest import Said

from headway.adapters.schemas import PackagedSchemas
from headway.domain.kubernetes_version import KubernetesVersion

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: app1}
spec:
  replicas: 2
  selector: {matchLabels: {app: app1}}
  template:
    metadata: {labels: {app: app1}}
    spec:
      containers:
      - name: app1
        image: harbor.example.com/shop/app1
        ports: [{containerPort: 8080}]
        env: [{name: LEVEL, value: info}]
        resources: {limits: {memory: 128Mi}}
"""
CONTAINER = "spec.template.spec.containers[0]"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param(
            "  replicas: 2",
            "  replica: 2",
            "schema spec.replica: unknown field. Did you mean replicas?",
            id="misspelt field",
        ),
        pytest.param(
            "        image:",
            "        command_line: x\n        image:",
            f"schema {CONTAINER}.command_line: unknown field. Did you mean command?",
            id="misspelt field in a list",
        ),
        pytest.param(
            "labels: {app: app1}",
            "labels: {app: app1}, zzz: 1",
            "schema spec.template.metadata.zzz: unknown field. There is annotations, creationTimestamp, deletionGracePeriodSeconds, deletionTimestamp, finalizers, generateName, generation, labels, managedFields, name, namespace, ownerReferences, …",
            id="unknown field",
        ),
        pytest.param(
            "  replicas: 2",
            '  replicas: "2"',
            "schema spec.replicas: it takes a whole number, not a text. Take the quotes away",
            id="quoted number",
        ),
        pytest.param(
            "  replicas: 2",
            "  replicas: 2.5",
            "schema spec.replicas: it takes a whole number, not the number 2.5",
            id="part of a replica",
        ),
        pytest.param(
            "containerPort: 8080",
            "containerPort: http",
            f"schema {CONTAINER}.ports[0].containerPort: it takes a whole number, not a text",
            id="name for a number",
        ),
        pytest.param(
            "containerPort: 8080",
            "containerPort: null",
            f"schema {CONTAINER}.ports[0].containerPort: it takes a whole number, not nothing",
            id="nothing for what is required",
        ),
        pytest.param(
            "containerPort: 8080",
            "containerPort: 99999999999",
            f"schema {CONTAINER}.ports[0].containerPort: it must be 2147483647 or less",
            id="number out of range",
        ),
        pytest.param(
            "value: info",
            "value: 8",
            f"schema {CONTAINER}.env[0].value: it takes a text, not a number. Put it in quotes",
            id="number for a text",
        ),
        pytest.param(
            "value: info",
            "value: yes",
            f"schema {CONTAINER}.env[0].value: it takes a text, not true. Put it in quotes",
            id="yes for a text",
        ),
        pytest.param(
            "ports: [{containerPort: 8080}]",
            "ports: {containerPort: 8080}",
            f"schema {CONTAINER}.ports: it takes a list, not a mapping",
            id="mapping for a list",
        ),
        pytest.param(
            "  selector: {matchLabels: {app: app1}}\n",
            "",
            "schema spec.selector: it is missing. Add selector: {…}",
            id="missing mapping",
        ),
        pytest.param(
            "- name: app1\n        image:",
            "- image:",
            f"schema {CONTAINER}.name: it is missing. Add name: …",
            id="missing text",
        ),
        pytest.param(
            "memory: 128Mi",
            "memory: 128mb",
            f'schema {CONTAINER}.resources.limits.memory: it is no quantity. Write it like 100m, 0.5, 128Mi or "2"',
            id="no quantity",
        ),
        pytest.param(
            "metadata: {name: app1}",
            "metadata: {name: app1, labels: {example.com/build: 7}}",
            "schema metadata.labels['example.com/build']: it takes a text, not a number. Put it in quotes",
            id="number for a label",
        ),
        pytest.param(
            "metadata: {name: app1}",
            "metadata: {name: app1, creationTimestamp: yesterday}",
            "schema metadata.creationTimestamp: it is no instant. Write it like 2026-11-25T18:30:00Z",
            id="no instant",
        ),
        pytest.param(
            "metadata: {name: app1}",
            "metadata: {labels: {app: app1}}",
            "schema metadata.name: it is missing. Add name: …",
            id="no name",
        ),
        pytest.param(
            "kind: Deployment",
            "kind: Deploymnet",
            "schema apiVersion: Kubernetes 1.34 has no kind 'Deploymnet' in apps/v1. Did you mean Deployment?",
            id="misspelt kind",
        ),
        pytest.param(
            "apps/v1",
            "app/v1",
            "schema apiVersion: Deployment is not served in app/v1. Write apiVersion: apps/v1",
            id="misspelt group",
        ),
        pytest.param(
            "kind: Deployment",
            "kind: 7",
            "schema kind: it has no kind, so it is no Kubernetes object. Add kind: …",
            id="no kind",
        ),
    ],
)
async def test_each_mistake_is_told_with_its_place_and_a_way_out(
    said: Said, old: str, new: str, line: str
) -> None:
    assert old in DEPLOYMENT
    assert await said(DEPLOYMENT) == []
    assert await said(DEPLOYMENT.replace(old, new)) == [line]


async def test_all_mistakes_are_told_in_the_order_of_their_places(said: Said) -> None:
    spoilt = DEPLOYMENT.replace("replicas: 2", "replica: 2").replace("8080", "http").replace("Mi", "mb")
    assert [line.split(": ")[0] for line in await said(spoilt)] == [
        "schema spec.replica",
        f"schema {CONTAINER}.ports[0].containerPort",
        f"schema {CONTAINER}.resources.limits.memory",
    ]


async def test_of_very_many_mistakes_the_first_are_told(said: Said) -> None:
    fields = "".join(f"  field{index:03}: 1\n" for index in range(60))
    lines = await said(f"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec:\n{fields}")
    assert len(lines) == 51
    assert lines[-1] == "schema : it has 10 mistakes more. Mend these first"


@pytest.mark.parametrize(
    "data", ["a2V5", "a2U=", "aw==", "", "'a2V5\n\n  a2V5'", '"a2V5\\r\\na2V5\\n"'], ids=repr
)
async def test_what_go_reads_as_base64_may_be_a_secret(said: Said, data: str) -> None:
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata: {{key: {data or repr('')}}}\n"
    assert await said(secret) == []


@pytest.mark.parametrize("data", ["hunter2!", "a2V", "a2V5=", "=", "a=2=", "a b c d"])
async def test_what_is_not_base64_is_refused_and_not_told(said: Said, data: str) -> None:
    (line,) = await said(f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata: {{key: '{data}'}}\n")
    assert line == "schema data.key: it is not base64. Encode it, or write it under stringData"


@pytest.mark.parametrize(
    "quantity", ["1", "0.5", ".5", "5.", "+1", "-1", "100m", "1k", "1Ki", "1e3", "1E-3", "1E"]
)
async def test_what_kubernetes_reads_is_a_quantity(said: Said, quantity: str) -> None:
    assert await said(DEPLOYMENT.replace("128Mi", f"'{quantity}'")) == []


@pytest.mark.parametrize("quantity", ["", "1 Gi", "1gi", "1KB", "1,5", "Mi", "1e", "1.5.2", "--1", "1K"])
async def test_what_kubernetes_does_not_read_is_no_quantity(said: Said, quantity: str) -> None:
    assert len(await said(DEPLOYMENT.replace("128Mi", f"'{quantity}'"))) == 1


async def test_what_a_server_overwrites_is_not_judged(said: Said) -> None:
    budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nstatus: {anything: 1}\n"
    assert await said(budget) == []


async def test_what_is_no_json_is_refused() -> None:
    odd = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {1: "one"}}
    judged = await PackagedSchemas().judge([odd], KubernetesVersion(1, 34))
    (violation,) = judged.violations
    assert violation.message == "a key in it is no text, so it is no JSON. Put the key in quotes"


async def test_a_version_without_schemas_leaves_all_unjudged(said: Said) -> None:
    for version in ("1.24", "1.99"):
        lines = await said(DEPLOYMENT.replace("replicas", "replica"), version)
        assert len(lines) == 1
        assert lines[0].startswith("Deployment app1 cannot be judged: no schemas of Kubernetes 1.")
        assert lines[0].endswith("Judge by one of these, or bring Headway up to date")
