"""A policy that runs long ends by what it costs, with a clear error, and hides no other."""

import asyncio
from itertools import pairwise

import pytest
from tests.fixtures.policy_costs import ABOVE, BELOW, COSTLY, config_map
from tests.fixtures.policy_desk import files_of, first_said, judged
from tests.fixtures.policy_documents import ANY, Document, policy

from headway.adapters.files.documents import read_documents
from headway.adapters.policies import CelPolicies
from headway.app.ports import Subject

SQUARE = "object.spec.items.all(a, object.spec.items.all(b, a + b >= 0))"
TOO_MUCH = "operation cancelled: actual cost limit exceeded"
OUT_OF_BUDGET = "validation failed due to running out of cost budget, no further validation rules will be run"


def _thing(size: int) -> Document:
    return {
        "apiVersion": "example.test/v1",
        "kind": "Thing",
        "metadata": {"name": "a"},
        "spec": {"items": list(range(size)), "text": "x" * size},
    }


def _policy(name: str, *expressions: str, **spec: object) -> Document:
    return policy(name, *expressions, rules=(ANY,), **spec)


@pytest.mark.parametrize(
    "expression",
    [
        SQUARE,
        "object.spec.items.map(a, object.spec.items.map(b, [a, b])).size() == 0",
        "object.spec.items.all(a, object.spec.text.matches('(x+x+)+y(x+x+)+z') || true)",
        "object.spec.items.map(a, object.spec.text).join().size() > object.spec.items.map(a, "
        "object.spec.text).join().size() || "
        + "object.spec.items.all(a, object.spec.text.contains(object.spec.text))",
    ],
)
async def test_an_expression_that_costs_too_much_is_an_error(expression: str) -> None:
    judgement = await judged([_policy("dear", expression), _policy("other", "false")], _thing(2000))

    (one,) = judgement.unjudged
    assert one.why == f"expression '{expression}' resulted in error: {TOO_MUCH}"
    assert (one.rule, one.code) == ("dear", "policy-costly")
    assert "cheaper" in one.suggestion
    assert [one.rule for one in judgement.violations] == ["other"]
    assert not judgement.passed


async def test_what_stays_below_the_limit_is_judged() -> None:
    assert (await judged([_policy("cheap", SQUARE)], _thing(300))).passed


@pytest.mark.parametrize(
    ("name", "below", "above"),
    [
        ("cost-of-an-expression", "", TOO_MUCH),
        ("cost-ignored", "", ""),
        ("cost-of-a-variable", "", ""),
        ("cost-of-a-message", "a", "m"),
        ("cost-of-a-condition", "failed expression: false", TOO_MUCH),
    ],
)
async def test_the_limit_is_met_at_the_element_where_a_server_meets_it(
    name: str, below: str, above: str
) -> None:
    (document,) = (one for one in COSTLY if one["metadata"]["name"] == name)
    said = [first_said(await judged([document], config_map(keys)))[1] for keys in (BELOW, ABOVE)]
    assert [one.rpartition("resulted in error: ")[2] for one in said] == [below, above]


async def test_a_policy_that_costs_too_much_in_all_is_one_error() -> None:
    pairs = "object.spec.items.map(a, object.spec.items.map(b, [a, b])).size()"
    many = _policy("dear", *(f"{pairs} > {number}" for number in range(30)))
    judgement = await judged([many], _thing(170))
    assert judgement.violations == ()
    assert [(one.why, one.validation) for one in judgement.unjudged] == [(OUT_OF_BUDGET, None)]


async def test_a_text_that_doubles_and_doubles_is_stopped() -> None:
    names = "abcdefghij"
    grown = [
        {"name": name, "expression": f"variables.{before} + " * 7 + f"variables.{before}"}
        for before, name in pairwise(names)
    ]
    variables = [{"name": "a", "expression": "object.spec.text"}, *grown]
    judgement = await judged([_policy("dear", "variables.j.size() > 0", variables=variables)], _thing(1000))
    (one,) = judgement.unjudged
    assert one.code == "policy-costly"
    assert TOO_MUCH in one.why


async def test_an_expression_nested_very_deep_is_an_error() -> None:
    judgement = await judged([_policy("deep", "(" * 200 + "true" + ")" * 200)], _thing(1))
    assert judgement.problems or judgement.passed


async def test_the_event_loop_goes_on_while_objects_are_judged() -> None:
    policies = CelPolicies(read_documents)
    compiled = await policies.compile(files_of([_policy("dear", SQUARE)]))
    judging = asyncio.create_task(policies.judge(compiled, [Subject(manifest=_thing(300))], namespace="shop"))
    turns = 0
    while not judging.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
