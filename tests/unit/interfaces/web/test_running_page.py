"""What runs of an instance now, its engine away, and logs: as HTML and as JSON."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.fixtures.live_worlds import GOOD_POD, ILL_POD, everything
from tests.fixtures.page_world import NamedEstate, PageWorld, served_in_memory
from tests.fixtures.pages import links_of, text_of

from headway.domain.facts import Source, SourceAway
from headway.domain.names import InstanceName

DEV = InstanceName("oneconnect", "dev")
PAGE = "/instances/oneconnect/dev"


@pytest.fixture
async def world() -> PageWorld:
    """An instance of which the engine shows a little of everything."""
    made = PageWorld(NamedEstate(applications=1, artifacts=2, instances=2))
    made.deliver()
    made.engine.shown.scripted[DEV] = everything(made.at)
    return made


@pytest.fixture
async def browser(world: PageWorld, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in and has no role."""
    async with served_in_memory(world, tmp_path, "bob") as surface, surface.browser("bob") as one:
        yield one


async def test_each_object_is_told_with_its_health_and_what_is_said_of_it(browser: httpx.AsyncClient) -> None:
    page = text_of((await browser.get(f"{PAGE}/live")).text)
    assert "Deployment app1 degraded 1 of 2 new pods are available" in page
    for name in ("pending", "progressing", "healthy", "failed", "absent", "unknown"):
        assert f"Service app1-{name} {name} as it is" in page
    assert "Service app1-present there as it is" in page
    assert "Job old unknown – not in the lock" in page


async def test_each_container_is_told_with_what_is_known_of_it(browser: httpx.AsyncClient) -> None:
    page = text_of((await browser.get(f"{PAGE}/live")).text)
    assert f"{GOOD_POD} ready 1 d old migrate init ended since 1 d 0 aaaaaaaaaaaa the locked one" in page
    assert "CrashLoopBackOff: back-off 40s restarting failed container 4 aaaaaaaaaaaa the locked one" in page
    assert "exit code 1, 2 min ago Error" in page
    assert "bbbbbbbbbbbb not the locked one" in page
    assert "on its way out" in page
    assert "app1-waits-0 not ready Unschedulable: no node has room none is known" in page
    assert "3 more pods were not looked at" in page


async def test_what_is_not_known_is_told_as_unknown(browser: httpx.AsyncClient) -> None:
    page = text_of((await browser.get(f"{PAGE}/live")).text)
    assert (
        f"proxy in {ILL_POD} running since 1 d unknown unknown unknown not known whether it is the locked one"
        in page
    )
    assert "app1-older-0 unknown on its way out" in page


async def test_the_page_of_an_instance_names_the_place_and_asks_no_engine(
    world: PageWorld, browser: httpx.AsyncClient
) -> None:
    world.engine.shown.is_silent = True
    page = (await browser.get(PAGE)).text
    assert f'data-from="{PAGE}/live"' in page
    assert f"{PAGE}/live" in links_of(page, "/instances/"), "a plain link where no script runs"
    assert GOOD_POD not in page


async def test_an_engine_that_is_away_is_said_with_since_when(
    world: PageWorld, browser: httpx.AsyncClient
) -> None:
    world.engine.go_away()
    page = text_of((await browser.get(f"{PAGE}/live")).text)
    assert "The engine does not answer, so what runs is unknown now" in page
    assert "healthy" not in page
    assert "absent" not in page
    twin = (await browser.get(f"{PAGE}/live.json")).json()
    assert twin["away"] == "the engine does not answer: it is away"
    assert twin["away_since"] is None


async def test_since_when_it_is_away_is_told_where_that_is_known(world: PageWorld, tmp_path: Path) -> None:
    world.at += timedelta(hours=1)
    world.happen(SourceAway(source=Source.ENGINE, name="development", words="nobody listens"))
    world.engine.go_away()
    async with served_in_memory(world, tmp_path, "bob") as surface, surface.browser("bob") as browser:
        page = text_of((await browser.get(f"{PAGE}/live")).text)
    assert f"does not answer since {world.at:%Y-%m-%d %H:%M:%S} UTC, so what runs is unknown now" in page


