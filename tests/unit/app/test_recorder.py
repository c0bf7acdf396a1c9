"""Facts are recorded together, and each still follows from what was recorded before it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from headway.app.recorder import Recorder
from headway.domain.errors import Transient, UsageError
from headway.domain.facts import Fact, NewFact, Source, SourceAway
from headway.domain.situation import Situation
from headway.testing.clock import VirtualClock
from headway.testing.ledger import MemoryLedger

AT = datetime(2026, 1, 1, tzinfo=UTC)


class SlowDisk(MemoryLedger):
    """A ledger that writes when it is let, and then all that it is given at once."""

    def __init__(self) -> None:
        super().__init__(VirtualClock(AT))
        self.free = asyncio.Event()
        self.free.set()
        self.is_full = False
        self.transactions: list[int] = []

    async def append(self, new_facts: Sequence[NewFact]) -> Sequence[Fact]:
        await self.free.wait()
        if self.is_full:
            raise Transient(
                "ledger-full", "the ledger could not be written", why="full", next_step="make room"
            )
        recorded = await super().append(new_facts)
        self.transactions.append(len(recorded))
        return recorded

    async def names(self) -> list[str]:
        return [fact.body.name async for fact in self.read()]


@pytest.fixture
async def disk() -> SlowDisk:
    """Give a ledger on a slow disk."""
    return SlowDisk()


@pytest.fixture
async def recorder(disk: SlowDisk) -> Recorder:
    """Give its recorder."""
    return Recorder(disk)


def away(name: str, at: datetime = AT) -> NewFact:
    return NewFact(body=SourceAway(source=Source.REGISTRY, name=name, words=""), happened_at=at)


def knows(situation: Situation, name: str) -> bool:
    return (Source.REGISTRY, name) in situation.away


async def begun(*records: "asyncio.Task[bool]") -> None:
    """Let tasks go as far as they can."""
    for _ in range(3 + len(records)):
        await asyncio.sleep(0)


async def test_what_is_asked_while_the_disk_writes_is_written_together(
    disk: SlowDisk, recorder: Recorder
) -> None:
    """A disk takes as long for one fact as for a hundred."""
    disk.free.clear()
    first = asyncio.create_task(recorder.record([away("first")]))
    await begun(first)
    rest = [asyncio.create_task(recorder.record([away(f"{number:02}")])) for number in range(20)]
    await begun(*rest)
    disk.free.set()
    assert await asyncio.gather(first, *rest) == [True] * 21
    assert disk.transactions == [1, 20]
    assert await disk.names() == ["first", *(f"{number:02}" for number in range(20))]


async def test_what_goes_together_is_judged_on_what_goes_before(disk: SlowDisk, recorder: Recorder) -> None:
    """Two that ask for the same decide once, also in one transaction."""
    disk.free.clear()
    twice = [
        asyncio.create_task(recorder.record([away("a")], only_if=lambda now: not knows(now, "a")))
        for _ in range(2)
    ]
    follows = asyncio.create_task(recorder.record([away("b")], only_if=lambda now: knows(now, "a")))
    await begun(*twice, follows)
    disk.free.set()
    assert await asyncio.gather(*twice, follows) == [True, False, True]
    assert await disk.names() == ["a", "b"]
    assert disk.transactions == [2]


async def test_nobody_is_told_no_for_the_sake_of_facts_that_were_not_recorded(
    disk: SlowDisk, recorder: Recorder
) -> None:
    """The disk is full: all are told so, and the situation is what the ledger holds."""
    disk.is_full = True
    twice = [
        asyncio.create_task(recorder.record([away("a")], only_if=lambda now: not knows(now, "a")))
        for _ in range(2)
    ]
    answers = await asyncio.gather(*twice, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Transient, Transient]
    assert not knows(recorder.situation, "a")
    disk.is_full = False
    assert await recorder.record([away("a")])
    assert await disk.names() == ["a"]


async def test_a_malformed_fact_keeps_nobody_elses_out(disk: SlowDisk, recorder: Recorder) -> None:
    """Each is then recorded alone, in order, and judged without it."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what the ledger refuses
    records = [recorder.record([away("a")]), recorder.record([away("bad", naive)])]
    records += [recorder.record([away("b")], only_if=lambda now: not knows(now, "bad"))]
    answers = await asyncio.gather(*records, return_exceptions=True)
    assert isinstance(answers[1], UsageError)
    assert [answers[0], answers[2]] == [True, True]
    assert await disk.names() == ["a", "b"]


async def test_a_poisoned_question_keeps_nobody_elses_facts_out(disk: SlowDisk, recorder: Recorder) -> None:
    """Only whoever asked it is told."""

    def poisoned(situation: Situation) -> bool:
        raise ZeroDivisionError(str(situation.sequence))

    records = [recorder.record([away("a")]), recorder.record([away("bad")], only_if=poisoned)]
    answers = await asyncio.gather(*records, recorder.record([away("b")]), return_exceptions=True)
    assert isinstance(answers[1], ZeroDivisionError)
    assert await disk.names() == ["a", "b"]


async def test_who_gives_up_before_its_turn_records_nothing(disk: SlowDisk, recorder: Recorder) -> None:
    """And who gives up while it is written leaves the situation beside the ledger."""
    disk.free.clear()
    writing = asyncio.create_task(recorder.record([away("written")]))
    await begun(writing)
    waiting = asyncio.create_task(recorder.record([away("waiting")]))
    await begun(waiting)
    for gone in (writing, waiting):
        gone.cancel()
    await asyncio.gather(writing, waiting, return_exceptions=True)
    disk.free.set()
    assert await recorder.record([away("next")])
    assert await disk.names() == ["written", "next"]
    assert recorder.situation.sequence == 2
    assert knows(recorder.situation, "written")


async def test_listeners_hear_facts_in_order_before_their_callers_go_on(recorder: Recorder) -> None:
    """Whoever recorded a fact finds the plan touched by it."""
    heard: list[str] = []
    recorder.listen(lambda fact, _: heard.append(fact.body.name))

    async def record(name: str) -> list[str]:
        await recorder.record([away(name)])
        return list(heard)

    then = await asyncio.gather(*map(record, "abc"))
    assert heard == ["a", "b", "c"]
    assert all(name in heard_then for name, heard_then in zip("abc", then, strict=True))
