"""Poisoned rows are passed over; tampered ones stop the reading."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.fixtures.ledger_facts import SetClock, numbered
from tests.fixtures.ledger_rows import add_row, change_file

from headway.adapters.ledger.ledger import SqliteLedger
from headway.adapters.ledger.reader import LedgerReader
from headway.domain.errors import Broken
from headway.domain.facts import Fact, ImagesLookedAt


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Give a ledger's file with three facts."""
    path = tmp_path / "ledger.db"
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        await ledger.append([numbered(number) for number in (1, 2, 3)])
    return path


async def all_of(path: Path, after: int = 0) -> list[Fact]:
    async with await LedgerReader.open_reader(path) as reader:
        return [fact async for fact in reader.read(after)]


@pytest.mark.parametrize(
    "row",
    [
        {"body": "not JSON at all \x00"},
        {"body": "[" * 100_000},
        {"body": '{"artifact":["a"]}'},
        {"body": '{"artifact":["a","b"]}', "schema": 2},
        {"body": '{"artifact":["a","b"]}', "schema": 0},
        {"body": "{}", "type": "from-the-future", "schema": 9},
    ],
    ids=["no-json", "deep", "no-fit", "newer-schema", "older-schema-without-step", "unknown-type"],
)
async def test_a_row_that_cannot_be_understood_is_passed_over_and_logged_once(
    path: Path, row: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    sequence = add_row(path, **row)  # type: ignore[arg-type]
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        await ledger.append([numbered(5)])
        with caplog.at_level(logging.WARNING, "headway.ledger"):
            for _ in range(2):
                read = [fact async for fact in ledger.read()]
    assert [fact.sequence for fact in read] == [1, 2, 3, 4, 5]
    if row.get("schema") == 0:
        # No step is known from schema 0, and the body fits as it is.
        assert isinstance(read[3].body, ImagesLookedAt)
        return
    assert read[3].body is None
    assert read[3].type == row.get("type", "images-looked-at")
    assert [record.args[0] for record in caplog.records if record.args] == [sequence]
    assert "pydantic.dev" not in caplog.text


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE facts SET body = 'poison' WHERE sequence = 2", 2),
        ("UPDATE facts SET body = NULL WHERE sequence = 2", 2),
        ("UPDATE facts SET reason = 'another' WHERE sequence = 2", 2),
        ("UPDATE facts SET happened_at = '2020-01-01T00:00:00.000000Z' WHERE sequence = 3", 3),
        ("UPDATE facts SET actor = 'person:eve' WHERE sequence = 1", 1),
        ("UPDATE facts SET hash = 'x' WHERE sequence = 2", 2),
        ("UPDATE facts SET id = 'x' WHERE sequence = 2", 2),
        ("DELETE FROM facts WHERE sequence = 2", 2),
        ("DELETE FROM facts WHERE sequence = 1", 1),
    ],
)
async def test_a_row_that_was_changed_or_removed_stops_the_reading_and_is_named(
    path: Path, statement: str, number: int
) -> None:
    null = "body = NULL" in statement
    change_file(path, *(_without_not_null() if null else ()), statement)
    with pytest.raises(Broken, match=f"fact {number} of the ledger") as told:
        await all_of(path)
    assert told.value.code == "ledger-tampered"


def _without_not_null() -> tuple[str, ...]:
    return (
        "PRAGMA writable_schema = ON",
        "CREATE TABLE loose AS SELECT * FROM facts",
        "DROP TABLE facts",
        "ALTER TABLE loose RENAME TO facts",
    )


async def test_a_tail_that_was_cut_off_is_noticed_by_whoever_knew_it(path: Path) -> None:
    change_file(path, "DELETE FROM facts WHERE sequence = 3")
    assert len(await all_of(path)) == 2
    with pytest.raises(Broken, match="fact 3") as told:
        await all_of(path, after=3)
    assert told.value.code == "ledger-tampered"


async def test_a_snapshot_of_other_facts_is_noticed(path: Path) -> None:
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        await ledger.save("1", 3, b"folded")
    change_file(path, "DELETE FROM facts WHERE sequence = 3")
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        await ledger.append([numbered(4)])
        with pytest.raises(Broken, match="fact 3"):
            await ledger.load("1")


async def test_the_database_itself_refuses_to_change_a_fact(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in ("UPDATE facts SET reason = 'x'", "DELETE FROM facts"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                db.execute(statement)


async def test_a_fact_s_id_is_the_head_of_its_hash(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT id, hash FROM facts").fetchall()
    assert all(len(row[1]) == 64 and row[0] == row[1][:32] for row in rows)


async def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this is a letter to my aunt\n" * 1000)
    with pytest.raises(Broken) as told:
        await SqliteLedger.open(path, SetClock())
    assert told.value.code == "ledger-damaged"
    with pytest.raises(Broken) as told:
        await LedgerReader.open_reader(path)
    assert told.value.code == "ledger-damaged"
