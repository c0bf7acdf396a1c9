"""The page of delivery metrics: its numbers are the query's, and each leads to the deployments behind it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.fixtures.measured_world import months
from tests.fixtures.page_world import NamedEstate, PageWorld, served_in_memory
from tests.fixtures.pages import charts_of, links_of, text_of

from headway.interfaces.web.measured import MOST_STRETCHES

MOST_BYTES = 200_000


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on some months of three applications."""
    async with served_in_memory(months(), tmp_path, "pat") as surface, surface.browser("pat") as one:
        yield one


async def _behind(browser: httpx.AsyncClient, link: str) -> list[dict[str, object]]:
    """Follow a link of the page, and whatever comes earlier, in JSON."""
    found: list[dict[str, object]] = []
    at, _, query = link.partition("?")
    more = f"{at}.json?{query}"
    while page := (await browser.get(more)).json():
        found += page
        more = f"{at}.json?{query}&before={page[-1]['number']}"
    return found


async def test_numbers_are_those_of_the_query(tmp_path: Path) -> None:
    async with served_in_memory(months(), tmp_path, "pat") as surface, surface.browser("pat") as browser:
        async with surface.client(surface.token_of("pat")) as client:
            asked = "application=oneconnect&per=week"
            reckoned = (await client.get(f"/api/v1/metrics?{asked}")).json()
        assert (await browser.get(f"/metrics.json?{asked}")).json() == reckoned
        page = text_of((await browser.get(f"/metrics?{asked}")).text)
    found = reckoned["metrics"]
    assert f"{found['frequency']['deployments']} deployments" in page
    assert f"{found['failures']['failed']} failed of {found['failures']['judged']}" in page
    assert f"{found['failures']['rate'] * 100:.1f} % of those that were judged" in page
    lead = found["lead_time"]
    assert f"{lead['from_commit']['count']} changes whose commit's time is known" in page
    assert f"commits of configuration, likewise: {lead['configuration']}" in page
    assert f"{found['recovery']['recovered']['count']} failures that were mended" in page
    assert f"rollbacks: {found['rework']['rollbacks']}" in page
    for point in reckoned["trend"]:
        assert point["stretch"]["day"] in page


