"""Parameters reach policies by bindings; a server said the same of these (tests/cluster)."""

import copy

import pytest
from tests.fixtures.policy_desk import first_said, judged
from tests.fixtures.policy_documents import binding, policy
from tests.fixtures.policy_objects import OBJECTS
from tests.fixtures.policy_parameters import parameter_documents

MISSING = (
    "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"
)


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("by-name-low", "at most 2"),
        ("by-name-high", ""),
        ("by-name-missing", MISSING),
        ("by-name-missing-allowed", ""),
        ("by-namespace", MISSING),
        ("by-label", "at most 2"),
        ("by-label-high", ""),
        ("by-no-label", MISSING),
        ("no-reference", ""),
    ],
)
async def test_a_binding_hands_over_what_it_names(bound: str, said: str) -> None:
    manifest = copy.deepcopy(OBJECTS["deployment"])
    manifest["metadata"]["labels"]["case"] = bound
    judgement = await judged(parameter_documents("shop"), manifest)
    assert judgement.problems == ()
    assert first_said(judgement)[1] == said


async def test_parameters_of_a_cluster_wide_kind_have_no_namespace() -> None:
    documents = [
        policy("p", "true", paramKind={"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass"}),
        binding(
            "b",
            "shop",
            label="shop",
            policyName="p",
            paramRef={"name": "x", "namespace": "y", "parameterNotFoundAction": "Deny"},
            matchResources={},
        ),
    ]
    judgement = await judged(documents, OBJECTS["deployment"])
    assert [one.why for one in judgement.unjudged] == [
        "failed to configure binding: paramRef.namespace must not be provided for a "
        "cluster-scoped `paramKind`"
    ]
