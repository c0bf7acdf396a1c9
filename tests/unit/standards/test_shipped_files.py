"""Each standard that comes with Headway is complete: one file, a reason, a group, two examples."""

from typing import Any

import pytest
from tests.fixtures.shipped_standards import EXAMPLES, example

from headway.app.bounded_yaml import read_documents
from headway.app.standards.catalog import choose
from headway.domain.standards.together import TOGETHER
from headway.standards import SHIPPED


def policy_of(rule: str) -> dict[str, Any]:
    found = read_documents(SHIPPED[rule], f"{rule}.yaml")[0].value
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("rule", SHIPPED)
def test_a_file_is_named_as_its_rule_and_says_what_for(rule: str) -> None:
    policy = policy_of(rule)
    assert policy["metadata"]["name"] == rule
    assert policy["apiVersion"] == "admissionregistration.k8s.io/v1"
    assert policy["kind"] == "ValidatingAdmissionPolicy"
    assert policy["spec"]["failurePolicy"] == "Fail"
    annotations = policy["metadata"]["annotations"]
    assert f"headway/standards/{rule}.yaml" in choose([annotations["headway.dev/group"]]).documents
    assert annotations["headway.dev/reason"].endswith(".")


@pytest.mark.parametrize("rule", SHIPPED)
def test_every_validation_says_what_is_wrong_where_and_what_to_write(rule: str) -> None:
    for validation in policy_of(rule)["spec"]["validations"]:
        assert ". " in validation["message"], "what is wrong, then what to do"
        assert validation["messageExpression"]


def test_every_rule_has_both_examples_and_no_example_is_of_no_rule() -> None:
    assert set(EXAMPLES) == {*SHIPPED, *TOGETHER}
    for rule in EXAMPLES:
        assert example(rule, "passes") != example(rule, "fails")


def test_ids_of_policies_and_of_rules_together_are_never_the_same() -> None:
    assert not set(SHIPPED) & set(TOGETHER)


def test_a_standard_that_does_not_come_with_headway_is_no_file_of_the_package() -> None:
    assert "__init__" not in SHIPPED
    with pytest.raises(KeyError):
        SHIPPED["../standards/draining"]
