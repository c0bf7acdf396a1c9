"""What people do from pages: said before, asked once, and decided by the same commands as everywhere."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from tests.fixtures.pages import text_of
from tests.fixtures.served import Served, delivered
from tests.fixtures.world import ESTATE, World

from headway.interfaces.web.actions import ACTIONS

APPROVED = ESTATE.replace(
    "instances: {prod1: production-1}}",
    "instances: {prod1: production-1}, gates: {approvals: {count: 1, from: [support]}}}",
)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """1.1.0 of both stands in dev and staging, and waits for an approval before production."""
    world = World(estate=APPROVED)
    async with delivered(tmp_path, "pat", "sue", "bob", world=world, listens=False) as one:
        for tag in ("1.0.0", "1.1.0"):
            world.publish("app1", tag)
            await world.look()
            await world.pass_time(timedelta(seconds=30))
        yield one


async def question(
    browser: httpx.AsyncClient, action: str, instance: str, artifact: str = ""
) -> dict[str, str]:
    """Ask for an action's page, and give the form that is in it."""
    answer = await browser.get(f"/actions/{action}?instance=oc/{instance}&artifact={artifact}")
    assert answer.status_code == 200, text_of(answer.text)
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text)
    return {name: unescape(value) for name, value in fields}


async def test_a_rollback_says_what_changes_and_what_is_not_restored(served: Served) -> None:
    async with served.browser("pat") as browser:
        page = text_of((await browser.get("/actions/roll-back?instance=oc/staging&artifact=oc/app1")).text)
        assert re.search(r"oc/staging goes from 1\.1\.0\+\w+ back to 1\.0\.0\+\w+", page)
        assert "no volume and no database is restored" in page
        form = await question(browser, "roll-back", "staging", "oc/app1")
        answer = await browser.post("/actions/roll-back", data={**form, "reason": "errors since 10:02"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/why/oc/app1/staging")
        await served.world.pass_time(timedelta(seconds=10))
        assert served.world.tag_in("staging") == "1.0.0"
        why = text_of((await browser.get("/why/oc/app1/staging")).text)
        assert "pat: rolled back: errors since 10:02" in why


async def test_a_hold_stops_and_a_resume_says_what_it_lets_in(served: Served) -> None:
    async with served.browser("pat") as browser:
        form = await question(browser, "hold", "dev")
        assert (await browser.post("/actions/hold", data={**form, "reason": "load test"})).status_code == 303
        served.world.publish("app1", "1.2.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=30))
        assert served.world.tag_in("dev") == "1.1.0"
        page = text_of((await browser.get("/actions/resume?instance=oc/dev")).text)
        assert "The hold of pat is lifted" in page
        assert re.search(r"1\.2\.0\+\w+ of oc/app1 goes in at once", page)
        form = await question(browser, "resume", "dev")
        assert (await browser.post("/actions/resume", data={**form, "reason": "over"})).status_code == 303
        await served.world.pass_time(timedelta(seconds=30))
        assert served.world.tag_in("dev") == "1.2.0"


async def test_a_promotion_says_which_gates_it_waits_for(served: Served) -> None:
    await _into_production(served)
    async with served.browser("pat") as browser:
        form = await question(browser, "promote", "prod1", "oc/app1")
        page = text_of((await browser.get("/actions/promote?instance=oc/prod1&artifact=oc/app1")).text)
        assert re.search(r"1\.2\.0\+\w+ is asked for in oc/prod1\. 1\.1\.0\+\w+ runs there now\.", page)
        assert re.search(r"It waits for approvals: .*Who can change that: support", page)
        assert "No gate is passed over" in page
        answer = await browser.post("/actions/promote", data={**form, "reason": "the customer waits"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/why/oc/app1/prod1")
        await served.world.pass_time(timedelta(seconds=30))
        assert served.world.tag_in("prod1") == "1.1.0", "no gate was passed over"
        why = text_of((await browser.get("/why/oc/app1/prod1")).text)
        assert re.search(r"Asked for 1\.2\.0\+\w+ by pat, .*: the customer waits", why)


async def test_a_promotion_that_waiting_does_not_open_is_refused_before_a_reason_is_typed(
    served: Served,
) -> None:
    await _into_production(served)
    async with served.browser("pat") as browser:
        runs = await browser.get("/actions/promote?instance=oc/dev&artifact=oc/app1")
        assert (runs.status_code, "is what oc/dev runs" in text_of(runs.text)) == (400, True)
        skips = await browser.get("/actions/promote?instance=oc/prod2&artifact=oc/app1")
        assert (skips.status_code, "may not enter oc/prod2" in text_of(skips.text)) == (422, True)


async def test_support_approves_and_what_was_shown_goes(served: Served) -> None:
    async with served.browser("sue") as browser:
        listed = (await browser.get("/why/oc/app1/prod1")).text
        assert "/actions/approve" in listed
        form = await question(browser, "approve", "prod1", "oc/app1")
        answer = await browser.post("/actions/approve", data={**form, "reason": "read the change"})
        assert answer.status_code == 303, text_of(answer.text)
        await served.world.pass_time(timedelta(seconds=30))
        assert served.world.tag_in("prod1") == "1.1.0"


async def test_a_reason_is_always_needed(served: Served) -> None:
    async with served.browser("pat") as browser:
        form = await question(browser, "hold", "dev")
        answer = await browser.post("/actions/hold", data={**form, "reason": "  "})
    assert answer.status_code == 400
    assert "no reason was given" in answer.text


async def test_an_answer_counts_once(served: Served) -> None:
    async with served.browser("pat") as browser:
        form = {**await question(browser, "hold", "dev"), "reason": "load test"}
        answers = [(await browser.post("/actions/hold", data=form)).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert (
        len(
            served.world.desk.situation.instance(
                served.world.desk.situation.estate.applications["oc"].instance("dev")
            ).holds
        )
        == 1
    )  # type: ignore[union-attr]


async def test_what_changed_since_it_was_asked_is_not_done(served: Served) -> None:
    async with served.browser("pat") as browser:
        form = {**await question(browser, "roll-back", "dev", "oc/app1"), "reason": "errors"}
        served.world.publish("app1", "1.2.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=30))
        answer = await browser.post("/actions/roll-back", data=form)
    assert answer.status_code == 409
    assert "changed since you were asked" in answer.text
    assert served.world.tag_in("dev") == "1.2.0"


@pytest.mark.parametrize("change", ["no form", "another's form", "too old", "elsewhere", "no origin"])
async def test_only_an_answer_to_our_own_question_is_taken(served: Served, change: str) -> None:
    before = served.world.desk.situation.sequence
    async with served.browser("pat") as browser, served.browser("sue") as other:
        form = {**await question(browser, "hold", "dev"), "reason": "load test"}
        headers = {}
        if change == "no form":
            form["form"] = ""
        elif change == "another's form":
            form["form"] = (await question(other, "hold", "dev"))["form"]
        elif change == "too old":
            await served.world.pass_time(timedelta(hours=1, seconds=1))
            before = served.world.desk.situation.sequence
        elif change == "elsewhere":
            headers = {"Origin": "https://evil.test"}
        else:
            headers = {"Origin": "null"}
        answer = await browser.post("/actions/hold", data=form, headers=headers)
    assert answer.status_code in (403, 409)
    assert served.world.desk.situation.sequence == before


@pytest.mark.parametrize("action", ACTIONS)
async def test_who_has_no_role_is_shown_no_action_and_can_do_none(served: Served, action: str) -> None:
    before = served.world.desk.situation.sequence
    async with served.browser("pat") as pat, served.browser("bob") as bob:
        for page in ("/why/oc/app1/dev", "/instances/oc/dev"):
            assert "/actions/" not in (await bob.get(page)).text
        if action == "resume":
            form = await question(pat, "hold", "dev")
            await pat.post("/actions/hold", data={**form, "reason": "so that there is one"})
            before = served.world.desk.situation.sequence
        form = {
            "form": served.app.state.pages.sessions.new_form("bob"),
            "stood_at": (await question(pat, "hold", "dev"))["stood_at"],
            "instance": "oc/dev",
            "artifact": "oc/app1",
            "reason": "because",
        }
        answer = await bob.post(f"/actions/{action}", data=form)
    assert answer.status_code == 403, text_of(answer.text)
    assert served.world.desk.situation.sequence == before


async def test_an_action_that_is_none_is_not_there(served: Served) -> None:
    async with served.browser("pat") as browser:
        assert (await browser.get("/actions/explode?instance=oc/dev")).status_code == 404
        assert (await browser.get("/actions/hold?instance=oc/none")).status_code == 404
        assert (await browser.get("/actions/roll-back?instance=oc/dev")).status_code == 400


async def test_a_question_changes_nothing_and_has_a_twin(served: Served) -> None:
    before = served.world.desk.situation.sequence
    async with served.browser("pat") as browser:
        twin = (await browser.get("/actions/roll-back.json?instance=oc/dev&artifact=oc/app1")).json()
    assert twin["verb"] == "roll-back"
    assert twin["changes"]
    assert served.world.desk.situation.sequence == before


async def _into_production(served: Served) -> None:
    """Let 1.1.0 into all of production, and 1.2.0 as far as staging."""
    async with served.browser("sue") as browser:
        form = await question(browser, "approve", "prod1", "oc/app1")
        answer = await browser.post("/actions/approve", data={**form, "reason": "read the change"})
        assert answer.status_code == 303, text_of(answer.text)
    await served.world.pass_time(timedelta(seconds=30))
    served.world.publish("app1", "1.2.0")
    await served.world.look()
    await served.world.pass_time(timedelta(seconds=30))
