"""The page of shipped rules says what the rules and their examples say."""

import re
import textwrap

from tests.fixtures.shipped_standards import parameters
from tools.standards_table import PAGE, render_page

from headway.app.bounded_yaml import read_documents
from headway.domain.standards.together import TOGETHER
from headway.standards import SHIPPED


def test_the_page_of_rules_is_what_the_rules_and_examples_say() -> None:
    assert PAGE.read_text("utf-8") == render_page(), "write it anew: python -m tools.standards_table"


def test_no_rule_is_left_out_because_its_group_is_unknown() -> None:
    page = render_page()
    assert [rule for rule in (*SHIPPED, *TOGETHER) if f"### `{rule}`" not in page] == []


def test_the_page_shows_the_parameters_that_the_examples_are_judged_with() -> None:
    shown = re.findall(r"(?:^ {4}[^\n]+\n)+", PAGE.read_text("utf-8"), re.MULTILINE)[0]
    page, tests = (
        read_documents(text, "parameters.yaml")[0].value
        for text in (textwrap.dedent(shown).encode(), parameters())
    )
    assert page == tests
