"""The page of the standards' language lists the functions and defaults that the code has."""

from tools.policy_functions import PAGE, render_page


def test_the_page_is_what_the_code_has() -> None:
    text = PAGE.read_text("utf-8")
    assert text == render_page(text), "run python -m tools.policy_functions"
