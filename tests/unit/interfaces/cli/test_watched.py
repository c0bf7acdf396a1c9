"""The board in one window: in any size, what needs somebody first, alike told together."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.fixtures.big_estate import BigEstate
from tests.fixtures.page_world import PageWorld, served_in_memory, troubled
from tests.fixtures.served import delivered
from tests.fixtures.world import APPLICATION, World

from headway.interfaces.cli.watched import BoardView

SIZES = [(width, height) for width in (20, 40, 80, 120, 200) for height in (8, 16, 24, 50, None)]


@pytest.fixture
async def board(tmp_path: Path) -> dict[str, Any]:
    """40 artifacts in 8 instances, with a little of every trouble."""
    return await _asked(troubled(), tmp_path)


async def _asked(world: PageWorld, state: Path, query: str = "") -> dict[str, Any]:
    async with served_in_memory(world, state) as surface, surface.client(surface.token_of()) as client:
        answer = await client.get(f"/api/v1/board{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _drawn(board: dict[str, Any], width: int, height: int | None) -> list[str]:
    console = Console(width=width, color_system=None)
    return [line.plain for line in BoardView(board).lines(console, width, height)]


async def test_it_fits_a_window_of_any_size(board: dict[str, Any]) -> None:
    for width, height in SIZES:
        drawn = _drawn(board, width, height)
        assert max(cell_len(line) for line in drawn) <= width, (width, height)
        assert len(drawn) <= (height or len(drawn)), (width, height)
        if width >= 40 and (height is None or height >= 16):
            assert "identity/ap-east-1" in "".join(drawn).replace(" ", ""), (width, height)


async def test_what_is_not_calm_stands_before_what_there_is_no_room_for(board: dict[str, Any]) -> None:
    low, high = "\n".join(_drawn(board, 120, 40)), "\n".join(_drawn(board, 120, 100))
    for told in ("gateway", "crashed 4 times", "waits: approvals", "waits: soak", "held", "is on its way"):
        assert told in low
    assert "console" not in low
    assert "What is calm is only counted" in low
    assert "console" in high
    assert "only counted" not in high
    assert re.search(r"… \d+ more lines: name an application", "\n".join(_drawn(board, 120, 24)))


async def test_what_is_alike_is_told_once(board: dict[str, Any]) -> None:
    drawn = _drawn(board, 200, None)
    app1 = next(place for place, line in enumerate(drawn) if line.startswith("  app1"))
    assert re.search(r"1\.2\.0\+\w+ +\d+ min +dev test staging us-west-2 us-east-1$", drawn[app1])
    assert re.search(
        r"1\.1\.0\+\w+ +1 d +eu-west-1 eu-central-1 ap-east-1  1\.2\.0\+\w+ waits", drawn[app1 + 1]
    )
    assert sum("console" in line for line in drawn) == 1
    assert any(re.match(r"  console .* everywhere$", line) for line in drawn)
    assert sum("waits for approval" in line for line in drawn) == 1


async def test_sums_and_needs_are_those_of_the_page(board: dict[str, Any], tmp_path: Path) -> None:
    async with (
        served_in_memory(troubled(), tmp_path / "page", "pat") as surface,
        surface.browser("pat") as browser,
    ):
        page = (await browser.get("/board.json")).json()
    assert board["tally"] == page["tally"]
    assert [one["name"] for one in board["applications"]] == [one["name"] for one in page["applications"]]
    assert {one["words"] for one in board["needs"]} <= {one["words"] for one in page["needs"]}
    assert sum(1 + one["others"] for one in board["needs"]) == len(page["needs"])


async def test_of_a_large_estate_only_what_is_not_calm_is_told(tmp_path: Path) -> None:
    world = PageWorld(BigEstate(applications=12, artifacts=3, instances=20))
    world.deliver()
    world.hold(world.instance("a7", "i3"), None, "dan", "waits for the new schema")
    whole = await _asked(world, tmp_path)
    assert whole["is_whole"] is False
    assert whole["applications"][0]["name"] == "a7"
    assert [len(one["artifacts"]) for one in whole["applications"]] == [3, *[0] * 11]
    assert all(
        told["state"] == "held" for one in whole["applications"][0]["artifacts"] for told in one["told"]
    )
    one = await _asked(world, tmp_path / "one", "?application=a7")
    assert one["is_whole"] is True
    assert [len(each["artifacts"]) for each in one["applications"]] == [3]


async def test_what_is_not_live_any_more_says_so_and_of_when_it_is(board: dict[str, Any]) -> None:
    view = BoardView(board)
    view.notice = "the server does not answer: connection refused"
    head = view.lines(Console(width=120, color_system=None), 120)[0].plain
    assert (
        head
        == "Headway  as of 2026-03-03 11:43:00 UTC  not live: the server does not answer: connection refused"
    )


async def test_nothing_of_others_steers_the_terminal(board: dict[str, Any]) -> None:
    board["needs"][0]["words"] = "held by \x1b[2J\x1b]0;eve\x07 sue\u202e"
    board["applications"][0]["name"] = "one\x9b2Jconnect"
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", "".join(_drawn(board, 80, 24)))


async def test_it_is_asked_for_by_owner_and_environment(tmp_path: Path) -> None:
    owned = APPLICATION + "owner: connectivity\n"
    async with delivered(tmp_path, world=World(application=owned)) as served:
        ran = await served.headway("status", "--owner", "connectivity", "--environment", "staging")
        assert (ran.code, ran.err) == (0, "")
        assert re.search(r"app1 .*1\.0\.0\+\w+ .*everywhere", ran.out)
        assert "● 2 calm" in ran.out
        document = await served.headway("status", "--owner", "connectivity", "-o", "json")
        assert '"is_whole": true' in document.out
        refused = await served.headway("status", "--owner", "nobody")
        assert refused.code != 0
        assert "no application has the owner 'nobody'" in refused.err
        assert "connectivity" in refused.err
        unknown = await served.headway("status", "--environment", "stagign", "--watch")
        assert unknown.code != 0
        assert "there is no environment 'stagign'" in unknown.err


async def test_a_request_that_waits_hears_of_the_next_fact(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served, served.client(served.token_of()) as client:
        board = (await client.get("/api/v1/board")).json()
        query = f"wait_after={board['sequence']}&timeout=60"
        waiting = asyncio.create_task(client.get(f"/api/v1/board?{query}"))
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=30))
        assert (await waiting).json()["sequence"] > board["sequence"]
