"""Whatever people and programs write, in a real browser on a phone: nothing runs, nothing widens the page."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page
from tests.fixtures.browser import PHONE, fits, signed_in
from tests.fixtures.hostile import (
    ABOUT_NUMBERS,
    ABOUT_ONE_CELL,
    HOSTILE,
    hostile_manifests,
    hostile_repository,
    hostile_world,
)
from tests.fixtures.page_world import shown
from tests.fixtures.served import delivered

pytestmark = pytest.mark.asyncio(loop_scope="module")
ALL_OF_IT = " ".join(HOSTILE)
MARKS = "img, script:not([src]), [onerror], [onload], [onfocus], a[href^='javascript']"
"""What they write would become elements and attributes like these."""


async def test_nothing_that_is_written_runs_or_widens_a_page(browser: Browser, tmp_path: Path) -> None:
    world = hostile_repository()
    (tmp_path / "told").mkdir()
    (tmp_path / "differs").mkdir()
    async with (
        shown(hostile_world(ALL_OF_IT), tmp_path / "told", "pat") as told,
        delivered(tmp_path / "differs", "pat", world=world) as differs,
    ):
        theirs = hostile_manifests(world, ALL_OF_IT)
        async with signed_in(browser, told, "pat", size=PHONE) as page:
            for at in ABOUT_ONE_CELL:
                await _is_harmless(page, told.url + at, f"{MARKS}, svg")
            for at in ABOUT_NUMBERS:
                await _is_harmless(page, told.url + at, MARKS)
        async with signed_in(browser, differs, "pat", size=PHONE) as page:
            for at in (
                f"/differences?left=oc/dev@{theirs}&right=oc/staging",
                "/artifacts/oc/app1/versions/1.0.0",
            ):
                await _is_harmless(page, differs.url + at, f"{MARKS}, svg")


async def _is_harmless(page: Page, url: str, marks: str) -> None:
    """See that a page is one whole page, as wide as the window, without marks, and that no dialog opened."""
    opened: list[str] = []
    page.once("dialog", lambda dialog: opened.append(dialog.message))
    await page.goto(url)
    assert opened == [], url
    assert await page.locator(marks).count() == 0, url
    assert await page.locator("main").count() == 1, url
    await fits(page)
