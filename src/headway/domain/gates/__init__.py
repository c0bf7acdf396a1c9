"""The gates, in one table; each is a pure rule in a file of its own.

The slot is asked last and apart (`slot_of`): it decides between artifacts that every other gate lets in.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from headway.domain.gates.admitted import admitted
from headway.domain.gates.approvals import approvals
from headway.domain.gates.freeze import freeze
from headway.domain.gates.hold import hold
from headway.domain.gates.images import images
from headway.domain.gates.outcome import ALLOWED, Allowed, Blocked, Outcome, Question
from headway.domain.gates.parallel import parallel
from headway.domain.gates.permission import permission
from headway.domain.gates.present import present
from headway.domain.gates.quarantine import quarantine
from headway.domain.gates.references import references
from headway.domain.gates.remote import remote
from headway.domain.gates.slot import slot, slot_of
from headway.domain.gates.soak import soak
from headway.domain.gates.standards import standards
from headway.domain.gates.verified import verified


class Gate(NamedTuple):
    """One row of the table."""

    name: str
    ask: Callable[[Question], Outcome]
    can_be_overridden: bool
    """Whether the platform team may let a version through it, with a reason."""


GATES: tuple[Gate, ...] = (
    Gate("permission", permission, can_be_overridden=False),
    Gate("quarantine", quarantine, can_be_overridden=False),
    Gate("hold", hold, can_be_overridden=False),
    Gate("verified", verified, can_be_overridden=True),
    Gate("admitted", admitted, can_be_overridden=True),
    Gate("references", references, can_be_overridden=False),
    Gate("images", images, can_be_overridden=False),
    Gate("standards", standards, can_be_overridden=False),
    Gate("soak", soak, can_be_overridden=True),
    Gate("freeze", freeze, can_be_overridden=True),
    Gate("remote", remote, can_be_overridden=False),
    Gate("present", present, can_be_overridden=False),
    Gate("approvals", approvals, can_be_overridden=True),
    Gate("parallel", parallel, can_be_overridden=True),
    Gate("slot", slot, can_be_overridden=False),
)
"""Asked in this order: what people must mend first, what people must allow last, the slot at the very end."""


def blocks(question: Question, *, but: frozenset[str] = frozenset()) -> tuple[Blocked, ...]:
    """Ask every gate but those named; give those that are shut, in the table's order."""
    shut = []
    for gate in GATES:
        if gate.name not in but:
            outcome = gate.ask(question)
            if isinstance(outcome, Blocked):
                shut.append(outcome)
    return tuple(shut)


def open_until(question: Question) -> datetime | None:
    """Give the instant at which time alone may shut a gate that is open now; None: there is none."""
    ends = [
        outcome.until
        for outcome in (freeze(question), approvals(question), standards(question))
        if isinstance(outcome, Allowed) and outcome.until is not None
    ]
    return min(ends, default=None)


__all__ = [
    "ALLOWED",
    "GATES",
    "Allowed",
    "Blocked",
    "Gate",
    "Outcome",
    "Question",
    "blocks",
    "open_until",
    "slot_of",
]
