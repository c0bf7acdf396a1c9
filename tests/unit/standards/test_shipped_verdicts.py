"""Every example is judged by every shipped rule: good ones pass all, a failing one violates its own alone."""

import pytest
from tests.fixtures.shipped_judging import rules_broken
from tests.fixtures.shipped_standards import EXAMPLES, NAMESPACE, ORDINARY, example, ordinary

from headway.adapters.files.documents import read_documents
from headway.adapters.policies import CelPolicies
from headway.app.ports import Subject
from headway.domain.standards.together import TOGETHER, judge_together
from headway.standards import SHIPPED


@pytest.mark.parametrize("rule", EXAMPLES)
async def test_an_example_that_passes_passes_every_rule(rule: str) -> None:
    objects = example(rule, "passes")
    assert await rules_broken(objects) == set()
    if rule in TOGETHER:
        assert judge_together(objects, namespace=NAMESPACE) == ()


@pytest.mark.parametrize("rule", EXAMPLES)
async def test_an_example_that_fails_violates_its_own_rule_and_no_other(rule: str) -> None:
    objects = example(rule, "fails")
    together = judge_together(objects, namespace=NAMESPACE) if rule in TOGETHER else ()
    assert await rules_broken(objects) | {one.rule for one in together} == {rule}


@pytest.mark.parametrize("name", ORDINARY)
async def test_ordinary_good_manifests_pass_untouched(name: str) -> None:
    assert await rules_broken(ordinary(name)) == set()


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_good_manifests_pass_the_rules_together(name: str) -> None:
    assert judge_together(ordinary(name), namespace=NAMESPACE) == ()


@pytest.mark.parametrize(("namespace", "broken"), [("shop-prod", True), ("shop-dev", False)])
async def test_one_replica_is_enough_outside_of_production(namespace: str, broken: bool) -> None:
    assert await rules_broken(example("replicas", "fails"), namespace) == ({"replicas"} if broken else set())


@pytest.mark.parametrize(
    ("namespace", "says", "broken"), [("live", "true", True), ("shop-prod", "false", False)]
)
async def test_a_label_says_what_is_production_where_names_do_not(
    namespace: str, says: str, broken: bool
) -> None:
    objects = example("replicas", "fails")
    objects[0]["metadata"] = {"name": "shop", "labels": {"headway.dev/production": says}}
    assert await rules_broken(objects, namespace) == ({"replicas"} if broken else set())


async def test_without_its_parameters_a_rule_judges_nothing_and_that_is_no_pass() -> None:
    policies = CelPolicies(read_documents)
    compiled = await policies.compile({"image-registry.yaml": SHIPPED["image-registry"]})
    subjects = [Subject(manifest=one) for one in example("image-registry", "passes")]
    judgement = await policies.judge(compiled, subjects, namespace=NAMESPACE)
    assert [one.rule for one in judgement.unjudged] == ["image-registry"]
    assert not judgement.passed
