"""All that people do from pages, in a real browser: said before, asked once, refused where it must be."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.fixtures.browser import PHONE, expect_usable, signed_in, violations
from tests.fixtures.served import Served, delivered
from tests.fixtures.steps import Steps
from tests.fixtures.world import ESTATE, World

from headway.domain.names import InstanceName
from headway.interfaces.web.actions import ACTIONS

pytestmark = pytest.mark.asyncio(loop_scope="module")

APPROVED = ESTATE.replace(
    "instances: {prod1: production-1}}",
    "instances: {prod1: production-1}, gates: {approvals: {count: 1, from: [support]}}}",
)
SEES_THREE_ANSWERS_IN = 1
"""Steps from the board: a click on the cell."""
TAKES_BACK_IN = 5
"""Steps from the board: the cell, roll back, the field, why, yes."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Close what this file opens."""
    async with AsyncExitStack() as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(stack: AsyncExitStack, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """One service for this file: 1.1.0 of both stands in dev and staging, and production waits for a yes.

    Each test acts on a cell, or an instance, that no other acts on.
    """
    world = World(estate=APPROVED)
    state = tmp_path_factory.mktemp("acting")
    one = await stack.enter_async_context(delivered(state, "pat", "sue", "bob", world=world))
    await _approve_all(one)
    for artifact in ("app1", "app2"):
        await _publish(one, artifact, "1.1.0")
    return one


async def test_support_approves_what_the_board_says_it_waits_for(browser: Browser, served: Served) -> None:
    async with signed_in(browser, served, "sue") as page:
        steps = Steps(page)
        await page.goto(served.url)
        await steps.click(page.locator(".need a", has_text="oc/app1 in oc/prod1 waits for approval"))
        await steps.click(steps.link("Approve"))
        await steps.reads("What will change", "1.1.0", "may enter production-1", "What will not")
        assert await violations(page) == []
        await steps.answer("read the change")
        await page.wait_for_url("**/why/oc/app1/prod1")
        await served.world.pass_time(timedelta(seconds=30))
        assert served.world.tags("app1") == ["1.1.0"] * 4
        await steps.reads("oc/prod1 stands at 1.1.0")


async def test_a_promotion_says_what_it_waits_for_and_is_remembered(browser: Browser, served: Served) -> None:
    async with signed_in(browser, served, "pat") as page:
        steps = Steps(page)
        await page.goto(f"{served.url}/why/oc/app2/prod1")
        await steps.click(steps.link("Promote"))
        await steps.reads(
            "is asked for in oc/prod1",
            "1.0.0",
            "It waits for approvals",
            "Who can change that: support",
            "No gate is passed over",
        )
        await steps.answer("the customer waits")
        await page.wait_for_url("**/why/oc/app2/prod1")
        await steps.reads("Asked for", "by pat", "the customer waits")
        assert served.world.tag_in("prod1", "app2") == "1.0.0"


async def test_a_hold_and_its_end_are_given_by_keyboard_alone(browser: Browser, served: Served) -> None:
    async with signed_in(browser, served, "pat") as page:
        steps = Steps(page)
        await page.goto(f"{served.url}/instances/oc/prod2")
        await steps.tab_to(steps.link("Hold"))
        await steps.press("Enter")
        await page.wait_for_url("**/actions/hold**")
        await steps.reads("No promotion of anything enters oc/prod2", "A rollback still works")
        assert await violations(page) == []
        await steps.answer("load test", by="keys")
        await page.wait_for_url("**/instances/oc/prod2")
        await steps.reads("oc/prod2 is held by pat: load test")
        await steps.tab_to(steps.link("Resume"))
        await steps.press("Enter")
        await page.wait_for_url("**/actions/resume**")
        await steps.reads("The hold of pat is lifted", "What was taken back does not come back by itself")
        await steps.answer("over", by="keys")
        await page.wait_for_url("**/instances/oc/prod2")
        await expect(page.locator("main")).not_to_contain_text("is held by")
    assert not served.world.desk.situation.instance(InstanceName("oc", "prod2")).holds


async def test_a_double_click_answers_once(browser: Browser, served: Served) -> None:
    held = InstanceName("oc", "dev")
    async with signed_in(browser, served, "pat") as page:
        await page.goto(f"{served.url}/actions/hold?instance={held}&artifact=oc/app1")
        await page.fill("#reason", "twice")
        await page.dblclick("button.go")
        await page.wait_for_url("**/why/oc/app1/dev")
    assert len(served.world.desk.situation.instance(held).holds) == 1
    await served.world.lift_all("dev")


async def test_a_question_stands_as_it_was_asked_and_is_refused_once_something_landed(
    browser: Browser, served: Served
) -> None:
    async with signed_in(browser, served, "pat", refusals=(409,)) as page:
        steps = Steps(page)
        await page.goto(f"{served.url}/actions/roll-back?instance=oc/staging&artifact=oc/app2")
        await steps.reads("from 1.1.0")
        await _publish(served, "app2", "1.2.0")
        assert served.world.tag_in("staging", "app2") == "1.2.0"
        await steps.reads("from 1.1.0")
        await steps.answer("errors since 10:02")
        await steps.reads("oc/staging changed since you were asked, and nothing was done", "ask again")
    assert served.world.tag_in("staging", "app2") == "1.2.0"


async def test_who_lacks_the_role_sees_no_button_and_is_told_who_may(
    browser: Browser, served: Served
) -> None:
    before = served.world.desk.situation.sequence
    async with signed_in(browser, served, "bob", refusals=(403,)) as page:
        for at in ("/why/oc/app2/prod1", "/instances/oc/prod1"):
            await page.goto(served.url + at)
            assert await page.locator("a[href^='/actions']").count() == 0
        for action in ACTIONS:
            await page.goto(f"{served.url}/actions/{action}?instance=oc/prod1&artifact=oc/app2")
            await Steps(page).reads(f"bob may not {action}", "bob has no role", "ask the platform team")
            assert await page.locator("button.go").count() == 0, "nobody types a reason for nothing"
    assert served.world.desk.situation.sequence == before


async def test_four_questions_are_answered_on_the_pages_alone(browser: Browser, served: Served) -> None:
    """Is app2's newest version in production, why not, who can change that; and the bad one is taken back."""
    async with signed_in(browser, served, "pat") as page:
        steps = Steps(page)
        await page.goto(served.url)
        row = page.locator("#r-oc-app2")
        cell = row.locator("td[data-h=prod1]")
        assert re.search(
            r"1\.0\.0\+\w+.*1\.[12]\.0\+\w+ waits: approvals", await cell.inner_text(), re.DOTALL
        )
        await steps.click(cell.locator("a"))
        lead = await page.inner_text(".lead")
        assert re.search(r"1\.[12]\.0\+\w+ is not in oc/prod1 because of approvals: ", lead)
        assert "Who can change that: support" in lead
        assert len(steps.taken) <= SEES_THREE_ANSWERS_IN, steps.taken
        await page.goto(served.url)
        steps.taken.clear()
        await steps.click(row.locator("td[data-h=dev] a"))
        await steps.click(steps.link("Roll back"))
        await steps.answer("errors since 10:02")
        await page.wait_for_url("**/why/oc/app2/dev")
        assert len(steps.taken) <= TAKES_BACK_IN, steps.taken
        await served.world.pass_time(timedelta(seconds=10))
        await steps.reads("rolled back: errors since 10:02")


async def test_questions_fit_a_phone(browser: Browser, served: Served) -> None:
    async with signed_in(browser, served, "pat", size=PHONE) as page:
        await page.goto(f"{served.url}/actions/roll-back?instance=oc/staging&artifact=oc/app1")
        await expect_usable(page, PHONE)


async def _publish(served: Served, artifact: str, tag: str) -> None:
    served.world.publish(artifact, tag)
    await served.world.look()
    await served.world.pass_time(timedelta(seconds=30))


async def _approve_all(served: Served) -> None:
    """Let the first lock of production in."""
    async with served.client(served.token_of("sue")) as client:
        answer = await client.post(
            "/api/v1/approve", json={"target": "oc", "wave": "production-1", "reason": "first"}
        )
    assert answer.status_code == 200, answer.text
    await served.world.pass_time(timedelta(seconds=30))
