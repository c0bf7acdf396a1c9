"""The one place where facts are recorded and folded.

Invariant: `situation` is always the fold of exactly the facts that the ledger holds; whoever decides on what
they read does so inside `record`, so that two decisions never build on the same past. What is asked for while
a transaction is being written goes into the next one, all together: a disk that is asked to keep one
thing takes milliseconds, however much it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from headway.app.ports import Clock, Ledger
from headway.domain.errors import UsageError
from headway.domain.facts import Fact, NewFact
from headway.domain.plan import Touches, touched_by
from headway.domain.situation import Situation, evolve


class _Imagined:
    """The situation as it will be once some facts are recorded; folded only when somebody asks."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._coming: list[NewFact] = []

    def add(self, facts: Sequence[NewFact]) -> None:
        self._coming += facts

    @property
    def situation(self) -> Situation:
        for new in self._coming:
            fact = Fact(
                sequence=self._situation.sequence + 1,
                body=new.body,
                happened_at=new.happened_at,
                recorded_at=new.happened_at,
                actor=new.actor,
                reason=new.reason,
            )
            self._situation = evolve(self._situation, fact)
        self._coming.clear()
        return self._situation


@dataclass(slots=True, kw_only=True)
class _Request:
    """Facts to be recorded, and who waits for it."""

    facts: Sequence[NewFact]
    only_if: Callable[[Situation], bool] | None
    done: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def makes_sense(self, imagined: _Imagined) -> bool:
        return bool(self.facts) and (self.only_if is None or self.only_if(imagined.situation))

    def answer(self, *, recorded: bool) -> None:
        if not self.done.done():  # its caller may be gone
            self.done.set_result(recorded)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Recorder:
    """Appends to the ledger and keeps the situation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[_Request] = []
        self._recording: asyncio.Future[None] | None = None
        self._listeners: list[Callable[[Fact, Touches], None]] = []
        self.situation = Situation()
        self.unread: list[int] = []
        """The sequences of facts that the ledger holds and that could not be read: nothing knows of them."""
        self._waiters: list[asyncio.Future[None]] = []
        self.ends_waits = False
        """Whether nobody may wait for a fact any more: the service ends."""

    def end_waits(self) -> None:
        """Let everybody who waits for a fact go, now and from now on; facts are still recorded."""
        self.ends_waits = True
        self._let_go()

    async def changed(self, clock: Clock, deadline: datetime) -> bool:
        """Wait for the next fact; False: the deadline came first, or waits are ended."""
        if self.ends_waits:
            return False
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        sleeping = asyncio.ensure_future(clock.sleep_until(deadline))
        try:
            await asyncio.wait({waiter, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            return waiter.done() and not self.ends_waits
        finally:
            sleeping.cancel()
            waiter.cancel()

    def listen(self, listener: Callable[[Fact, Touches], None]) -> None:
        """Call `listener` with each fact and what it touches, after it was folded."""
        self._listeners.append(listener)

    def begin_at(self, situation: Situation) -> None:
        """Begin with what the ledger's first facts fold to, in place of folding them; before `load`."""
        self.situation = situation

    def note_unread(self, fact: Fact) -> None:
        """Note a fact of the ledger that could not be read; one that could is none."""
        if fact.body is None:
            self.unread.append(fact.sequence)

    async def load(self) -> None:
        """Fold what the ledger holds."""
        async for fact in self._ledger.read(self.situation.sequence):
            self.note_unread(fact)
            self.situation = evolve(self.situation, fact)

    async def record(
        self, facts: Sequence[NewFact], *, only_if: Callable[[Situation], bool] | None = None
    ) -> bool:
        """Record facts, all or none, if they still make sense by then.

        Args:
            facts: in order; nothing is recorded when there are none.
            only_if: asked when it is this caller's turn, with the situation that these facts would follow;
                False: nothing is recorded. It must look at nothing that other facts change.

        Returns:
            Whether they were recorded.

        Raises:
            Transient: the ledger is full or busy; nothing was recorded, nor of what went with it.
        """
        request = _Request(facts=facts, only_if=only_if)
        self._waiting.append(request)
        if self._recording is None:
            # A task of its own: a caller that is cancelled must not leave the situation behind the ledger.
            self._recording = asyncio.ensure_future(self._record_waiting())
        return await request.done

    async def _record_waiting(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._answer(batch)
        finally:
            self._recording = None

    async def _answer(self, batch: Sequence[_Request]) -> None:
        """Record a batch, and let nobody wait in vain, whatever comes of it."""
        try:
            await self._record_together(batch)
        except BaseException as error:
            for request in batch:
                request.fail(error)
            if not isinstance(error, Exception):
                raise

    async def _record_together(self, batch: Sequence[_Request]) -> None:
        """Record in one transaction what makes sense, each request judged on all that goes before it."""
        taken, passed_over = self._judge(batch)
        if taken:
            try:
                recorded = await self._ledger.append([fact for one in taken for fact in one.facts])
            except UsageError:
                if len(batch) == 1:
                    raise
                # One is malformed: alone, each shows which, and is judged without the others.
                for request in batch:
                    await self._answer([request])
                return
            self._fold(recorded)
        for request in taken:
            request.answer(recorded=True)
        for request in passed_over:
            request.answer(recorded=False)

    def _judge(self, batch: Sequence[_Request]) -> tuple[list[_Request], list[_Request]]:
        """Part a batch into what is to be recorded and what makes no sense any more."""
        imagined = _Imagined(self.situation)
        taken: list[_Request] = []
        passed_over: list[_Request] = []
        for request in batch:
            if request.done.done():  # its caller gave up before its turn
                continue
            try:
                if request.makes_sense(imagined):
                    taken.append(request)
                    imagined.add(request.facts)
                else:
                    passed_over.append(request)
            except Exception as error:
                # One poisoned question keeps nobody else's facts out.
                request.fail(error)
        return taken, passed_over

    def _fold(self, recorded: Sequence[Fact]) -> None:
        for fact in recorded:
            before, self.situation = self.situation, evolve(self.situation, fact)
            touches = touched_by(before, self.situation, fact)
            for listener in self._listeners:
                listener(fact, touches)
        self._let_go()

    def _let_go(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
