"""The page of metrics says what the code reckons."""

from tools.metrics_table import PAGE, render_page


def test_the_page_of_metrics_is_what_the_code_reckons() -> None:
    assert render_page() == PAGE.read_text("utf-8"), "write it anew: python -m tools.metrics_table"