async def test_an_engine_that_takes_too_long_is_said_too(world: PageWorld, tmp_path: Path) -> None:
    world.engine.shown.is_silent = True
    async with served_in_memory(world, tmp_path, "bob") as surface, surface.browser("bob") as browser:
        outside = surface.app.state.service.desk.outside
        outside.pace = replace(outside.pace, live_within=timedelta(milliseconds=10))
        page = text_of((await browser.get(f"{PAGE}/live")).text)
        log = await browser.get(f"{PAGE}/logs/{GOOD_POD}/main")
    assert "it did not answer within 0.01 s" in page
    assert log.status_code == 503
    assert "it did not answer within 0.01 s" in text_of(log.text)


async def test_a_container_leads_to_its_log_and_one_that_ended_to_the_run_before(
    world: PageWorld, browser: httpx.AsyncClient
) -> None:
    world.engine.shown.logs[ILL_POD, "main", False] = ("starts again",)
    world.engine.shown.logs[ILL_POD, "main", True] = ("\x1b[31mout of luck\x1b[0m\x07",)
    leads = links_of((await browser.get(f"{PAGE}/live")).text, f"{PAGE}/logs/")
    of_ill = [one for one in leads if f"{ILL_POD}/main" in one]
    assert of_ill == [f"{PAGE}/logs/{ILL_POD}/main", f"{PAGE}/logs/{ILL_POD}/main?previous=yes"]
    assert "starts again" in text_of((await browser.get(of_ill[0])).text)
    before = text_of((await browser.get(of_ill[1])).text)
    assert "out of luck�" in before
    assert "[31m" not in before
    twin = (await browser.get(f"{PAGE}/logs/{ILL_POD}/main.json?previous=yes")).json()
    assert [one["text"] for one in twin["lines"]] == ["out of luck�"]
    assert twin["is_previous"] is True


async def test_a_log_is_cut_to_its_last_lines_and_says_so(
    world: PageWorld, browser: httpx.AsyncClient
) -> None:
    world.engine.shown.logs[GOOD_POD, "main", False] = tuple(f"line {one}" for one in range(500))
    path = f"{PAGE}/logs/{GOOD_POD}/main"
    twin = (await browser.get(f"{path}.json")).json()
    assert [one["text"] for one in twin["lines"]] == [f"line {one}" for one in range(300, 500)]
    assert twin["is_cut"] is True
    assert "earlier lines, or the rest of a line that was too long, are left out" in text_of(
        (await browser.get(path)).text
    )


async def test_lines_of_another_day_are_told_with_their_date(
    world: PageWorld, browser: httpx.AsyncClient
) -> None:
    world.engine.shown.logs[GOOD_POD, "main", False] = ("late",)
    path = f"{PAGE}/logs/{GOOD_POD}/main"
    at = (await browser.get(f"{path}.json")).json()["lines"][0]["at"]
    assert f">{at[11:19]}</time>" in (await browser.get(path)).text
    world.engine.shown.lags = timedelta(days=1)
    assert f"{int(at[8:10]) - 1:02} {at[11:19]}</time>" in (await browser.get(path)).text


async def test_a_log_without_lines_says_why(world: PageWorld, browser: httpx.AsyncClient) -> None:
    world.engine.shown.logs[GOOD_POD, "main", False] = ()
    path = f"{PAGE}/logs/{GOOD_POD}/main"
    assert "It has written nothing" in text_of((await browser.get(path)).text)
    before = text_of((await browser.get(f"{path}?previous=yes")).text)
    assert "Nothing is kept of a run before the present one" in before


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (f"{PAGE}/logs/gone/main", 404),
        (f"{PAGE}/logs/{GOOD_POD}/nobody", 404),
        (f"{PAGE}/logs/{GOOD_POD}/main?previous=maybe", 400),
        ("/instances/oneconnect/nowhere/live", 404),
        (f"/instances/oneconnect/nowhere/logs/{GOOD_POD}/main", 404),
        (f"/instances/oneconnect/test/logs/{GOOD_POD}/main", 404),
    ],
)
async def test_what_is_not_there_is_said(browser: httpx.AsyncClient, asked: str, status: int) -> None:
    answer = await browser.get(asked)
    assert answer.status_code == status
    assert "What to do" in text_of(answer.text)


async def test_nothing_of_it_is_recorded(world: PageWorld, browser: httpx.AsyncClient) -> None:
    before = [one async for one in world.ledger.read()]
    await browser.get(f"{PAGE}/live")
    await browser.get(f"{PAGE}/logs/{GOOD_POD}/main")
    assert [one async for one in world.ledger.read()] == before
