"""The page of facts says what the code says."""

from tools.fact_table import PAGE, render_page


def test_the_page_of_facts_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == render_page(), "write it anew: python -m tools.fact_table"
