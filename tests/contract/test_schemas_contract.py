"""What every adapter of the port `Schemas` keeps; the real one is held to API servers elsewhere."""

import pytest

from headway.adapters.schemas import PackagedSchemas
from headway.app.ports import Schemas
from headway.domain.kubernetes_version import KubernetesVersion
from headway.testing.schemas import InMemorySchemas

KNOWN, UNKNOWN = KubernetesVersion(1, 34), KubernetesVersion(1, 999)
WIDGET = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "one"}}
Object = dict[str, object]


@pytest.fixture(params=["memory", "packaged"])
def schemas(request: pytest.FixtureRequest) -> Schemas:
    """Each adapter."""
    return InMemorySchemas() if request.param == "memory" else PackagedSchemas()


def _deployment(replicas: object) -> Object:
    labels = {"app": "app1"}
    pod = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "app1", "image": "example/app1"}]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app1"}, "spec": spec}


def _definition(version: str) -> Object:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    served = {"name": version, "served": True, "storage": True, "schema": schema}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.org"},
        "spec": {
            "group": "example.org",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [served],
        },
    }


async def test_what_is_valid_passes(schemas: Schemas) -> None:
    assert (await schemas.judge([_deployment(2)], KNOWN)).passed


async def test_a_wrong_field_is_a_violation_at_its_place(schemas: Schemas) -> None:
    judged = await schemas.judge([_deployment(2), _deployment("two")], KNOWN)
    told = [(one.rule, one.object.kind, one.object.name, one.path) for one in judged.violations]
    assert told == [("schema", "Deployment", "app1", "spec.replicas")]
    assert judged.unjudged == ()


async def test_a_kind_that_its_group_has_not_is_a_violation(schemas: Schemas) -> None:
    odd = {"apiVersion": "apps/v1", "kind": "Deploy", "metadata": {"name": "app1"}}
    judged = await schemas.judge([odd], KNOWN)
    assert [(one.rule, one.path) for one in judged.violations] == [("schema", "apiVersion")]


async def test_a_version_that_is_not_known_leaves_every_object_unjudged(schemas: Schemas) -> None:
    judged = await schemas.judge([_deployment(2), WIDGET], UNKNOWN)
    assert [(one.rule, one.object.name) for one in judged.unjudged] == [("schema", "app1"), ("schema", "one")]
    assert not judged.passed


async def test_a_custom_resource_that_nobody_defines_is_no_pass(schemas: Schemas) -> None:
    judged = await schemas.judge([WIDGET], KNOWN)
    assert [(one.rule, one.object.kind) for one in judged.unjudged] == [("schema", "Widget")]
    assert judged.violations == ()


async def test_a_definition_from_elsewhere_counts(schemas: Schemas) -> None:
    assert (await schemas.judge([WIDGET], KNOWN, [_definition("v1")])).passed
    judged = await schemas.judge([WIDGET], KNOWN, [_definition("v2")])
    assert [(one.rule, one.path) for one in judged.violations] == [("schema", "apiVersion")]
