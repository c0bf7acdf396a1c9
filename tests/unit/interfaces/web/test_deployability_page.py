"""The page of deployability: five answers with what led there, over time, and each leading further."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.fixtures.measured_world import months
from tests.fixtures.page_world import NamedEstate, PageWorld, served_in_memory
from tests.fixtures.pages import charts_of, links_of, text_of

QUESTIONS = ("throughout", "kept_first", "feedback", "mending", "on_demand")
ASKED = "/deployability?application=oneconnect"
TWIN = ASKED.replace("?", ".json?")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on some months of three applications."""
    async with served_in_memory(months(), tmp_path, "pat") as surface, surface.browser("pat") as one:
        yield one


async def test_all_applications_stand_side_by_side(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/deployability")).text
    told = (await browser.get("/deployability.json")).json()
    for one in told["applications"]:
        answers = " ".join(one[key]["answer"] for key in QUESTIONS)
        assert f"{one['application']} {one['owner']} {answers}" in text_of(page)
    for question in told["questions"]:
        assert question["formula"] in text_of(page), "the definition stands beside"
    leads = [one for one in links_of(page, "/deployability?application=") if "#" not in one]
    assert len(leads) == 3


async def test_answers_are_those_of_the_query_with_their_evidence(tmp_path: Path) -> None:
    async with served_in_memory(months(), tmp_path, "pat") as surface, surface.browser("pat") as browser:
        async with surface.client(surface.token_of("pat")) as client:
            asked = "application=oneconnect&per=week"
            reckoned = (await client.get(f"/api/v1/deployability?{asked}")).json()
        assert (await browser.get(f"/deployability.json?{asked}")).json() == reckoned
        page = (await browser.get(f"/deployability?{asked}")).text
    words = text_of(page)
    (one,) = reckoned["applications"]
    for question in reckoned["questions"]:
        assert f"{question['name'].capitalize()}: {one[question['key']]['answer']}" in words
        assert question["formula"] in words
        for evidence in one[question["key"]]["evidence"]:
            assert f"/facts/{evidence['sequence']}" in links_of(page, "/facts/")
    shares = one["throughout"]["shares"]
    assert f"{shares['yes'] * 100:.1f} % of the time yes {shares['no'] * 100:.1f} % no" in words
    assert f"red {one['mending']['reds']} times" in words
    assert f"{one['kept_first']['published']} images and configurations were published" in words


async def test_each_week_is_answered_as_if_it_alone_were_asked_about(browser: httpx.AsyncClient) -> None:
    (told,) = (await browser.get(TWIN)).json()["applications"]
    page = (await browser.get(ASKED)).text
    strip = re.search(r'<table class="strip">.*?</table>', page, re.DOTALL)
    assert strip
    links = links_of(strip[0], "/deployability?")
    weeks = told["trend"]
    assert len(links) == 5 * len(weeks)
    assert {week[key] for week in weeks for key in QUESTIONS} == {"yes", "no", "unknown"}
    for week, link in zip(weeks, links, strict=False):
        alone = (await browser.get(link.replace("?", ".json?"))).json()["applications"][0]
        assert [alone[key]["answer"] for key in QUESTIONS] == [week[key] for key in QUESTIONS], link
    marks = re.findall(r'class="a-(\w+)"', strip[0])
    assert marks == [week[key] for key in QUESTIONS for week in weeks]


async def test_a_chart_has_the_same_numbers_as_its_table(browser: httpx.AsyncClient) -> None:
    page = (await browser.get(ASKED)).text
    (one,) = (await browser.get(TWIN)).json()["applications"]
    words = text_of(page)
    charts = charts_of(page)
    for kind, chart in ((one["throughout"], charts[0]), (one["on_demand"], charts[-1])):
        for day in kind["trend"]:
            parts = [f"{day['shares'][name] * 100:.1f} %" for name in ("yes", "no", "unknown")]
            if sum(day["shares"].values()):
                assert ", ".join(parts) in words
            if day["shares"]["yes"]:
                assert f": {parts[0]} yes</title>" in chart


async def test_evidence_leads_to_its_fact(browser: httpx.AsyncClient) -> None:
    page = (await browser.get(ASKED)).text
    facts = links_of(page, "/facts/")
    assert len(facts) > 10
    for one in facts[:: len(facts) // 5]:
        told = (await browser.get(f"{one}.json")).json()
        assert one == f"/facts/{told['sequence']}"
        assert any("oneconnect" in subject for subject in told["subjects"])
        further = links_of((await browser.get(one)).text, "/facts?")
        assert told["type"] in text_of((await browser.get(further[0])).text)


async def test_a_fact_that_is_not_there_is_said(browser: httpx.AsyncClient) -> None:
    for number in ("0", "999999", "x", "1" * 40, "-1"):
        answer = await browser.get(f"/facts/{number}")
        assert answer.status_code == 404
        assert "there is no fact" in answer.text


async def test_an_empty_ledger_has_no_application(tmp_path: Path) -> None:
    world = PageWorld(NamedEstate(applications=1, artifacts=1, instances=4))
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        answer = await browser.get("/deployability")
        unknown = await browser.get(ASKED)
    assert "There is no application here yet" in answer.text
    assert unknown.status_code == 400


async def test_what_nobody_watched_is_unknown(tmp_path: Path) -> None:
    world = PageWorld(NamedEstate(applications=1, artifacts=1, instances=4))
    world.deliver()
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        page = (await browser.get(ASKED)).text
    words = text_of(page)
    assert "Mended first: unknown nothing was red in this time" in words
    assert "Fast feedback for everyone: unknown no commit with a known time was judged" in words
