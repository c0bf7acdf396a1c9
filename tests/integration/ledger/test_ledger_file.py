"""The file: who may write it, how it is migrated, how its views are made anew."""
# ruff: noqa: S608  the tables' names in these queries are the tests' own

import ast
import asyncio
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from tests.fixtures.ledger_facts import SetClock, numbered
from tests.fixtures.ledger_rows import change_file

from headway.adapters.ledger.ledger import SqliteLedger
from headway.adapters.ledger.reader import LedgerReader
from headway.adapters.ledger.schema import REVISION, metadata
from headway.domain.errors import Broken, UsageError
from headway.domain.names import ArtifactName

VERSIONS = Path("src/headway/adapters/ledger/migrations/versions")


def query(path: Path, sql: str) -> Sequence[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


async def test_a_second_writer_is_refused_and_told_who_holds_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    hold = (
        "import asyncio, sys, pathlib\n"
        "from headway.adapters.ledger.ledger import SqliteLedger\n"
        "from tests.fixtures.ledger_facts import SetClock\n"
        "async def main():\n"
        "    await SqliteLedger.open(pathlib.Path(sys.argv[1]), SetClock())\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
        "asyncio.run(main())\n"
    )
    environment = os.environ | {"PYTHONPATH": f"src{os.pathsep}."}
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", hold, str(path), stdin=pipe, stdout=pipe, env=environment
    )
    assert holder.stdout is not None
    assert await asyncio.wait_for(holder.stdout.readline(), 90) == b"held\n"
    with pytest.raises(Broken, match=f"process {holder.pid} writes it") as told:
        await SqliteLedger.open(path, SetClock())
    assert told.value.code == "ledger-taken"
    async with await LedgerReader.open_reader(path) as reader:
        assert [fact async for fact in reader.read()] == []
    holder.kill()
    await holder.communicate()
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        await ledger.append([numbered(1)])


async def test_a_link_to_a_taken_ledger_is_that_ledger(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "ledger.db")
    async with await SqliteLedger.open(tmp_path / "ledger.db", SetClock()):
        with pytest.raises(Broken) as told:
            await SqliteLedger.open(tmp_path / "link.db", SetClock())
    assert told.value.code == "ledger-taken"


async def test_a_reader_follows_the_writer_and_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with (
        await SqliteLedger.open(path, SetClock()) as ledger,
        await LedgerReader.open_reader(path) as reader,
    ):
        await ledger.append([numbered(1)])
        assert [fact.sequence async for fact in reader.read()] == [1]
        await ledger.append([numbered(2)])
        assert [fact.sequence async for fact in reader.read(1)] == [2]
        with pytest.raises(Broken) as told:
            await reader._ask(lambda connection: connection.exec_driver_sql("DELETE FROM views"))
    assert told.value.code == "ledger-unwritable"
    async with await LedgerReader.open_reader(path) as reader:
        assert [fact.sequence async for fact in reader.read()] == [1, 2]


async def test_a_ledger_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as told:
        await LedgerReader.open_reader(tmp_path / "ledger.db")
    assert told.value.code == "ledger-unknown"
    assert not os.listdir(tmp_path)  # noqa: PTH208  nothing but names


async def test_many_appends_at_once_leave_no_gap_and_keep_their_order(tmp_path: Path) -> None:
    async with await SqliteLedger.open(tmp_path / "ledger.db", SetClock()) as ledger:
        batches = await asyncio.gather(*(ledger.append([numbered(n), numbered(n)]) for n in range(50)))
        assert [fact.sequence for batch in batches for fact in batch] == list(range(1, 101))
        assert [fact async for fact in ledger.read()] == [fact for batch in batches for fact in batch]


async def test_an_append_that_is_called_off_is_recorded_whole_or_not_at_all(tmp_path: Path) -> None:
    async with await SqliteLedger.open(tmp_path / "ledger.db", SetClock()) as ledger:
        calls = [asyncio.create_task(ledger.append([numbered(n), numbered(n)])) for n in range(20)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await ledger.append([numbered(99)])
        names = [fact.body.artifact.artifact async for fact in ledger.read()]
    assert all(names.count(f"app{n}") in (0, 2) for n in range(20))
    assert all(names.count(f"app{n}") == 2 for n in range(1, 20, 2))
    assert names[-1] == "app99"


@pytest.mark.parametrize("view", ["fact_subjects", "promotions"])
async def test_a_view_of_another_version_is_made_anew_from_the_facts(tmp_path: Path, view: str) -> None:
    path = tmp_path / "ledger.db"
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        await ledger.append([numbered(1), numbered(2)])
    before = query(path, f"SELECT * FROM {view}"), query(path, "SELECT * FROM views ORDER BY name")
    change_file(path, f"DELETE FROM {view}", f"UPDATE views SET version = 'old' WHERE name = '{view}'")
    async with await SqliteLedger.open(path, SetClock()):
        pass
    assert (query(path, f"SELECT * FROM {view}"), query(path, "SELECT * FROM views ORDER BY name")) == before


async def test_a_ledger_of_a_newer_headway_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with await SqliteLedger.open(path, SetClock()):
        pass
    change_file(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Broken) as told:
        await SqliteLedger.open(path, SetClock())
    assert told.value.code == "ledger-newer"
    with pytest.raises(Broken) as told:
        await LedgerReader.open_reader(path)
    assert told.value.code == "ledger-newer"
    assert query(path, "SELECT version_num FROM alembic_version") == [("9999",)]


async def test_a_ledger_from_before_looks_were_kept_gets_a_place_for_them(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        await ledger.append([numbered(1)])
    before = query(path, "SELECT * FROM facts")
    for table in ("looks", "folds", "fold_pages"):
        change_file(path, f"DROP TABLE {table}")
    change_file(path, "UPDATE alembic_version SET version_num = '0001'")
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        assert await ledger.recall_look(ArtifactName("oneconnect", "app1"), "every tag") is None
        await ledger.keep_look(ArtifactName("oneconnect", "app1"), "every tag", "remembered")
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        assert await ledger.recall_look(ArtifactName("oneconnect", "app1"), "every tag") == "remembered"
    assert query(path, "SELECT * FROM facts") == before


async def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    path = tmp_path / "ledger.db"
    async with await SqliteLedger.open(path, SetClock()):
        pass
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_migration_says_whether_the_code_before_it_still_works_and_the_newest_is_the_one_we_read() -> (
    None
):
    newest = sorted(VERSIONS.glob("m*.py"))
    for path in newest:
        doc = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert doc is not None, path
        assert doc.startswith(("pre: ", "post: ")), path
    assert newest[-1].name.startswith(f"m{REVISION}_")


async def test_the_file_is_written_ahead_and_synchronised(tmp_path: Path) -> None:
    async with await SqliteLedger.open(tmp_path / "ledger.db", SetClock()) as ledger:
        pragmas = {}
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            pragmas[name] = await ledger._write(
                lambda at, name=name: at.exec_driver_sql(f"PRAGMA {name}").scalar()
            )
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
