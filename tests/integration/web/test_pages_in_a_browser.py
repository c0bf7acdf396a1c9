"""Every page in a real browser: nothing wrong by axe-core, on desktop and phone, light and dark."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from tests.fixtures.big_estate import BigEstate
from tests.fixtures.browser import PHONE, expect_usable, fits, sign_in, signed_in, violations
from tests.fixtures.page_world import NamedEstate, shown, troubled
from tests.fixtures.served import Surface, delivered
from tests.fixtures.world import World

from headway.testing.simulated_engine import crashes

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORLDS = {
    "1x4": NamedEstate(applications=1, artifacts=1, instances=4),
    "40x8": NamedEstate(),
    "1000x50": BigEstate(is_rendered=False),
}
PAGES = {
    "1x4": ["/", "/attention"],
    "40x8": ["/?application=oneconnect", "/?only=wrong", "/attention"],
    "1000x50": ["/", "/?application=a7", "/?application=a7&wave=wave-1"],
}
ONE_THING = [
    "/why/oc/app2/dev",
    "/artifacts/oc/app2",
    "/artifacts/oc/app2/versions/1.1.0",
    "/instances/oc/dev",
    "/differences?left=oc/dev&right=oc/prod1",
    "/facts?subject=instance:oc/dev",
]
A4_LANDSCAPE = (1047, 718)
"""What is left of the sheet within the margins that browsers keep."""


@dataclass(kw_only=True)
class Opened:
    """One browser, and each world served once, when it is first asked for."""

    browser: Browser
    folder: Path
    stack: AsyncExitStack
    surfaces: dict[str, Surface] = field(default_factory=dict)

    async def surface(self, name: str) -> Surface:
        """Serve a world."""
        if name not in self.surfaces:
            state = self.folder / name
            state.mkdir()
            self.surfaces[name] = await self.stack.enter_async_context(
                shown(troubled(WORLDS[name]), state, "pat")
            )
        return self.surfaces[name]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Opened]:
    """The file's browser, and what it serves."""
    async with AsyncExitStack() as stack:
        yield Opened(browser=browser, folder=tmp_path_factory.mktemp("pages"), stack=stack)


@pytest.mark.timeout(600)  # the first look at fifty thousand cells delivers them all
@pytest.mark.parametrize("world", WORLDS)
async def test_pages_can_be_used_by_everyone(opened: Opened, world: str) -> None:
    surface = await opened.surface(world)
    async with signed_in(opened.browser, surface, "pat") as page:
        for at in PAGES[world]:
            await page.goto(surface.url + at)
            await expect_usable(page)


async def test_pages_of_one_thing_can_be_used_by_everyone(opened: Opened, tmp_path: Path) -> None:
    """A version's journey, an instance, why and what differs, of a real delivery."""
    world = World()
    async with (
        delivered(tmp_path, "pat", world=world) as served,
        signed_in(opened.browser, served, "pat") as page,
    ):
        world.publish("app1", "1.1.0")
        world.publish("app2", "1.1.0", crashes())
        await world.look()
        await world.pass_time(timedelta(seconds=60))
        for at in ONE_THING:
            await page.goto(served.url + at)
            await expect_usable(page)


async def test_a_bad_version_is_taken_back_in_five_steps_by_keyboard(opened: Opened, tmp_path: Path) -> None:
    """From the board: its cell, roll back, why, yes; and the page says that it is so."""
    async with delivered(tmp_path, "pat") as served, signed_in(opened.browser, served, "pat") as page:
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=30))
        await page.goto(served.url)
        await page.locator("#r-oc-app1 td a").last.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/why/oc/app1/prod2")
        assert "1.1.0" in await page.inner_text(".lead")
        await page.locator("text=Roll back").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/actions/roll-back**")
        assert await violations(page) == []
        await page.focus("#reason")
        await page.keyboard.type("errors since 10:02")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/why/oc/app1/prod2")
        await served.world.pass_time(timedelta(seconds=10))
        await expect(page.locator("main")).to_contain_text("rolled back: errors since 10:02")
        await expect(page.locator("main")).to_contain_text("1.0.0")
        assert served.world.tag_in("prod2") == "1.0.0"


