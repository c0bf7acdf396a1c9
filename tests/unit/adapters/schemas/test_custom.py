"""Custom resources are judged as their definition says, in a server's way of reading it."""

# ruff: noqa: E501 - the texts stand as a person meets them

import pytest
from ruamel.yaml import YAML
from tests.fixtures.ordinary_manifests import ordinary
from tests.unit.adapters.schemas.conftest import Said

from headway.adapters.kustomize.yaml_text import write_object

DEFINITION = write_object(ordinary("operator")[0]).decode()
BROKER = """\
apiVersion: queue.example.com/v1
kind: Broker
metadata: {name: orders}
spec:
  replicas: 3
"""


@pytest.mark.parametrize(
    "spec",
    [
        "host: null",
        "host: example.com",
        "port: 5672",
        "port: amqp",
        "mode: null",
        "share: 1",
        "labels: {a: b}",
        "labels: {a: null}",
        "settings: {any: [thing]}",
        "extra: {known: true, other: 1}",
        "job: {apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {x: 1}}",
        "store: {bucket: b}",
        "store: null",
        "zones: [a, b]",
        "listeners: [{name: a}, {name: b, tls: null}]",
    ],
)
async def test_what_a_server_takes_passes(said: Said, spec: str) -> None:
    assert await said(f"{BROKER}  {spec}\n", definitions=DEFINITION) == []


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ("replica: 1", "schema spec.replica: unknown field. Did you mean replicas?"),
        ("mode: queues", "schema spec.mode: it takes queue or stream, not another text. Did you mean queue?"),
        ("mode: 7", "schema spec.mode: it takes a text, not a number. Put it in quotes"),
        ("host: HOST", "schema spec.host: it must match ^[a-z.]+$"),
        ("port: 1.5", "schema spec.port: it takes a whole number or a text, not a number. Put it in quotes"),
        ("share: 0", "schema spec.share: it must be more than 0"),
        ("share: 2", "schema spec.share: it must be 1 or less"),
        ("labels: {a: 1}", "schema spec.labels.a: it takes a text, not a number. Put it in quotes"),
        ("extra: {known: 1}", "schema spec.extra.known: it takes true or false, not the number 1"),
        (
            "job: {apiVersion: batch/v1, metadata: {name: a}}",
            "schema spec.job.kind: it is missing. Add kind: …",
        ),
        (
            "job: {apiVersion: batch/v1, kind: Job, metadata: {names: a}}",
            "schema spec.job.metadata.names: unknown field. Did you mean name?",
        ),
        (
            "store: {}",
            "schema spec.store: it has none of the forms that may be: disk is missing, or bucket is missing",
        ),
        (
            "store: {disk: a, bucket: b}",
            "schema spec.store: it has more than one of several forms of which exactly one may be. Keep one",
        ),
        ("zones: [a, b, a]", "schema spec.zones: an item stands there twice. Keep one"),
        (
            "listeners: [{name: a}, {name: b}, {name: a}]",
            "schema spec.listeners: items 0 and 2 have the same name. Keep one",
        ),
        ("listeners: [{tls: true}]", "schema spec.listeners[0].name: it is missing. Add name: …"),
        ("listeners: [{name: ''}]", "schema spec.listeners[0].name: it must have 1 letters or more"),
        (
            "listeners: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}]",
            "schema spec.listeners: it must have 4 items or fewer",
        ),
    ],
)
async def test_what_a_server_refuses_is_told(said: Said, spec: str, line: str) -> None:
    assert await said(f"{BROKER}  {spec}\n", definitions=DEFINITION) == [line]


async def test_what_is_required_and_has_a_default_need_not_be_there(said: Said) -> None:
    assert await said(BROKER.replace("  replicas: 3", "  mode: queue"), definitions=DEFINITION) == [
        "schema spec.replicas: it is missing. Add replicas: a number"
    ]


