"""A full disk: said in clear words, nothing half recorded, and well again once there is room."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.ledger_facts import NOON, SetClock, numbered

from headway.adapters.ledger.ledger import SqliteLedger
from headway.domain.errors import Transient
from headway.domain.facts import EstateRefused, NewFact


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 1 MiB; needs root, as the rest of the suite does."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True, timeout=20)
    yield disk
    subprocess.run(["umount", disk], check=True, timeout=20)


def big(kib: int) -> NewFact:
    return NewFact(body=EstateRefused(commits={}, problems=("x" * 1024 * kib,)), happened_at=NOON)


async def fill(ledger: SqliteLedger) -> Transient:
    for _ in range(100):
        try:
            await ledger.append([numbered(1), big(64), numbered(2)])
        except Transient as error:
            return error
    pytest.fail("the disk never was full")


async def test_a_full_disk_is_said_nothing_is_half_recorded_and_it_goes_on_when_there_is_room(
    small_disk: Path,
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 256 * 1024)
    path = small_disk / "ledger.db"
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        error = await fill(ledger)
        assert error.code == "ledger-full"
        assert str(path) in error.what
        assert f"the disk under {small_disk} is full" in error.why
        before = [fact.sequence async for fact in ledger.read()]
        assert len(before) % 3 == 0
        for _ in range(3):
            with pytest.raises(Transient):
                await ledger.append([big(64)])
        with pytest.raises(Transient) as told:
            await ledger.save("1", len(before), b"x" * 512 * 1024)
        assert told.value.code == "ledger-full"
        assert await ledger.load("1") is None
        assert [fact.sequence async for fact in ledger.read()] == before
        ballast.unlink()
        [fact] = await ledger.append([numbered(7)])
        assert fact.sequence == len(before) + 1
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        assert [fact.sequence async for fact in ledger.read()] == [*before, fact.sequence]


async def test_a_ledger_that_finds_no_room_to_begin_says_so_and_begins_when_there_is(
    small_disk: Path,
) -> None:
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(b"x" * 2 * 1024 * 1024)
    with pytest.raises(Transient) as told:
        await SqliteLedger.open(small_disk / "ledger.db", SetClock())
    assert told.value.code == "ledger-full"
    ballast.unlink()
    async with await SqliteLedger.open(small_disk / "ledger.db", SetClock()) as ledger:
        assert (await ledger.append([numbered(1)]))[0].sequence == 1
