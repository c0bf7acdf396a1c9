"""The board as HTML and as JSON: what is there, what comes first, what is told together."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.fixtures.big_estate import BigEstate
from tests.fixtures.page_world import NamedEstate, PageWorld, served_in_memory, troubled
from tests.fixtures.pages import rows_of, text_of

from headway.interfaces.web.board_page import MOST_OPEN_CELLS


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on 40 artifacts in 8 instances, with a little of every trouble."""
    async with (
        served_in_memory(troubled(), tmp_path, "pat") as surface,
        surface.browser("pat") as browser,
    ):
        yield browser


async def test_each_cell_tells_version_health_and_verification_in_words(board: httpx.AsyncClient) -> None:
    page = (await board.get("/")).text
    rows = rows_of(page)
    assert len(rows) == 40
    assert re.search(r"1\.1\.0\+\w+ healthy verified", rows["oneconnect-console"])
    assert "degraded verified" in rows["oneconnect-gateway"]
    assert "crashed 4 times, exit status 1" in rows["oneconnect-gateway"]
    assert "progressing verifying" in rows["billing-ledger"]


async def test_what_is_on_its_way_or_waits_is_told_with_its_gate(board: httpx.AsyncClient) -> None:
    rows = rows_of((await board.get("/")).text)
    assert re.search(r"1\.2\.0\+\w+ is on its way", rows["billing-ledger"])
    assert re.search(r"1\.2\.0\+\w+ waits: soak", rows["oneconnect-app2"])
    assert re.search(r"1\.2\.0\+\w+ waits: approvals", rows["oneconnect-app1"])
    assert "held" in rows["billing-invoices"]
    assert "changed by other hands" in rows["identity-accounts"]


async def test_what_needs_somebody_comes_first_and_worst_first(board: httpx.AsyncClient) -> None:
    page = text_of((await board.get("/")).text)
    told = [
        "identity/ap-east-1 changed by other hands",
        "oneconnect/gateway in oneconnect/us-east-1 is degraded",
        "waits for approval",
        "billing/invoices in billing/ap-east-1 is held by dan",
        "oneconnect connectivity",
    ]
    places = [page.index(one) for one in told]
    assert places == sorted(places)


async def test_an_approval_that_many_regions_wait_for_is_told_once(board: httpx.AsyncClient) -> None:
    page = text_of((await board.get("/")).text)
    assert page.count("waits for approval") == 1
    assert "and the same in 2 more" in page


async def test_the_tally_counts_every_cell_once(board: httpx.AsyncClient) -> None:
    twin = (await board.get("/board.json")).json()
    assert sum(twin["tally"].values()) == 320
    assert all(count > 0 for name, count in twin["tally"].items() if name != "unknown"), twin["tally"]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("application=edge", {"edge"}),
        ("owner=payments", {"billing"}),
        ("environment=staging", {"oneconnect", "billing", "identity", "insight", "edge"}),
        ("owner=payments&application=edge", set()),
    ],
)
async def test_the_board_shows_what_was_asked_for(
    board: httpx.AsyncClient, asked: str, shown: set[str]
) -> None:
    page = (await board.get(f"/?{asked}")).text
    assert {name.partition("-")[0] for name in rows_of(page)} == shown
    twin = (await board.get(f"/board.json?{asked}")).json()
    assert {one["name"] for one in twin["applications"]} == shown
    if asked.startswith("environment"):
        assert {one["environment"] for each in twin["applications"] for one in each["instances"]} == {
            "staging"
        }


async def test_what_is_calm_can_be_hidden_and_is_counted(board: httpx.AsyncClient) -> None:
    page = (await board.get("/?only=wrong&application=oneconnect")).text
    assert set(rows_of(page)) == {"oneconnect-app1", "oneconnect-app2", "oneconnect-gateway"}
    assert "5 calm artifacts are not shown" in text_of(page)


@pytest.mark.parametrize("asked", ["application=nowhere", "environment=nowhere"])
async def test_a_name_that_is_nowhere_is_no_empty_board(board: httpx.AsyncClient, asked: str) -> None:
    answer = await board.get(f"/?{asked}")
    assert answer.status_code == 404
    assert "there is no" in answer.text
    assert "nowhere" in answer.text


@pytest.mark.parametrize("asked", ["page=0", "page=-1", "page=x", "page=٣", "application=" + "x" * 201])
async def test_what_cannot_be_read_is_refused(board: httpx.AsyncClient, asked: str) -> None:
    assert (await board.get(f"/?{asked}")).status_code == 400


async def test_a_large_estate_is_folded_worst_first_and_opens(tmp_path: Path) -> None:
    world = PageWorld(BigEstate(applications=12, artifacts=3, instances=20))
    world.deliver()
    world.ill(world.instance("a7", "i3"), "p1")
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        page = (await browser.get("/")).text
        opened = (await browser.get("/?application=a7")).text
        wave = (await browser.get("/?application=a7&wave=wave-0")).text
    assert MOST_OPEN_CELLS < 12 * 3 * 20
    rows = list(rows_of(page, prefix="a-"))
    assert (len(rows), rows[0]) == (12, "a7")
    by_wave = rows_of(opened)
    assert re.search(r"× 4.*× 4", by_wave["a7-p0"]), "what is alike is told together"
    assert "in i3" in by_wave["a7-p1"], "what differs is told by name"
    assert len(re.findall("healthy", rows_of(wave)["a7-p0"])) == 4


async def test_an_empty_estate_says_why_it_is_empty(tmp_path: Path) -> None:
    world = PageWorld(NamedEstate())
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        page = text_of((await browser.get("/")).text)
    assert "was never read" in page
    assert "Nothing here matches" in page


async def test_a_board_of_forty_by_eight_is_light(board: httpx.AsyncClient) -> None:
    answer = await board.get("/")
    assert answer.headers["content-encoding"] == "gzip"
    assets = re.findall(r'(?:href|src)="(/assets/[^"]+)"', answer.text)
    assert len(assets) == 3
    loaded = [answer, *[await board.get(path) for path in assets]]
    assert sum(len(one.content) for one in loaded) < 200_000, "unpacked, all that a first visit loads"
