"""`headway serve`, told to end, keeps what it folded; what the next start skips is checked while it runs."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.fixtures.ledger_rows import change_file
from tests.fixtures.served_process import ServedProcess

OPTIONS = ("--no-agent", "--port", "0")


async def served_once(folder: Path) -> ServedProcess:
    """Serve until the estate and its configuration are recorded, and end it."""
    served = ServedProcess(folder)
    served.begin()
    async with served.serving(*OPTIONS) as server:
        await server.until(lambda _: newest(served, "facts") > 1)
        assert await server.end() == 0
    return served


def newest(served: ServedProcess, table: str) -> int:
    with closing(sqlite3.connect(served.state / "ledger.db")) as db:
        return int(db.execute(f"SELECT coalesce(max(sequence), 0) FROM {table}").fetchone()[0])  # noqa: S608


async def test_told_to_end_it_keeps_a_snapshot_of_all_facts(tmp_path: Path) -> None:
    served = await served_once(tmp_path)
    assert newest(served, "snapshots") == newest(served, "facts")
    async with served.serving(*OPTIONS) as server:
        assert await server.end() == 0
    assert "passed over" not in server.said


async def test_a_fact_before_the_snapshot_that_was_changed_ends_it_as_loudly_as_a_start(
    tmp_path: Path,
) -> None:
    served = await served_once(tmp_path)
    change_file(served.state / "ledger.db", "UPDATE facts SET reason = 'another' WHERE sequence = 1")
    kept = newest(served, "snapshots")
    async with served.run("serve", "--estate", served.remote.url, *OPTIONS) as server:
        while_serving = await server.ended()
    assert "fact 1 of the ledger is not what was recorded" in server.said
    assert newest(served, "snapshots") == kept, "a snapshot was kept of what nobody may trust"
    with closing(sqlite3.connect(served.state / "ledger.db")) as db, db:
        db.execute("DELETE FROM snapshots")
    async with served.run("serve", "--estate", served.remote.url, *OPTIONS) as server:
        assert await server.ended() == while_serving != 0
