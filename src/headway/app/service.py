"""What a surface may use: commands and queries on one desk, and the hints that hooks give."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from headway.app.controller import Controller
from headway.app.desk import Desk
from headway.app.metrics.keeper import MetricsKeeper
from headway.app.ports import Ledger, PromotionHistory
from headway.app.queries.board import Board


class Identities(Protocol):
    """Who a token stands for."""

    def person_of(self, token: str) -> str | None:
        """Give the person; None: nobody has this token. Compared in constant time."""
        ...

    def mark_of(self, person: str) -> str | None:
        """Give what changes whenever a person gets another token, and tells nothing of it; None: has none."""
        ...


@dataclass(frozen=True, kw_only=True)
class Service:
    """One running Headway, as its surfaces see it."""

    desk: Desk
    controller: Controller
    ledger: Ledger
    history: PromotionHistory
    metrics: MetricsKeeper
    identities: Identities

    @cached_property
    def board(self) -> Board:
        """Give the board that all surfaces share: what it keeps, it keeps once."""
        return Board(self.desk)
