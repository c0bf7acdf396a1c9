"""A start from a snapshot knows what a start from all facts knows; one that does not fit is passed over."""

import asyncio
import logging
import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from shutil import copytree

import pytest
from tests.fixtures.big_estate import BigEstate
from tests.fixtures.ledger_child import die_while_keeping
from tests.fixtures.ledger_facts import NOON, SetClock, numbered
from tests.fixtures.ledger_rows import change_file

from headway.adapters.ledger.ledger import SqliteLedger
from headway.adapters.ledger.situation_codec import decode_situation, encode_situation
from headway.adapters.ledger.situation_form import JsonSituations
from headway.app.code_version import code_version
from headway.app.recorder import Recorder
from headway.app.snapshots import SituationKeeper
from headway.domain.errors import Broken
from headway.domain.facts import NewFact
from headway.domain.situation import Situation

FORM = JsonSituations()
DELIVERED = [
    NewFact(body=body, happened_at=NOON)  # type: ignore[arg-type]
    for body in BigEstate(applications=2, artifacts=3, instances=4, waves=2).bodies()
]


def keeper_of(ledger: SqliteLedger, *, every: int = 20_000) -> tuple[SituationKeeper, Recorder]:
    recorder = Recorder(ledger)
    keeper = SituationKeeper(recorder=recorder, ledger=ledger, snapshots=ledger, form=FORM, every=every)
    return keeper, recorder


async def folded(path: Path) -> Situation:
    """Fold all facts."""
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        recorder = Recorder(ledger)
        await recorder.load()
        return recorder.situation


async def restored(path: Path) -> Situation:
    """Start as `serve` does."""
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        keeper, recorder = keeper_of(ledger)
        await keeper.restore()
        return recorder.situation


async def written(path: Path, after: Sequence[NewFact] = ()) -> None:
    """Record a delivery, keep a snapshot, and record some more."""
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        keeper, recorder = keeper_of(ledger)
        await keeper.restore()
        await recorder.record(DELIVERED)
        await keeper.keep()
        await recorder.record(after)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Give a ledger with a snapshot, and two facts after it."""
    path = tmp_path / "ledger.db"
    await written(path, [numbered(1), numbered(2)])
    return path


def snapshot_of(path: Path) -> tuple[int, bytes]:
    with closing(sqlite3.connect(path)) as db:
        sequence, blob = db.execute("SELECT sequence, blob FROM snapshots").fetchone()
        return sequence, blob


def put_blob(path: Path, blob: bytes) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE snapshots SET blob = ?", [blob])


async def test_with_a_snapshot_and_without_the_situation_is_the_same(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert await restored(path) == await folded(path)
    assert snapshot_of(path)[0] == len(DELIVERED)
    assert not caplog.records


async def test_a_start_reads_only_the_facts_after_the_snapshot(path: Path) -> None:
    expected = await folded(path)
    change_file(path, "UPDATE facts SET reason = 'another' WHERE sequence = 3")
    assert await restored(path) == expected


async def test_a_break_before_the_snapshot_is_found_while_the_service_runs(path: Path) -> None:
    change_file(path, "UPDATE facts SET reason = 'another' WHERE sequence = 3")
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        keeper, _ = keeper_of(ledger)
        await keeper.restore()
        with pytest.raises(Broken, match="fact 3 of the ledger") as told:
            await asyncio.wait_for(keeper.run(), 60)
    assert told.value.code == "ledger-tampered"


@pytest.mark.parametrize("after", [0, 1], ids=["at-the-snapshot", "after-it"])
async def test_a_break_at_the_snapshot_or_after_it_stops_the_start(path: Path, after: int) -> None:
    sequence = len(DELIVERED) + after
    change_file(path, f"UPDATE facts SET hash = 'x' WHERE sequence = {sequence}")  # noqa: S608
    with pytest.raises(Broken, match=f"fact {sequence} of the ledger") as told:
        await restored(path)
    assert told.value.code == "ledger-tampered"


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"gibberish",
        zlib.compress(b"[" * 100_000),
        zlib.compress(b"{}"),
        zlib.compress(b"[1,2,3]"),
        zlib.compress(b"\xff\xfe"),
        encode_situation(Situation()),
    ],
    ids=["empty", "not-compressed", "deep", "no-list", "short", "no-text", "of-another-fact"],
)
async def test_a_damaged_snapshot_is_passed_over_with_a_warning(
    path: Path, blob: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    put_blob(path, blob)
    assert await restored(path) == await folded(path)
    assert f"the snapshot up to fact {len(DELIVERED)} is passed over" in caplog.text


async def test_a_snapshot_cut_or_flipped_anywhere_is_never_read_as_another_situation(path: Path) -> None:
    _, blob = snapshot_of(path)
    step = max(1, len(blob) // 40)
    damaged = [blob[:at] for at in range(0, len(blob), step)]
    damaged += [blob[:at] + bytes([blob[at] ^ 0x10]) + blob[at + 1 :] for at in range(2, len(blob), step)]
    for one in damaged:
        with pytest.raises(ValueError, match=r"damaged|is n"):
            decode_situation(one)


async def test_a_snapshot_of_other_code_is_passed_over(path: Path) -> None:
    put_blob(path, b"what another version wrote")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE snapshots SET code_version = 'another'")
    assert await restored(path) == await folded(path)


def test_any_change_of_the_code_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    module = tmp_path / "inner" / "fold.py"
    module.write_text("one = 1\n")
    before = code_version([tmp_path], [])
    assert code_version([tmp_path], []) == before
    module.write_text("one = 2\n")
    changed = code_version([tmp_path], [])
    module.rename(tmp_path / "inner" / "other.py")
    assert len({before, changed, code_version([tmp_path], [])}) == 3
    assert FORM.version == code_version(
        [files("headway.domain"), files("headway.adapters.ledger")], ["semantic-version", "pydantic"]
    )


async def test_a_snapshot_is_kept_each_time_that_enough_facts_came(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        keeper, recorder = keeper_of(ledger, every=10)
        await keeper.restore()
        running = asyncio.create_task(keeper.run())
        for number in range(1, 12):
            await recorder.record([numbered(number)])
        async with asyncio.timeout(60):
            while await ledger.load(FORM.version) is None:
                await recorder.record([])
        running.cancel()
    assert snapshot_of(path)[0] >= 10
    assert await restored(path) == await folded(path)


def test_killed_while_keeping_a_snapshot_the_one_before_or_the_new_one_is_there(tmp_path: Path) -> None:
    asyncio.run(written(tmp_path / "before" / "ledger.db"))
    found, expected = set(), None
    for point in range(1, 100):
        path = copytree(tmp_path / "before", tmp_path / str(point)) / "ledger.db"
        lived = die_while_keeping(point, path)
        expected = expected or asyncio.run(folded(path))
        assert asyncio.run(restored(path)) == expected
        found.add(snapshot_of(path)[0] - len(DELIVERED))
        if lived:
            break
    assert found == {0, 1}
    assert point > 5, "there are fewer points than statements"
