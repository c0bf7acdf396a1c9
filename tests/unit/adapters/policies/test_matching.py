"""Which objects a policy is for: updates, namespaces, versions, and kinds that are not known."""

import copy

import pytest
from tests.fixtures.policy_desk import judged
from tests.fixtures.policy_documents import ANY, APPS, Document, binding, policy
from tests.fixtures.policy_objects import OBJECTS

THING = {"apiVersion": "example.test/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {"size": 3}}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.example.test"},
    "spec": {
        "group": "example.test",
        "scope": "Cluster",
        "names": {"kind": "Thing", "plural": "things"},
        "versions": [
            {"name": "v1", "served": True},
            {"name": "v2", "served": True},
            {"name": "v0", "served": False},
        ],
    },
}
THINGS = {"apiGroups": ["example.test"], "apiVersions": ["v1"], "resources": ["things"]}


async def test_an_object_with_an_earlier_one_is_an_update() -> None:
    grow = policy(
        "grow",
        {
            "expression": "oldObject == null || object.spec.replicas >= oldObject.spec.replicas",
            "message": "shrinks",
        },
        {"expression": "request.operation == 'UPDATE'", "message": "new"},
    )
    new = OBJECTS["one replica"]

    judgement = await judged([grow], new, earlier=OBJECTS["deployment"])
    assert [one.message for one in judgement.violations] == ["shrinks"]

    judgement = await judged([grow], new)
    assert [one.message for one in judgement.violations] == ["new"]


async def test_an_earlier_object_has_its_defaults_too() -> None:
    same = policy("same", "object.spec.replicas == oldObject.spec.replicas")
    assert (await judged([same], OBJECTS["one replica"], earlier=OBJECTS["replicas left out"])).passed


async def test_a_label_of_the_earlier_object_selects_as_well() -> None:
    labelled = policy("labelled", "false", constraints={"objectSelector": {"matchLabels": {"team": "shop"}}})
    judgement = await judged([labelled], OBJECTS["labels left out"], earlier=OBJECTS["deployment"])
    assert len(judgement.violations) == 1


@pytest.mark.parametrize(
    ("selector", "violations", "unjudged"),
    [
        ({"matchLabels": {"kubernetes.io/metadata.name": "shop"}}, 1, 0),
        ({"matchLabels": {"kubernetes.io/metadata.name": "other"}}, 0, 0),
        ({"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "Exists"}]}, 1, 0),
        (
            {
                "matchExpressions": [
                    {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["shop"]}
                ]
            },
            0,
            0,
        ),
        ({"matchLabels": {"tier": "front"}}, 0, 1),
        ({"matchLabels": {"kubernetes.io/metadata.name": "other", "tier": "front"}}, 0, 0),
        ({}, 1, 0),
    ],
)
async def test_of_a_namespace_only_the_name_is_known(
    selector: Document, violations: int, unjudged: int
) -> None:
    judgement = await judged(
        [policy("p", "false", constraints={"namespaceSelector": selector})], OBJECTS["deployment"]
    )
    assert (len(judgement.violations), len(judgement.unjudged)) == (violations, unjudged)
    assert all("tier" in one.why for one in judgement.unjudged)


async def test_a_namespace_is_selected_by_its_own_labels() -> None:
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "n", "labels": {"tier": "front"}},
    }
    front = policy(
        "front", "false", rules=(ANY,), constraints={"namespaceSelector": {"matchLabels": {"tier": "front"}}}
    )
    judgement = await judged([front], namespace)
    assert [str(one.object) for one in judgement.violations] == ["Namespace n"]


async def test_what_is_in_no_namespace_is_in_every_selected_one() -> None:
    selected = policy(
        "p", "false", rules=(ANY,), constraints={"namespaceSelector": {"matchLabels": {"tier": "x"}}}
    )
    judgement = await judged([selected], OBJECTS["cluster role"])
    assert [one.object.namespace for one in judgement.violations] == [""]


async def test_an_objects_own_namespace_goes_before_the_given_one() -> None:
    moved = copy.deepcopy(OBJECTS["deployment"])
    moved["metadata"]["namespace"] = "elsewhere"
    judgement = await judged([policy("p", "request.namespace == 'shop'")], moved, OBJECTS["deployment"])
    assert [one.object.namespace for one in judgement.violations] == ["elsewhere"]


async def test_a_kind_that_is_not_known_cannot_be_judged_by_its_resource() -> None:
    judgement = await judged([policy("p", "object.spec.size > 5", rules=(THINGS,))], THING)
    (one,) = judgement.unjudged
    assert one.code == "object-unknown"
    assert "Thing" in one.why


async def test_a_definition_among_the_objects_makes_a_kind_known() -> None:
    things = policy("p", "object.spec.size > 5 || request.resource.resource != 'things'", rules=(THINGS,))
    judgement = await judged([things], DEFINITION, THING)
    assert [str(one.object) for one in judgement.violations] == ["Thing a"]
    assert judgement.unjudged == ()


async def test_an_unknown_kind_is_judged_by_policies_for_everything() -> None:
    judgement = await judged([policy("p", "object.spec.size > 5", rules=(ANY,))], THING)
    assert [one.message for one in judgement.violations] == ["failed expression: object.spec.size > 5"]


async def test_an_unknown_kinds_request_is_not_made_up() -> None:
    judgement = await judged([policy("p", "request.resource.resource == 'things'", rules=(ANY,))], THING)
    assert [one.code for one in judgement.unjudged] == ["object-unjudged"]


@pytest.mark.parametrize(
    ("version", "matching", "unjudged"),
    [("v2", "Equivalent", 1), ("v2", "Exact", 0), ("v0", "Equivalent", 0), ("v9", "Equivalent", 0)],
)
async def test_a_policy_for_another_served_version_wants_a_conversion(
    version: str, matching: str, unjudged: int
) -> None:
    other = policy(
        "p", "false", rules=({**THINGS, "apiVersions": [version]},), constraints={"matchPolicy": matching}
    )
    judgement = await judged([other], DEFINITION, THING)
    assert judgement.violations == ()
    assert len(judgement.unjudged) == unjudged


async def test_policies_and_webhooks_themselves_are_never_asked_about() -> None:
    judgement = await judged(
        [policy("p", "false", rules=(ANY,))], policy("other", "true"), binding("other", "n")
    )
    assert judgement.passed


async def test_a_policy_is_judged_where_its_bindings_say() -> None:
    document = policy("p", "false")
    assert not (await judged([document], OBJECTS["deployment"])).passed
    assert (await judged([document, binding("p", "elsewhere")], OBJECTS["deployment"])).passed


async def test_two_bindings_that_find_the_same_tell_it_once() -> None:
    documents = [policy("p", "false")]
    for name in ("a", "b"):
        bound = binding(name, "shop", policyName="p")
        del bound["spec"]["matchResources"]["objectSelector"]
        documents.append(bound)
    assert len((await judged(documents, OBJECTS["deployment"])).violations) == 1


async def test_wildcards_of_groups_and_versions_match_anything() -> None:
    judgement = await judged(
        [policy("p", "false", rules=({**APPS, "apiGroups": ["*"], "apiVersions": ["*"]},))],
        OBJECTS["deployment"],
        OBJECTS["service"],
    )
    assert [one.object.kind for one in judgement.violations] == ["Deployment"]
