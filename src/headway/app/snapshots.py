"""Keeps what the facts fold to, so that a start need not fold them all.

A snapshot is a shortcut and never a source: one that is missing, of other code or unreadable is passed over,
and everything is folded. What it spares the start to read is still checked, while the service runs.
"""

import asyncio
import logging

from headway.app.ports import Ledger, SituationForm, Snapshots
from headway.app.recorder import Recorder
from headway.domain.facts import Fact
from headway.domain.plan import Touches
from headway.domain.situation import Situation

_LOG = logging.getLogger(__name__)
SNAPSHOT_EVERY = 20_000
"""Facts between two snapshots: a start after a kill folds no more than these, in about a second."""


class SituationKeeper:
    """Takes the situation up at the start, and keeps it from then on."""

    def __init__(
        self,
        *,
        recorder: Recorder,
        ledger: Ledger,
        snapshots: Snapshots,
        form: SituationForm,
        every: int = SNAPSHOT_EVERY,
    ) -> None:
        self._recorder = recorder
        self._ledger = ledger
        self._snapshots = snapshots
        self._form = form
        self._every = every
        self._kept = 0
        self._unchecked = 0
        self._due = asyncio.Event()

    async def restore(self) -> None:
        """Take up the newest snapshot, if there is one that fits, and fold what came after it.

        Raises:
            Broken: `ledger-tampered`: the snapshot was made of other facts than the ledger holds, or what
                came after it is not what was recorded.
        """
        kept = await self._snapshots.load(self._form.version)
        situation = None if kept is None else await self._decoded(*kept)
        if situation is not None:
            self._recorder.begin_at(situation)
            self._kept = self._unchecked = situation.sequence
        await self._recorder.load()
        self._recorder.listen(self._heard)
        self._notice()

    async def run(self) -> None:
        """Check the facts that `restore` did not read, then keep a snapshot now and then, until cancelled.

        Raises:
            Broken: `ledger-tampered`: one of them is not what was recorded: nothing may be decided on them.
        """
        await self._check_older()
        while True:
            await self._due.wait()
            self._due.clear()
            await self.keep()

    async def keep(self) -> None:
        """Keep a snapshot of now; where that fails, it is said and the one before stays."""
        situation = self._recorder.situation
        if situation.sequence == self._kept:
            return
        # Tried again only after as many facts: what fails once, fails at the next fact too.
        self._kept = situation.sequence
        try:
            blob = await asyncio.to_thread(self._form.encode, situation)
            await self._snapshots.save(self._form.version, situation.sequence, blob)
        except Exception as error:  # a shortcut that fails must end nothing
            _LOG.warning("no snapshot of the situation was kept: %s; the next start folds more facts", error)

    async def _decoded(self, sequence: int, blob: bytes) -> Situation | None:
        try:
            situation = await asyncio.to_thread(self._form.decode, blob)
        except ValueError as error:
            why = str(error)
        else:
            if situation.sequence == sequence:
                return situation
            why = f"it says that it ends at fact {situation.sequence}"
        _LOG.warning("the snapshot up to fact %d is passed over, and all facts are folded: %s", sequence, why)
        return None

    async def _check_older(self) -> None:
        if not self._unchecked:
            return
        # Reading checks the chain, page by page on another thread.
        async for fact in self._ledger.read():
            self._recorder.note_unread(fact)
            if fact.sequence >= self._unchecked:
                return

    def _heard(self, _: Fact, __: Touches) -> None:
        self._notice()

    def _notice(self) -> None:
        if self._recorder.situation.sequence - self._kept >= self._every:
            self._due.set()
