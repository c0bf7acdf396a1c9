"""The expression language says what the API server says; a server of Kubernetes 1.34 wrote the table."""

import pytest
from tests.fixtures.policy_desk import REFUSED, compiled, expressions, first_said, judged, policy_of
from tests.fixtures.policy_objects import OBJECTS


@pytest.mark.parametrize(("expression", "said"), expressions())
async def test_an_expression_says_what_the_server_says(expression: str, said: str) -> None:
    document = policy_of(expression)
    policies = await compiled([document])
    if said == REFUSED:
        assert policies.rules == ()
        assert policies.problems
        return
    assert policies.problems == ()

    judgement = await judged([document], OBJECTS["deployment"])

    _, message = first_said(judgement)
    before, failed, after = message.rpartition(" resulted in error: ")
    assert (f"error: {after}" if failed else after) == said
    assert before == (f"expression ''%s'.format([{expression}]) == 'never this''" if failed else "")
