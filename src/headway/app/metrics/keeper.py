"""Counts as facts come, keeps what was counted, and lets questions be asked of it.

It follows the ledger on its own, behind the recorder: what counts holds up nothing that decides, and counting
that fails ends nothing else. What is kept is a shortcut and never a source: when it is missing, damaged or of
other code, everything is counted anew, beside the service. Folding and asking take turns, each on a thread.
"""

import asyncio
import contextlib
import importlib
import logging
from collections.abc import Callable
from typing import TypeVar

from headway.app.metrics.books import Books
from headway.app.ports import FoldKept, Folds, Ledger, TallyForm
from headway.app.recorder import Recorder
from headway.domain.errors import Transient
from headway.domain.facts import Fact
from headway.domain.plan import Touches

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")
_ANSWERS = ("headway.domain.metrics.trend", "headway.domain.deployability.answers")
"""What reckons, and numpy with it: a service brings it in before the first question, which need not wait."""
_NAME = "metrics"
_BATCH = 500
"""Facts counted on a thread at a time: a question waits for no more than these."""
KEPT_EVERY = 20_000
"""Facts between two times at which what was counted is kept: a start counts no more than these anew."""
_MOST_BEHIND = 5_000
"""A question that finds more facts uncounted is told so; fewer, it waits for a moment."""
_WAITS_FOR_S = 5.0


class MetricsKeeper:
    """Keeps the books."""

    def __init__(
        self,
        *,
        recorder: Recorder,
        ledger: Ledger,
        folds: Folds,
        form: TallyForm,
        every: int = KEPT_EVERY,
    ) -> None:
        self._recorder = recorder
        self._ledger = ledger
        self._folds = folds
        self._form = form
        self._every = every
        self._books = Books()
        self._kept = 0
        self._turn = asyncio.Lock()
        self._due = asyncio.Event()
        self._moved = asyncio.Condition()

    @property
    def counted_to(self) -> int:
        """Give the sequence of the last fact that is counted."""
        return self._books.tally.sequence

    async def run(self) -> None:
        """Take up what was kept, and count whatever comes, until cancelled."""
        self._recorder.listen(self._heard)
        await self._restore()
        await asyncio.to_thread(_load_what_answers)
        while True:
            self._due.clear()
            try:
                await self._catch_up()
            except Exception:
                # What cannot be read now may be readable at the next fact; until then questions are told.
                _LOG.exception(
                    "counting stopped after fact %d; it goes on with the next fact", self.counted_to
                )
            await self._due.wait()

    async def ask(self, question: Callable[[Books], _T]) -> _T:
        """Ask the books, once everything that happened so far is counted.

        Raises:
            Transient: `metrics-counting`: much is not counted yet, as after an upgrade.
        """
        wanted = self._recorder.situation.sequence
        if wanted - self.counted_to > _MOST_BEHIND:
            raise self._counting(wanted)
        try:
            async with asyncio.timeout(_WAITS_FOR_S), self._moved:
                await self._moved.wait_for(lambda: self.counted_to >= wanted)
        except TimeoutError as error:
            raise self._counting(wanted) from error
        async with self._turn:
            return await asyncio.to_thread(question, self._books)

    async def keep(self) -> None:
        """Keep what was counted so far; where that fails, it is said and what was kept before stays."""
        async with self._turn:
            if self.counted_to == self._kept:
                return
            taken = {name: table.take_changed() for name, table in self._books.tables.items()}
            remembered, sequence = self._books.remembered, self.counted_to
            # Tried again only after as many facts: what fails once, fails at the next fact too.
            self._kept = sequence
        try:
            state = await asyncio.to_thread(self._form.encode, remembered)
            kept = FoldKept(sequence=sequence, state=state, pages=taken)
            await self._folds.keep_fold(_NAME, self._form.version, kept)
        except BaseException as error:
            for name, pages in taken.items():
                self._books.tables[name].give_back(pages)
            if not isinstance(error, Exception):
                raise
            _LOG.warning("what was counted is not kept: %s; the next start counts more anew", error)

    async def _restore(self) -> None:
        try:
            kept = await self._folds.recall_fold(_NAME, self._form.version)
            if kept is not None:
                self._books = await asyncio.to_thread(self._opened, kept)
        except Exception as error:  # a shortcut that fails must end nothing
            _LOG.warning("what was counted is passed over, and all facts are counted anew: %s", error)
            self._books = Books()
        self._kept = self.counted_to

    def _opened(self, kept: FoldKept) -> Books:
        books = Books.going_on(self._form.decode(kept.state))
        if books.tally.sequence != kept.sequence:
            message = f"it says that it ends at fact {books.tally.sequence}, not {kept.sequence}"
            raise ValueError(message)
        for name, table in books.tables.items():
            table.restore(kept.pages.get(name, {}))
        if not books.is_whole():
            message = "its pages hold other rows than it counted"
            raise ValueError(message)
        return books

    async def _catch_up(self) -> None:
        batch: list[Fact] = []
        async for fact in self._ledger.read(self.counted_to):
            batch.append(fact)
            if len(batch) == _BATCH:
                await self._count(batch)
                batch = []
        await self._count(batch)

    async def _count(self, batch: list[Fact]) -> None:
        if batch:
            async with self._turn:
                await asyncio.to_thread(self._books.fold, batch)
        if self.counted_to - self._kept >= self._every:
            await self.keep()
        async with self._moved:
            self._moved.notify_all()

    def _heard(self, _: Fact, __: Touches) -> None:
        self._due.set()

    def _counting(self, wanted: int) -> Transient:
        return Transient(
            "metrics-counting",
            "the metrics are not counted to the end",
            why=f"{self.counted_to:,} of {wanted:,} facts are counted so far; after an upgrade all are anew",
            next_step="ask again in a while",
        )


def _load_what_answers() -> None:
    # Without it facts are counted all the same, and whoever asks is told.
    with contextlib.suppress(ImportError):
        for name in _ANSWERS:
            importlib.import_module(name)
