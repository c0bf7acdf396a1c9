"""The envelope around every fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

Actor = NewType("Actor", str)
"""Who did it: ``person:ann``, or ``headway`` for what follows from rules alone."""

HEADWAY = Actor("headway")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A fact that is about to be recorded."""

    body: Any
    """One of `headway.domain.facts.FactBody`."""
    happened_at: datetime
    actor: Actor = HEADWAY
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A recorded fact."""

    sequence: int
    """Its place in the ledger, from 1, without gaps."""
    body: Any
    """One of `headway.domain.facts.FactBody`, or None for a type that this version does not know."""
    happened_at: datetime
    recorded_at: datetime
    actor: Actor
    reason: str
    type: str = ""
    """The recorded type, which tells what an unknown body was."""
