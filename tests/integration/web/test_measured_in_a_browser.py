"""Metrics and deployability in a real browser: nothing wrong by axe-core, and all of it without scripts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from tests.fixtures.browser import PHONE, expect_usable, signed_in
from tests.fixtures.measured_world import months
from tests.fixtures.page_world import shown
from tests.fixtures.served import Surface

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = [
    "/metrics?application=oneconnect&by=artifact",
    "/metrics/deployments?which=failed",
    "/deployability",
    "/deployability?application=oneconnect",
]


@dataclass(kw_only=True)
class Opened:
    """One browser on one world."""

    browser: Browser
    surface: Surface


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Opened]:
    """The file's browser, on months of deliveries."""
    state: Path = tmp_path_factory.mktemp("measured")
    async with shown(months(), state, "pat") as surface:
        yield Opened(browser=browser, surface=surface)


async def test_pages_of_numbers_can_be_used_by_everyone(opened: Opened) -> None:
    async with signed_in(opened.browser, opened.surface, "pat") as page:
        for at in PAGES:
            await page.goto(opened.surface.url + at)
            await expect_usable(page)


async def test_a_bar_leads_to_its_deployments_and_on_to_a_journey_without_scripts(opened: Opened) -> None:
    async with signed_in(opened.browser, opened.surface, "pat", scripts=False) as page:
        await page.goto(opened.surface.url)
        await page.click("nav >> text=Metrics")
        await page.select_option("[name=application]", "billing")
        await page.click(".filter button")
        assert "of billing" in await page.inner_text("h1")
        bar = page.locator("#frequency .chart a").nth(2)
        tells = await bar.locator("title").text_content()
        await bar.locator("rect").click()
        await page.wait_for_url("**/metrics/deployments?**")
        rows = page.locator("table.list tbody tr")
        assert f": {await rows.count()} verified" in (tells or "")
        await rows.first.locator("th a").click()
        await page.wait_for_url("**/artifacts/billing/*/versions/**")
        assert "On its way" in await page.inner_text("main")


async def test_letters_of_charts_stay_readable_on_a_phone_and_take_the_colours(opened: Opened) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        async with signed_in(opened.browser, opened.surface, "pat", size=PHONE, scheme=scheme) as page:
            await page.goto(opened.surface.url + PAGES[0])
            letters = page.locator(".chart text").first
            box = await letters.bounding_box()
            assert box is not None
            assert box["height"] >= 10, "pixels"
            colours.add(
                await page.locator(".chart .bar .rect").first.evaluate("one => getComputedStyle(one).fill")
            )
    assert len(colours) == 2


async def test_charts_are_printed(opened: Opened) -> None:
    async with signed_in(opened.browser, opened.surface, "pat") as page:
        await page.goto(opened.surface.url + PAGES[0])
        await page.emulate_media(media="print")
        assert await page.locator(".chart").first.is_visible()
        assert not await page.locator(".filter").is_visible()
