"""Opens the web pages in a browser, signed in as whoever the token stands for."""

from typing import Annotated

import typer

from headway.interfaces.cli.options import session_of
from headway.interfaces.cli.screen import say


def board(
    context: typer.Context,
    *,
    prints: Annotated[
        bool, typer.Option("--print", help="Only print the address; it signs in once, within a minute.")
    ] = False,
) -> None:
    """Open the web pages in your browser, signed in."""
    client = session_of(context).client()
    address = client.address + client.post("/sign-in", {})["path"]
    if not prints:
        import webbrowser  # noqa: PLC0415  # not for `--help`

        # Without a browser on this machine the address is of use elsewhere.
        webbrowser.open(address)
    say(address)
