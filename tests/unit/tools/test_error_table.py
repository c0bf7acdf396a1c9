"""The page of errors says what the code raises."""

from tools.error_table import PAGE, render_page


def test_the_page_of_errors_is_what_the_code_raises() -> None:
    assert PAGE.read_text("utf-8") == render_page(), "write it anew: python -m tools.error_table"
