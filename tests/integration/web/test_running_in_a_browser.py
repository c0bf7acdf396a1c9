"""Pods on the page of an instance, and their logs, in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.fixtures.browser import DESKTOP, PHONE, Size, expect_usable, signed_in, violations
from tests.fixtures.live_worlds import GOOD_POD, ILL_POD, everything
from tests.fixtures.page_world import NamedEstate, PageWorld, shown
from tests.fixtures.served import delivered

from headway.domain.deployment import ArtifactHealth, Cause, DeploymentState
from headway.domain.names import InstanceName

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEV = InstanceName("oneconnect", "dev")
BAD_LINE = f"\x1b[31m<script>alert(1)</script>\x1b[0m {'wide' * 2000}"


def _world() -> PageWorld:
    world = PageWorld(NamedEstate(applications=1, artifacts=2, instances=2))
    world.deliver()
    world.engine.shown.scripted[DEV] = everything(world.at)
    lines = (*(f"request {one} served" for one in range(300)), BAD_LINE)
    world.engine.shown.logs[GOOD_POD, "main", False] = lines
    world.engine.shown.logs[ILL_POD, "main", True] = ("cannot reach the database",)
    return world


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=str)
async def test_support_sees_the_pods_of_an_instance_and_follows_to_their_logs(
    size: Size, browser: Browser, tmp_path: Path
) -> None:
    async with (
        shown(_world(), tmp_path, "sue") as surface,
        signed_in(browser, surface, "sue", size=size) as page,
    ):
        await page.goto(f"{surface.url}/instances/oneconnect/dev")
        here = page.locator("#live-now")
        await expect(here).to_contain_text(GOOD_POD)
        await expect(here).to_contain_text("CrashLoopBackOff")
        await expect_usable(page, size)
        await page.get_by_label(f"Log of main in {GOOD_POD}").click()
        await page.wait_for_url("**/logs/**")
        log = page.locator(".log")
        await expect(log).to_contain_text("request 299 served")
        await expect(log).to_contain_text("<script>alert(1)</script>")
        assert await log.locator("li").count() == 200
        await expect_usable(page, size)
        await page.goto(f"{surface.url}/instances/oneconnect/dev/live")
        await expect_usable(page, size)
        await page.get_by_label(f"Log of the run of main in {ILL_POD} before this one").click()
        await expect(page.locator(".log")).to_contain_text("cannot reach the database")


async def test_without_scripts_a_plain_link_leads_to_the_pods(browser: Browser, tmp_path: Path) -> None:
    async with (
        shown(_world(), tmp_path, "sue") as surface,
        signed_in(browser, surface, "sue", scripts=False) as page,
    ):
        await page.goto(f"{surface.url}/instances/oneconnect/dev")
        await page.click("#live-now a")
        assert GOOD_POD in await page.inner_text("main")


async def test_pods_are_looked_at_again_when_something_of_the_instance_changed(
    browser: Browser, tmp_path: Path
) -> None:
    """The engine's word is a fact after a moment; then the pods that are shown are those of now."""
    async with (
        delivered(tmp_path, "pat") as served,
        signed_in(browser, served, "pat") as page,
    ):
        await page.goto(f"{served.url}/instances/oc/dev")
        pods = page.locator("#live-now .pods")
        await expect(pods.first).to_contain_text("ready")
        ill = ArtifactHealth(state=DeploymentState.FAILED, cause=Cause.VERSION, words="exit status 1")
        served.world.engine.set_health(InstanceName("oc", "dev"), "app1", ill)
        await served.world.pass_time(timedelta(seconds=30))
        await expect(pods.first).to_contain_text("not ready")
        await expect(pods.first).to_contain_text("exit code 1")


async def test_an_engine_that_is_away_is_said_on_the_page_of_the_instance(
    browser: Browser, tmp_path: Path
) -> None:
    world = _world()
    world.engine.go_away()
    async with (
        shown(world, tmp_path, "sue") as surface,
        signed_in(browser, surface, "sue") as page,
    ):
        await page.goto(f"{surface.url}/instances/oneconnect/dev")
        await expect(page.locator("#live-now .note")).to_contain_text("so what runs is unknown now")
        assert await violations(page) == []