async def test_a_page_updates_itself_and_keeps_scroll_and_focus(opened: Opened, tmp_path: Path) -> None:
    async with (
        delivered(tmp_path, "pat") as served,
        signed_in(opened.browser, served, "pat", size=(1000, 300)) as page,
    ):
        await page.goto(served.url)
        await expect(page.locator("#live")).to_have_class("live on")
        link = page.locator("#r-oc-app2 td a").last
        await link.focus()
        kept = await link.evaluate_handle("one => one")
        scrolled = await page.evaluate("window.scrollY")
        await served.world.hold_all("prod2")
        await expect(page.locator("#needs-now")).to_contain_text("oc/prod2 is held by pat")
        await expect(page.locator("#r-oc-app2")).to_contain_text("held")
        assert await kept.evaluate("one => one === document.activeElement"), "the very same link"
        assert scrolled > 0
        assert abs(await page.evaluate("window.scrollY") - scrolled) < 200


async def test_a_page_says_when_it_is_not_live(opened: Opened, tmp_path: Path) -> None:
    """The server ends its streams; the browser's console says that it lost them, which is as it must be."""
    async with delivered(tmp_path, "pat") as served:
        context = await opened.browser.new_context()
        page = await context.new_page()
        await sign_in(context, page, served, "pat")
        await expect(page.locator("#live-words")).to_contain_text("live, as of")
        await context.set_offline(True)
        served.world.desk.recorder.end_waits()
        await expect(page.locator("#live-words")).to_contain_text("not live, as of")
        await context.close()


async def test_the_board_is_filtered_by_keyboard_alone(opened: Opened) -> None:
    surface = await opened.surface("40x8")
    async with signed_in(opened.browser, surface, "pat") as page:
        await page.goto(surface.url)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "Skip to the page"
        await page.keyboard.press("Enter")
        await _tab_to(page, "SELECT")
        await page.keyboard.type("edge")
        await _tab_to(page, "BUTTON")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**application=edge**")
        assert await page.locator("table.board").count() == 1


async def test_a_phone_shows_what_is_not_calm_and_folds_the_rest(opened: Opened) -> None:
    """Forty artifacts in eight instances are a few screens; what is folded opens without scripts."""
    surface = await opened.surface("40x8")
    async with signed_in(opened.browser, surface, "pat", size=PHONE, scripts=False) as page:
        await page.goto(surface.url)
        height = await page.evaluate("document.documentElement.scrollHeight")
        assert height < 8 * PHONE[1]
        row = page.locator("#r-oneconnect-broker")
        assert await row.locator("td:visible").count() == 0
        await row.get_by_label("8 calm").check()
        assert await row.locator("td:visible").count() == 8
        ill = page.locator("#r-oneconnect-gateway td:visible")
        assert await ill.count() == 1
        assert "degraded" in await ill.inner_text()


async def test_paper_gets_everything_and_cuts_nothing_off(opened: Opened) -> None:
    surface = await opened.surface("40x8")
    async with signed_in(opened.browser, surface, "pat", size=A4_LANDSCAPE) as page:
        await page.goto(surface.url)
        await page.emulate_media(media="print")
        await fits(page)
        assert await page.locator("table.board td:visible").count() == 5 * 8 * 8 + 5
        assert await page.locator("nav:visible, .filter:visible, .fold:visible").count() == 0


async def test_arrows_move_between_cells(opened: Opened) -> None:
    surface = await opened.surface("40x8")
    async with signed_in(opened.browser, surface, "pat") as page:
        await page.goto(surface.url)
        await page.locator("#r-oneconnect-app1 td a").first.focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowRight")
        focused = await page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "/why/oneconnect/app2/test"


async def test_the_board_reads_and_filters_without_scripts(opened: Opened) -> None:
    surface = await opened.surface("40x8")
    async with signed_in(opened.browser, surface, "pat", scripts=False) as page:
        await page.goto(surface.url)
        assert await page.locator("table.board").count() == 5
        await page.select_option("[name=application]", "billing")
        await page.click(".filter button")
        assert await page.locator("table.board").count() == 1


async def _tab_to(page: Page, tag: str) -> None:
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.tagName") == tag:
            return
    raise AssertionError(f"no {tag} is reached by Tab")
