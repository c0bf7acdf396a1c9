"""The one place where facts are recorded and folded.

Invariant: `situation` is always the fold of exactly the facts that the ledger holds; whoever decides on what
they read does so inside `record`, so that two decisions never build on the same past.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from headway.app.ports import Clock, Ledger
from headway.domain.facts import Fact, NewFact
from headway.domain.plan import Touches, touched_by
from headway.domain.situation import Situation, evolve


class Recorder:
    """Appends to the ledger and keeps the situation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._turn = asyncio.Lock()
        self._listeners: list[Callable[[Fact, Touches], None]] = []
        self.situation = Situation()
        self._waiters: list[asyncio.Future[None]] = []

    async def changed(self, clock: Clock, deadline: datetime) -> bool:
        """Wait for the next fact; False: the deadline came first."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        sleeping = asyncio.ensure_future(clock.sleep_until(deadline))
        try:
            await asyncio.wait({waiter, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            return waiter.done()
        finally:
            sleeping.cancel()
            waiter.cancel()

    def listen(self, listener: Callable[[Fact, Touches], None]) -> None:
        """Call `listener` with each fact and what it touches, after it was folded."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Fold what the ledger holds."""
        async for fact in self._ledger.read(self.situation.sequence):
            self.situation = evolve(self.situation, fact)

    async def record(
        self, facts: Sequence[NewFact], *, only_if: Callable[[Situation], bool] | None = None
    ) -> bool:
        """Record facts, all or none, if they still make sense by then.

        Args:
            facts: in order; nothing is recorded when there are none.
            only_if: asked when it is this caller's turn; False: nothing is recorded.

        Returns:
            Whether they were recorded.

        Raises:
            Transient: the ledger is full or busy; nothing was recorded.
        """
        async with self._turn:
            if not facts or (only_if is not None and not only_if(self.situation)):
                return False
            # A caller that is cancelled must not leave the situation behind the ledger.
            await asyncio.shield(asyncio.ensure_future(self._append(facts)))
            return True

    async def _append(self, facts: Sequence[NewFact]) -> None:
        for fact in await self._ledger.append(facts):
            before, self.situation = self.situation, evolve(self.situation, fact)
            touches = touched_by(before, self.situation, fact)
            for listener in self._listeners:
                listener(fact, touches)
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
