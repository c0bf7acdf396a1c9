"""What was found of what runs, kept between two starts of the service.

Invariants: it is kept by all that it follows from, so what was kept of anything else is never found; what is
lost of it is judged anew. What rests on definitions of others, which may come and go, is not kept.
"""

from collections.abc import Mapping
from hashlib import sha256

from headway.app.ports import Verdict, Verdicts
from headway.app.standards.asking import Answer
from headway.domain.names import Cell
from headway.domain.standards import Judgement, Unjudged, Violation
from headway.domain.standards.schema_rules import SCHEMA

_MANY = 200
"""So many verdicts are news enough to write all of them down."""


def name_of(follows_from: object) -> str:
    """Name a verdict by all that it follows from, but for the rules."""
    return sha256(repr(follows_from).encode()).hexdigest()


class RunningMemory:
    """Remembers the latest verdict of each cell. Not safe to use from several threads."""

    def __init__(self, verdicts: Verdicts | None) -> None:
        """Remember in `verdicts`; None: nothing outlives the service."""
        self._verdicts = verdicts
        self._rules = ""
        self._kept: Mapping[str, Verdict] = {}
        self._latest: dict[Cell, tuple[str, Verdict]] = {}
        self._news = 0

    def recall(self, rules: str, cell: Cell, name: str) -> Judgement | None:
        """Give what these rules found, if it was kept; None: it is to be judged."""
        if self._verdicts is None:
            return None
        if rules != self._rules:
            self._rules, self._kept = rules, self._verdicts.load(rules)
            self._latest.clear()
        verdict = self._kept.get(name)
        if verdict is None or len(verdict) != 1:
            return None
        self._latest[cell] = (name, verdict)
        (found,) = verdict
        return Judgement(
            violations=tuple(one for one in found if isinstance(one, Violation)),
            unjudged=tuple(one for one in found if isinstance(one, Unjudged)),
        )

    def note(self, rules: str, cell: Cell, name: str, answer: Answer) -> None:
        """Remember what was found just now."""
        judgement = answer.judgement
        if answer.rests_on or any(one.rule == SCHEMA for one in judgement.unjudged):
            self._latest.pop(cell, None)
        elif self._verdicts is not None and rules == self._rules:
            self._latest[cell] = (name, ((*judgement.violations, *judgement.unjudged),))
            self._news += 1

    def keep(self, *, whole: bool) -> None:
        """Write down the latest verdicts; where not every cell was looked at anew, only if many are news."""
        if self._verdicts is not None and self._news >= (1 if whole else _MANY):
            self._verdicts.save(self._rules, dict(self._latest.values()))
            self._kept = {}
            self._news = 0