async def test_every_number_leads_to_as_many_deployments(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/metrics?application=oneconnect")).text
    reckoned = (await browser.get("/metrics.json?application=oneconnect")).json()
    links = links_of(page, "/metrics/deployments")
    for name, which in (("deployments", "deployed"), ("failed", "failed"), ("rework", "rework")):
        counted = [one[name] for one in reversed(reckoned["trend"]) if one[name]]
        leads = [one for one in links if f"which={which}" in one and "until=" in one]
        in_the_table = leads[len(leads) // 2 :]
        assert sorted(leads[: len(leads) // 2]) == sorted(in_the_table), "the chart leads there too"
        assert [len(await _behind(browser, one)) for one in in_the_table] == counted
    whole = next(one for one in links if "which=failed" in one and "until=" not in one)
    assert len(await _behind(browser, whole)) == reckoned["metrics"]["failures"]["failed"]


async def test_a_band_leads_to_the_deployments_in_it(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/metrics")).text
    bands = (await browser.get("/metrics.json")).json()["metrics"]["recovery"]["recovered"]["bands"]
    leads = [one for one in links_of(page, "/metrics/deployments") if "which=recovered" in one]
    leads = [one for one in leads if "over=" in one or "under=" in one]
    counted = [len(await _behind(browser, one)) for one in leads]
    assert sorted(counted) == sorted(one["count"] for one in bands if one["count"])


async def test_each_deployment_leads_to_the_journey_of_its_version(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/metrics/deployments?which=rework")).text
    journeys = links_of(page, "/artifacts/")
    assert len(journeys) > 10
    for one in journeys[:3]:
        assert (await browser.get(one)).status_code == 200
    facts = links_of(page, "/facts")
    assert "promotion-decided" in (await browser.get(facts[0])).text


async def test_the_board_and_an_artifact_lead_to_their_own_numbers(browser: httpx.AsyncClient) -> None:
    places = {
        "/?application=billing": "application=billing",
        "/artifacts/billing/ledger": "artifact=billing%2Fledger",
    }
    for page, asked in places.items():
        for place in ("/metrics?", "/deployability?"):
            (lead,) = [one for one in links_of((await browser.get(page)).text, place) if asked in one]
            assert (await browser.get(lead)).status_code == 200


async def test_a_long_list_is_paged(browser: httpx.AsyncClient) -> None:
    first = (await browser.get("/metrics/deployments")).text
    (older,) = [one for one in links_of(first, "/metrics/deployments") if "before=" in one]
    second = (await browser.get(older)).text
    numbers = re.findall(r"promotion%3A(\w+)", first)
    assert len(numbers) == 25
    assert not set(numbers) & set(re.findall(r"promotion%3A(\w+)", second))


async def test_filters_are_carried_into_every_link(browser: httpx.AsyncClient) -> None:
    asked = "application=oneconnect&artifact=oneconnect/app1&region=us-west-2&zone=Europe/Berlin&since=30d"
    page = (await browser.get(f"/metrics?{asked}")).text
    for one in links_of(page, "/metrics/deployments"):
        assert "application=oneconnect&artifact=oneconnect%2Fapp1&region=us-west-2" in re.sub(
            r"(since|until|zone)=[^&]*&?", "", one
        )
        assert "zone=Europe%2FBerlin" in one
    assert re.search(r'<option value="oneconnect/app1" selected|<option selected>oneconnect/app1', page)


async def test_what_was_published_is_told_with_its_source_and_year(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/metrics?application=oneconnect&preset=2023")).text
    assert 'href="https://dora.dev/research/2023/dora-report/"' in page
    assert "Accelerate State of DevOps 2023" in text_of(page)
    drawn = charts_of(page)[0].partition('<g class="axis x')[0]
    assert "major guide line" in drawn, "and drawn"
    nothing = (await browser.get("/metrics?application=oneconnect&preset=none")).text
    assert "dora.dev/research" not in nothing
    assert "major guide line" not in charts_of(nothing)[0].partition('<g class="axis x')[0]


async def test_groups_stand_side_by_side_and_each_leads_to_its_own_page(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/metrics?by=region")).text
    groups = (await browser.get("/metrics.json?by=region")).json()["groups"]
    leads = [one for one in links_of(page, "/metrics?") if one.startswith("/metrics?region=")]
    assert leads == [f"/metrics?region={one['name']}" for one in groups]
    assert (await browser.get(leads[0])).status_code == 200


async def test_an_empty_ledger_is_unknown_and_not_nothing(tmp_path: Path) -> None:
    world = PageWorld(NamedEstate(applications=1, artifacts=1, instances=4))
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        answer = await browser.get("/metrics")
        listed = await browser.get("/metrics/deployments")
    page = text_of(answer.text)
    assert answer.status_code == 200
    assert "unknown nothing was judged in this time" in page
    assert "unknown there were no changes whose commit's time is known" in page
    assert charts_of(answer.text) == []
    assert "There are none in this time" in listed.text


async def test_one_deployment_is_drawn_and_first_locks_are_said(tmp_path: Path) -> None:
    world = PageWorld(NamedEstate(applications=1, artifacts=1, instances=6))
    world.deliver()
    (artifact,) = world.artifacts("oneconnect")
    world.publish(artifact, 2)
    world.arrive(world.instance("oneconnect", "us-west-2"), artifact, 2)
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        answer = await browser.get("/metrics?since=7d")
    page = text_of(answer.text)
    assert "1 deployments" in page
    assert "artifacts that a first lock brought: 3" in page
    assert "0.0 % of those that were judged" in page
    assert len(charts_of(answer.text)) == 2, "how often, and how many failed"


async def test_thousands_of_deployments_make_no_heavy_page(tmp_path: Path) -> None:
    """With style and script, and the longest trend that is drawn."""
    world = months(versions=450)
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        screen = surface.app.state.pages.screen
        page = (await browser.get("/metrics?since=730d&by=artifact&application=oneconnect&per=week")).text
        days = (await browser.get("/metrics?since=240d&per=day&region=us-west-2")).text
        assets = [
            len((await browser.get(screen.assets.path(name))).content)
            for name in ("headway.css", "measure.css", "live.js", "icon.svg")
        ]
    assert f"The latest {MOST_STRETCHES} days are drawn and listed" in text_of(days)
    assert "are drawn and listed" in text_of(page)
    assert max(len(page.encode()), len(days.encode())) + sum(assets) < MOST_BYTES


async def test_what_cannot_be_asked_is_said(browser: httpx.AsyncClient) -> None:
    for asked in (
        "/metrics?application=nowhere",
        "/metrics?region=nowhere",
        "/metrics?since=yesterday",
        "/metrics?zone=Mars/Olympus",
        "/metrics?per=year",
        "/metrics?by=mood",
        "/metrics?page=0",
        f"/metrics?owner={'a' * 300}",
        "/metrics/deployments?which=all",
        "/metrics/deployments?which=changes&over=long",
        "/metrics/deployments?which=changes&over=nan",
        "/metrics/deployments?which=changes&over=1e300",
    ):
        answer = await browser.get(asked)
        assert answer.status_code == 400, asked
        assert "What to do" in answer.text


async def test_charts_hold_nothing_that_the_policy_forbids(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/metrics?application=oneconnect")).text
    charts = charts_of(page)
    assert len(charts) == 7
    for one in charts:
        assert set(re.findall(r"<(\w+)", one)) <= {"svg", "g", "path", "rect", "circle", "text", "a", "title"}
        assert not re.search(r"\s(style|on\w+|id|xlink:href|target)=", one)
        assert 'aria-hidden="true"' in one
        assert one.count("<a ") == one.count('tabindex="-1"')