async def test_a_bound_of_its_own_is_narrower_than_its_formats(said: Said) -> None:
    for replicas, line in ((-1, "it must be 1 or more"), (10, "it must be 9 or less")):
        spoilt = BROKER.replace("replicas: 3", f"replicas: {replicas}")
        assert await said(spoilt, definitions=DEFINITION) == [f"schema spec.replicas: {line}"]


async def test_metadata_is_kubernetes_own_in_a_custom_resource_too(said: Said) -> None:
    spoilt = BROKER.replace("{name: orders}", "{name: orders, label: {a: b}}")
    assert await said(spoilt, definitions=DEFINITION) == [
        "schema metadata.label: unknown field. Did you mean labels?"
    ]


async def test_without_a_definition_a_resource_is_not_judged(said: Said) -> None:
    assert await said(BROKER) == [
        "Broker orders cannot be judged: no schema for queue.example.com/v1 Broker. "
        "Put its CustomResourceDefinition among the estate's manifests"
    ]
    assert await said(BROKER.replace("kind: Broker", "kind: Brokr"), definitions=DEFINITION) == [
        "Brokr orders cannot be judged: no schema for queue.example.com/v1 Brokr (defined in "
        "queue.example.com: Broker). Put its CustomResourceDefinition among the estate's manifests"
    ]


async def test_a_definition_that_is_wrong_judges_nothing(said: Said) -> None:
    broken = DEFINITION.replace("  scope: Namespaced\n", "")
    assert await said(BROKER, definitions=broken) == [
        "Broker orders cannot be judged: its CustomResourceDefinition is not valid itself. Mend the definition"
    ]
    (line,) = await said(BROKER, definitions=DEFINITION.replace('"^[a-z.]+$"', '"(?<=a)b"'))
    assert "its CustomResourceDefinition's schema cannot be used" in line


async def test_a_definition_with_nothing_where_a_schema_should_be_is_read(said: Said) -> None:
    definition = YAML(typ="safe", pure=True).load(DEFINITION)
    spec = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    spec["properties"] |= {"labels": None, "store": {"type": "object", "oneOf": [None]}}
    text = write_object(definition).decode()
    assert await said(f"{BROKER}  store: {{}}\n", definitions=text) == []


async def test_two_definitions_that_differ_judge_nothing_and_two_that_agree_do(said: Said) -> None:
    other = DEFINITION.replace("maximum: 9", "maximum: 7")
    assert other != DEFINITION
    (line,) = await said(BROKER, definitions=f"{DEFINITION}---\n{other}")
    assert "stands here more than once, and not the same" in line
    assert await said(BROKER, definitions=f"{DEFINITION}---\n{DEFINITION}") == []


async def test_a_version_that_is_not_defined_not_served_or_deprecated_is_told(said: Said) -> None:
    definition = YAML(typ="safe", pure=True).load(DEFINITION)
    (v1,) = definition["spec"]["versions"]
    v1beta1 = v1 | {"name": "v1beta1", "storage": False, "deprecated": True}
    v1alpha1 = v1 | {"name": "v1alpha1", "storage": False, "served": False}
    definition["spec"]["versions"] = [v1, v1beta1, v1alpha1]
    text = write_object(definition).decode()
    assert await said(BROKER.replace("/v1", "/v2"), definitions=text) == [
        "schema apiVersion: its definition has no version v2. Write apiVersion: queue.example.com/v1 or queue.example.com/v1beta1"
    ]
    assert await said(BROKER.replace("/v1", "/v1alpha1"), definitions=text) == [
        "removed-api apiVersion: its definition does not serve v1alpha1 any more. Write apiVersion: queue.example.com/v1 or queue.example.com/v1beta1"
    ]
    assert await said(BROKER.replace("/v1", "/v1beta1"), definitions=text) == [
        "deprecated-api apiVersion: queue.example.com/v1beta1 Broker: its definition calls it deprecated"
    ]
