"""Rules over several objects: what a workload needs beside it."""

from typing import Any

import pytest
from tests.fixtures.shipped_standards import NAMESPACE, ORDINARY, example, ordinary

from headway.domain.standards.label_selector import selects
from headway.domain.standards.together import TOGETHER, judge_together

Objects = list[dict[str, Any]]


def said(objects: Objects, owners: frozenset[str] | None = None) -> list[tuple[str, str]]:
    found = judge_together(objects, namespace=NAMESPACE, owners=owners)
    return [(one.rule, one.message) for one in found]


def rules(objects: Objects) -> list[str]:
    return [rule for rule, _ in said(objects)]


def kind_of(objects: Objects, kind: str) -> dict[str, Any]:
    return next(one for one in objects if one["kind"] == kind)


@pytest.mark.parametrize("rule", TOGETHER)
def test_an_example_that_fails_violates_its_own_rule_and_no_other(rule: str) -> None:
    assert rules(example(rule, "passes")) == []
    assert rules(example(rule, "fails")) == [rule]


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_good_manifests_pass(name: str) -> None:
    assert rules(ordinary(name)) == []


@pytest.mark.parametrize("rule", TOGETHER)
def test_a_message_says_what_is_wrong_and_what_to_do(rule: str) -> None:
    ((_, message),) = said(example(rule, "fails"))
    assert ". " in message


def test_a_workload_alone_is_told_everything_that_it_lacks() -> None:
    objects = example("owner", "fails")[:1]
    assert rules(objects) == ["network-policy", "disruption-budget", "autoscaler", "owner"]


def test_objects_of_another_namespace_do_not_count() -> None:
    for rule, kind in (("network-policy", "NetworkPolicy"), ("autoscaler", "HorizontalPodAutoscaler")):
        objects: Objects = example(rule, "passes")
        kind_of(objects, kind)["metadata"]["namespace"] = "elsewhere"
        assert rules(objects) == [rule]


def test_a_network_policy_for_egress_alone_lets_everybody_in() -> None:
    objects: Objects = example("network-policy", "passes")
    kind_of(objects, "NetworkPolicy")["spec"]["policyTypes"] = ["Egress"]
    assert rules(objects) == ["network-policy"]


def test_a_network_policy_without_a_selector_selects_all() -> None:
    objects: Objects = example("network-policy", "passes")
    del kind_of(objects, "NetworkPolicy")["spec"]["podSelector"]
    assert rules(objects) == []


def test_an_autoscaler_that_keeps_two_pods_needs_a_budget_whatever_the_workload_says() -> None:
    objects: Objects = example("disruption-budget", "fails")
    del kind_of(objects, "Deployment")["spec"]["replicas"]
    assert rules(objects) == ["disruption-budget"]
    del kind_of(objects, "HorizontalPodAutoscaler")["spec"]["minReplicas"]
    assert rules(objects) == []


@pytest.mark.parametrize(("reason", "wanted"), [("one member holds a lock", []), ("  ", ["autoscaler"])])
def test_a_stated_reason_takes_an_autoscalers_place(reason: str, wanted: list[str]) -> None:
    objects: Objects = example("autoscaler", "fails")
    kind_of(objects, "Deployment")["metadata"]["annotations"] = {"headway.dev/no-autoscaler": reason}
    assert rules(objects) == wanted


def test_an_owner_who_is_not_known_is_told_with_those_who_are() -> None:
    objects = example("owner", "passes")
    assert said(objects, frozenset({"team-shop"})) == []
    ((rule, message),) = said(objects, frozenset({"team-mail", "team-store"}))
    assert rule == "owner"
    assert message.endswith("Known are: team-mail, team-store")


def test_what_a_controller_made_is_its_controllers() -> None:
    objects: Objects = example("owner", "fails")
    kind_of(objects, "Deployment")["metadata"]["ownerReferences"] = [{"kind": "Shop", "name": "shop"}]
    assert rules(objects) == []


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, {"spec": None}, {"metadata": []}])
def test_whatever_is_wrong_with_an_object_its_siblings_are_judged(odd: object) -> None:
    broken: dict[str, Any] = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": odd}
    workload: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": odd, "spec": odd}
    assert "owner" in rules([broken, workload, *example("owner", "fails")])


@pytest.mark.parametrize(
    ("selector", "wanted"),
    [
        ({}, True),
        (None, False),
        ({"matchLabels": {"app": "shop"}}, True),
        ({"matchLabels": {"app": "store"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["shop", "store"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["shop"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Like"}]}, False),
        ({"matchLabels": ["app"]}, False),
        ({"matchExpressions": ["app"]}, False),
    ],
)
def test_a_selector_selects_as_in_kubernetes(selector: object, wanted: bool) -> None:
    assert selects(selector, {"app": "shop"}) is wanted
