"""The pages of the command line and of the HTTP API say what the program does."""

from tools import cli_reference, http_reference


def test_the_page_of_commands_is_what_the_program_says() -> None:
    page = cli_reference.PAGE.read_text("utf-8")
    assert page == cli_reference.render_page(), "write it anew: python -m tools.cli_reference"


def test_the_page_of_routes_is_what_the_api_says() -> None:
    page = http_reference.PAGE.read_text("utf-8")
    assert page == http_reference.render_page(), "write it anew: python -m tools.http_reference"
