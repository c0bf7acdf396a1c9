"""What every adapter of the port `Policies` keeps; the real one is held to API servers elsewhere."""

import json

import pytest
from tests.fixtures.policy_documents import policy, says

from headway.adapters.files.documents import read_documents
from headway.adapters.policies import CelPolicies
from headway.app.ports import Policies, Subject
from headway.domain.standards import ObjectKey
from headway.testing.policies import InMemoryPolicies

ENOUGH = policy("enough", says("object.spec.replicas >= 2", "Write two replicas at least"))
NAMED = policy(
    "named", says("has(object.spec.paused)", "Write paused"), says("object.spec.paused == false", "Go on")
)
WRONG = policy("wrong", says("object.spec. is not", "-"))
KEY = ObjectKey(api_version="apps/v1", kind="Deployment", namespace="oc-dev", name="app1")


@pytest.fixture(params=["memory", "cel"])
def policies(request: pytest.FixtureRequest) -> Policies:
    """Each adapter."""
    return InMemoryPolicies() if request.param == "memory" else CelPolicies(read_documents)


def _files(**documents: object) -> dict[str, bytes]:
    return {f"standards/{name}.yaml": json.dumps(one).encode() for name, one in documents.items()}


def _deployment(kind: str = "Deployment", **spec: object) -> Subject:
    manifest = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "app1"}, "spec": spec}
    return Subject(manifest=manifest)


async def test_what_can_be_judged_by_is_told_in_order(policies: Policies) -> None:
    compiled = await policies.compile(_files(b=NAMED, a=ENOUGH))
    assert (compiled.rules, compiled.problems) == (("enough", "named"), ())
    assert (await policies.compile({})).rules == ()


async def test_a_document_that_is_wrong_is_named_and_hides_no_other(policies: Policies) -> None:
    compiled = await policies.compile({**_files(a=ENOUGH, b=WRONG), "standards/c.yaml": b"a: [1\n"})
    assert compiled.rules == ("enough",)
    told = [(one.file, one.policy, one.field) for one in compiled.problems]
    assert ("standards/b.yaml", "wrong", "spec.validations[0].expression") in told
    assert {file for file, _, _ in told} == {"standards/b.yaml", "standards/c.yaml"}
    judged = await policies.judge(compiled, [_deployment(replicas=2)], namespace="oc-dev")
    assert not judged.passed
    assert judged.problems == compiled.problems


async def test_a_violation_names_rule_object_and_message(policies: Policies) -> None:
    compiled = await policies.compile(_files(a=ENOUGH, b=NAMED))
    judged = await policies.judge(compiled, [_deployment(replicas=1, paused=True)], namespace="oc-dev")
    told = [(one.rule, one.object, one.message, one.validation) for one in judged.violations]
    assert told == [
        ("enough", KEY, "Write two replicas at least", 0),
        ("named", KEY, "Go on", 1),
    ]
    assert (judged.unjudged, judged.problems) == ((), ())


async def test_what_meets_them_passes(policies: Policies) -> None:
    compiled = await policies.compile(_files(a=ENOUGH, b=NAMED))
    judged = await policies.judge(compiled, [_deployment(replicas=2, paused=False)], namespace="oc-dev")
    assert judged.passed


async def test_only_kinds_that_a_policy_is_for_are_asked_about(policies: Policies) -> None:
    compiled = await policies.compile(_files(a=ENOUGH))
    judged = await policies.judge(compiled, [_deployment("StatefulSet", replicas=1)], namespace="oc-dev")
    assert judged.passed


async def test_what_an_expression_needs_and_is_not_there_is_no_pass(policies: Policies) -> None:
    compiled = await policies.compile(_files(b=NAMED))
    judged = await policies.judge(compiled, [_deployment(replicas=2)], namespace="oc-dev")
    assert [one.rule for one in judged.violations] == ["named"]
    assert [(one.rule, one.object, one.validation) for one in judged.unjudged] == [("named", KEY, 1)]
    assert "no such key: paused" in judged.unjudged[0].why
    assert not judged.passed


async def test_policies_of_another_adapter_are_refused(policies: Policies) -> None:
    other = CelPolicies(read_documents) if isinstance(policies, InMemoryPolicies) else InMemoryPolicies()
    compiled = await other.compile(_files(a=ENOUGH))
    with pytest.raises(TypeError):
        await policies.judge(compiled, [], namespace="oc-dev")
