"""Policies give the verdicts and words of the API server; the table was written by one of Kubernetes 1.34."""

import copy

import pytest
from tests.fixtures.policy_cases_wide import POLICIES
from tests.fixtures.policy_desk import Row, first_said, judged, verdicts
from tests.fixtures.policy_objects import OBJECTS

_BY_NAME = {one["metadata"]["name"]: one for one in POLICIES}


@pytest.mark.parametrize("row", verdicts(), ids=lambda row: f"{row.policy}, {row.object}")
async def test_a_verdict_is_the_servers(row: Row) -> None:
    manifest = copy.deepcopy(OBJECTS[row.object])
    manifest["metadata"].setdefault("labels", {})["case"] = row.policy

    judgement = await judged([_BY_NAME[row.policy]], manifest, namespace="default")

    assert judgement.problems == ()
    assert first_said(judgement) == (row.reason, row.message)


async def test_judging_changes_no_object() -> None:
    manifest = copy.deepcopy(OBJECTS["odd quantities"])
    await judged(POLICIES, manifest)
    assert manifest == OBJECTS["odd quantities"]


async def test_a_violation_names_rule_validation_and_object() -> None:
    judgement = await judged([_BY_NAME["several-wrong"]], OBJECTS["deployment"])

    assert [(one.rule, one.validation, one.message) for one in judgement.violations] == [
        ("several-wrong", 0, "first"),
        ("several-wrong", 1, "second"),
    ]
    key = judgement.violations[0].object
    assert (key.api_version, key.kind, key.namespace, key.name) == ("apps/v1", "Deployment", "shop", "web")
    assert str(key) == "Deployment shop/web"
    assert not judgement.passed


async def test_what_meets_its_policies_passes() -> None:
    judgement = await judged([_BY_NAME["few-replicas"], _BY_NAME["digests"]], OBJECTS["deployment"])
    assert judgement.passed


async def test_what_cannot_be_judged_is_no_pass() -> None:
    judgement = await judged([_BY_NAME["nothing-there"]], OBJECTS["deployment"])
    assert judgement.violations == ()
    assert [one.code for one in judgement.unjudged] == ["object-unjudged"]
    assert not judgement.passed


async def test_a_policy_that_ignores_failures_tells_of_them_and_lets_pass() -> None:
    judgement = await judged([_BY_NAME["forgiving"]], OBJECTS["labels left out"])
    assert [one.ignored for one in judgement.unjudged] == [True]
    assert judgement.passed
