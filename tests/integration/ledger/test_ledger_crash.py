"""The writer is killed at every point: what it said is recorded stays, and nothing is half there."""

import asyncio
import os
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from tests.fixtures.ledger_facts import SetClock

from headway.adapters.ledger.ledger import SqliteLedger
from headway.adapters.ledger.reader import LedgerReader

CHILD = "tests.fixtures.ledger_child"


async def start(verb: str, path: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", CHILD, verb, str(path)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": f"src{os.pathsep}."},
    )


async def check(path: Path, *, said: bytes) -> int:
    """Check that the ledger is whole and holds what its writer said; give how many facts it holds."""
    async with await SqliteLedger.open(path, SetClock()) as ledger:
        names = [fact.body.artifact.artifact async for fact in ledger.read()]
        assert names == [f"app{number}" for number in range(1, len(names) + 1)]
        assert len(names) % 3 == 0, "a batch is half there"
        assert len(names) >= max((int(line) for line in said.split()), default=0)
        if names:
            [newest] = await ledger.about(f"artifact:oneconnect/{names[-1]}", limit=9)
            assert newest.sequence == len(names), "view and facts disagree"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM fact_subjects").fetchone() == (len(names),)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return len(names)


def said_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.said"))


async def test_killed_at_each_point_of_making_a_ledger_and_of_two_appends_nothing_is_half_there(
    tmp_path: Path,
) -> None:
    driver = await start("each", tmp_path)
    await asyncio.wait_for(driver.communicate(), 150)
    assert driver.returncode == 0
    said = said_files(tmp_path)
    assert len(said) > 30, "there are fewer points than statements"
    grew_to = set()
    for each in said:
        path = each.with_suffix(".db")
        grew_to.add(await check(path, said=each.read_bytes()))
    assert grew_to == {0, 3, 6}


async def test_killed_again_and_again_at_any_moment_the_chain_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    moments, held = random.Random(7), 0  # noqa: S311  the same moments each time
    for _ in range(8):
        child = await start("on", path)
        assert child.stdout is not None
        said = b""
        for _ in range(moments.randrange(1, 40)):
            said = await asyncio.wait_for(child.stdout.readline(), 60)
        child.kill()
        rest, _ = await child.communicate()
        whole_lines = rest.rpartition(b"\n")[0]
        count = await check(path, said=said + whole_lines)
        assert count > held
        held = count


async def test_a_reader_beside_a_writer_that_was_killed_reads_what_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    child = await start("on", path)
    assert child.stdout is not None
    said = int(await asyncio.wait_for(child.stdout.readline(), 60))
    async with await LedgerReader.open_reader(path) as reader:
        child.kill()
        await child.communicate()
        assert len([fact async for fact in reader.read()]) >= said
    async with await LedgerReader.open_reader(path) as reader:
        assert len([fact async for fact in reader.read()]) >= said
