"""The books follow the ledger, are kept now and then, and a start takes them up; or counts all anew."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.fixtures.delivery_history import History, counted_in, everything, version
from tests.fixtures.ledger_facts import SetClock

from headway.adapters.ledger.situation_form import JsonTallies
from headway.app.metrics.books import Books
from headway.app.metrics.keeper import MetricsKeeper
from headway.app.ports import FoldKept
from headway.app.recorder import Recorder
from headway.domain.errors import Transient
from headway.domain.facts import NewFact, Outcome
from headway.domain.metrics.measure import measure, rows_of
from headway.testing.ledger import MemoryLedger

FORM = JsonTallies()
BEFORE_A_QUESTION = """
import asyncio, sys
from headway.adapters.ledger.situation_form import JsonTallies
from headway.app.metrics.keeper import MetricsKeeper
from headway.app.recorder import Recorder
from headway.testing.clock import VirtualClock
from headway.testing.ledger import MemoryLedger

async def main():
    ledger = MemoryLedger(VirtualClock())
    keeper = MetricsKeeper(recorder=Recorder(ledger), ledger=ledger, folds=ledger, form=JsonTallies())
    print("numpy" in sys.modules)
    counting = asyncio.create_task(keeper.run())
    await keeper.ask(lambda _: None)
    while "headway.domain.deployability.answers" not in sys.modules:
        await asyncio.sleep(0.01)
    print("numpy" in sys.modules)
    counting.cancel()

asyncio.run(main())
"""


class Other(JsonTallies):
    """The same form, of code that counts differently."""

    def __init__(self) -> None:
        super().__init__()
        self.version = "other"


def deployed(books: Books) -> int:
    return measure(rows_of(counted_in(books), everything())).frequency.deployments


def told(count: int) -> list[NewFact]:
    history = History()
    history.image(1)
    for number in range(count):
        history.delivered("prod1", version(1, number), number)
    return [NewFact(body=one.body, happened_at=one.happened_at, actor=one.actor) for one in history.facts]


@asynccontextmanager
async def keeping(
    ledger: MemoryLedger, *, form: JsonTallies = FORM, every: int = 20_000
) -> AsyncIterator[tuple[MetricsKeeper, Recorder]]:
    recorder = Recorder(ledger)
    await recorder.load()
    keeper = MetricsKeeper(recorder=recorder, ledger=ledger, folds=ledger, form=form, every=every)
    task = asyncio.create_task(keeper.run())
    try:
        yield keeper, recorder
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_question_is_answered_with_everything_that_happened_so_far() -> None:
    async with keeping(MemoryLedger(SetClock())) as (keeper, recorder):
        facts = told(3)
        await recorder.record(facts[:8])
        assert await keeper.ask(deployed) == 2
        await recorder.record(facts[8:])
        assert await keeper.ask(deployed) == 3
        assert keeper.counted_to == len(facts)


async def test_what_was_kept_is_taken_up_and_counted_on() -> None:
    ledger = MemoryLedger(SetClock())
    facts = told(5)
    async with keeping(ledger) as (keeper, recorder):
        await recorder.record(facts[:11])
        await keeper.ask(deployed)
        await keeper.keep()
    kept = await ledger.recall_fold("metrics", FORM.version)
    assert kept is not None
    assert kept.sequence == 11
    async with keeping(ledger) as (keeper, recorder):
        await recorder.record(facts[11:])
        assert await keeper.ask(deployed) == 5


async def test_it_is_kept_after_so_many_facts_by_itself() -> None:
    ledger = MemoryLedger(SetClock())
    async with keeping(ledger, every=4) as (keeper, recorder):
        await recorder.record(told(3))
        await keeper.ask(deployed)
        # Whoever asks next is answered after what was due before was done.
        await recorder.record(told(1))
        await keeper.ask(deployed)


async def test_what_other_code_kept_is_counted_anew() -> None:
    ledger = MemoryLedger(SetClock())
    async with keeping(ledger) as (keeper, recorder):
        await recorder.record(told(3))
        await keeper.ask(deployed)
        await keeper.keep()
    async with keeping(ledger, form=Other()) as (keeper, _):
        assert await keeper.ask(deployed) == 3


@pytest.mark.parametrize("spoiled", ["state", "pages", "sequence"])
async def test_what_is_damaged_is_passed_over_and_said(
    spoiled: str, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = MemoryLedger(SetClock())
    async with keeping(ledger) as (keeper, recorder):
        await recorder.record(told(3))
        await keeper.ask(deployed)
        await keeper.keep()
    kept = await ledger.recall_fold("metrics", FORM.version)
    assert kept is not None
    bad = {
        "state": FoldKept(sequence=kept.sequence, state=kept.state[:-9], pages=kept.pages),
        "pages": FoldKept(sequence=kept.sequence, state=kept.state, pages={"deliveries": {0: b"short"}}),
        "sequence": FoldKept(sequence=kept.sequence - 1, state=kept.state, pages=kept.pages),
    }
    await ledger.keep_fold("metrics", "gone", kept)  # another version's takes all pages away
    await ledger.keep_fold("metrics", FORM.version, bad[spoiled])
    with caplog.at_level(logging.WARNING):
        async with keeping(ledger) as (keeper, _):
            assert await keeper.ask(deployed) == 3
    assert "counted anew" in caplog.text


async def test_while_much_is_not_counted_yet_questions_are_told_so() -> None:
    recorder = Recorder(ledger := MemoryLedger(SetClock()))
    await recorder.record(told(2000))
    keeper = MetricsKeeper(recorder=recorder, ledger=ledger, folds=ledger, form=FORM)
    with pytest.raises(Transient) as raised:
        await keeper.ask(deployed)
    assert raised.value.code == "metrics-counting"
    assert "0 of 6,00" in raised.value.why


async def test_a_fact_that_cannot_be_counted_is_set_aside_and_counted_as_that(
    caplog: pytest.LogCaptureFixture,
) -> None:
    history = History()
    history.delivered("prod1", version(1), 1)
    broken = history.decided("prod1", version(2), 5)
    history.told(history.facts[-1].body, 6)
    object.__setattr__(history.facts[-1].body, "changes", None)
    history.delivered("prod1", version(3), 9)
    books = Books()
    books.fold(history.facts)
    assert books.tally.passed_over == 2  # told twice, both spoiled: they share their body
    assert "could not be counted" in caplog.text
    assert (deployed(books), bool(broken)) == (2, True)


async def test_a_fact_that_nobody_can_read_is_counted_as_that() -> None:
    history = History()
    history.told(None, 1)
    history.delivered("prod1", version(1), 5, outcome=Outcome.FAILED)
    books = Books()
    books.fold(history.facts)
    assert books.tally.passed_over == 1


def test_what_reckons_is_there_before_the_first_question() -> None:
    """In a program of its own: this one has long imported it."""
    done = subprocess.run(
        [sys.executable, "-c", BEFORE_A_QUESTION], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split() == ["False", "True"], done.stderr
