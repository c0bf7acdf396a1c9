"""Commands about people: who may sign in at the service of this machine."""

from typing import Annotated

import typer

from headway.interfaces.cli.options import session_of
from headway.interfaces.cli.screen import say

Person = Annotated[str, typer.Argument(help="As named under roles in estate.yaml.")]


def add(context: typer.Context, person: Person) -> None:
    """Make a person's token; an earlier one stops working."""
    session = session_of(context)
    path = session.composition.identities(session.state).add(person)
    say(f"{person}'s token is in {path}", "give them the file, and remove it here")


def show(context: typer.Context) -> None:
    """List everybody who has a token."""
    session = session_of(context)
    people = session.composition.identities(session.state).people()
    say(*(people or ["nobody but the operator"]))


def remove(context: typer.Context, person: Person) -> None:
    """Take a person's token away."""
    session = session_of(context)
    session.composition.identities(session.state).remove(person)
    say(f"{person} has no token any more")
