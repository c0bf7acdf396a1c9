"""A version's journey, an instance, a cell's why, and what differs, as HTML and as JSON."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.fixtures.pages import rows_of, text_of
from tests.fixtures.served import delivered
from tests.fixtures.standards_world import ENOUGH, StandardsWorld
from tests.fixtures.world import ESTATE, World

from headway.testing.simulated_engine import crashes

SOAKED = ESTATE.replace(
    "instances: {prod1: production-1}}", "instances: {prod1: production-1}, gates: {soak: 10m}}"
)


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """1.0.0 everywhere; 1.1.0 of app1 soaks in staging; 1.1.0 of app2 crashed in the first wave."""
    world = World(estate=SOAKED)
    async with delivered(tmp_path, "pat", world=world, listens=False) as served:
        await world.pass_time(timedelta(minutes=30))
        world.publish("app1", "1.1.0", source_commit="c" * 40)
        world.publish("app2", "1.1.0", crashes())
        await world.look()
        await world.pass_time(timedelta(seconds=60))
        async with served.browser("pat") as one:
            yield one


async def _label(browser: httpx.AsyncClient, artifact: str, tag: str) -> str:
    said = (await browser.get(f"/artifacts/oc/{artifact}.json")).json()
    return next(str(one["label"]) for one in said if one["label"].startswith(tag))


async def test_why_says_the_whole_in_one_sentence_and_then_each_gate(browser: httpx.AsyncClient) -> None:
    page = text_of((await browser.get("/why/oc/app1/prod1")).text)
    assert re.search(r"1\.1\.0\+\w+ is not in oc/prod1 because of soak", page)
    assert "Who can change that: time" in page
    assert re.search(r"Gate What is missing Who can change it Can open soak", page)
    twin = (await browser.get("/why/oc/app1/prod1.json")).json()
    assert twin["conclusion"] in page


async def test_why_lists_what_does_not_meet_the_standards(tmp_path: Path) -> None:
    """Each finding by itself, with what runs too, and nothing of it twice."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with delivered(tmp_path, "pat", world=world, listens=False) as served, served.browser("pat") as one:
        commit = world.write_spec(replicas=1)[:8]
        await world.look()
        await world.pass_time(timedelta(seconds=20))
        page = text_of((await one.get("/why/oc/app1/dev")).text)
        assert page.count("Write two replicas at least") == 2  # once in the sentence, once in the list
        assert f"headway check --commit {commit} argocd-oc-apps" in page
        journey = text_of((await one.get(f"/artifacts/oc/app1/versions/1.0.0+{commit}")).text)
        assert "enough · Deployment app1" in journey
        world.write_standard("enough", ENOUGH.replace(">= 2", ">= 3"))
        await world.look()
        await world.pass_time(timedelta(seconds=20))
        page = text_of((await one.get("/why/oc/app1/staging")).text)
        assert "What runs, by today's standards (it is not touched) enough · Deployment app1" in page


async def test_why_answers_for_a_version_that_is_named(browser: httpx.AsyncClient) -> None:
    page = text_of((await browser.get("/why/oc/app1/dev?version=1.0.0")).text)
    assert "1.0.0" in page
    assert (await browser.get("/why/oc/app1/dev?version=9.9.9")).status_code == 404


async def test_a_journey_tells_the_way_from_the_source_to_where_it_waits(browser: httpx.AsyncClient) -> None:
    label = await _label(browser, "app1", "1.1.0")
    page = text_of((await browser.get(f"/artifacts/oc/app1/versions/{label}")).text)
    assert "Verified as far as staging" in page
    assert "c" * 40 in page
    assert page.index("dev dev") < page.index("staging staging") < page.index("prod1 production-1")
    assert "stands here now" in page
    assert "promotion verified" in page
    assert re.search(r"Why it is not in prod1 .* soak", page)
    told = (await browser.get(f"/artifacts/oc/app1/versions/{label}.json")).json()
    assert [one["progress"]["arrival"] for one in told["halts"]] == [
        "verified",
        "verified",
        "pending",
        "pending",
    ]


async def test_a_journey_that_ended_says_how_with_its_evidence(browser: httpx.AsyncClient) -> None:
    label = await _label(browser, "app2", "1.1.0")
    page = text_of((await browser.get(f"/artifacts/oc/app2/versions/{label}")).text)
    assert "Quarantined:" in page
    assert "promotion failed" in page
    assert "Verified nowhere yet" in page


async def test_what_a_promotion_changed_is_one_click_from_the_journey(browser: httpx.AsyncClient) -> None:
    label = await _label(browser, "app1", "1.1.0")
    page = (await browser.get(f"/artifacts/oc/app1/versions/{label}")).text
    (leads, *_) = re.findall(r'href="(/differences\?[^"]+)"', page)
    answer = await browser.get(leads.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert "1 file differs" in text_of(answer.text)


async def test_an_artifact_shows_its_versions_and_what_became_of_them(browser: httpx.AsyncClient) -> None:
    page = text_of((await browser.get("/artifacts/oc/app2")).text)
    assert re.search(r"1\.1\.0\+\w+ quarantined", page)
    assert "4 of 4" in page


async def test_an_instance_tells_what_runs_and_what_came_before(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/instances/oc/dev")).text
    rows = rows_of(page, prefix="c-")
    assert re.search(r"1\.1\.0\+\w+ healthy verified", rows["app1"])
    words = text_of(page)
    assert "rollback" in words
    assert "first-lock" in words
    assert "Objects that its lock asks for app1" in words
    twin = (await browser.get("/instances/oc/dev.json")).json()
    assert [one["kind"] for one in twin["history"]][-1] == "first-lock"


async def test_two_instances_and_two_moments_are_compared(browser: httpx.AsyncClient) -> None:
    both = text_of((await browser.get("/differences?left=oc/staging&right=oc/prod1")).text)
    assert re.search(r"\d files differ, 0 the same", both)
    twin = (await browser.get("/differences.json?left=oc/staging&right=oc/prod1")).json()
    assert [one["artifact"] for one in twin["files"]] == ["app1", "app2"], "each names its instance"
    assert {one["kind"] for one in twin["files"][0]["lines"]} >= {"left", "right"}
    same = text_of((await browser.get("/differences?left=oc/prod1&right=oc/prod1")).text)
    assert "They are the same" in same


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("/differences", 400),
        ("/differences?left=oc/dev", 400),
        ("/differences?left=oc/dev&right=oc/nowhere", 404),
        ("/differences?left=oc/dev@abc&right=oc/dev", 400),
        (f"/differences?left=oc/dev@{'0' * 40}&right=oc/dev", 400),
        ("/instances/oc/nowhere", 404),
        ("/artifacts/oc/nowhere", 404),
        ("/artifacts/oc/app1/versions/9.9.9", 404),
        ("/why/oc/app1/nowhere", 404),
        ("/why/nowhere/app1/dev", 404),
        ("/facts", 400),
        ("/instances/oc/dev?before=x", 400),
    ],
)
async def test_what_is_not_there_is_said(browser: httpx.AsyncClient, asked: str, status: int) -> None:
    answer = await browser.get(asked)
    assert answer.status_code == status
    assert "What to do" in answer.text


async def test_facts_are_shown_with_who_and_why(browser: httpx.AsyncClient) -> None:
    page = text_of((await browser.get("/facts?subject=instance:oc/dev")).text)
    assert "promotion-decided" in page
    nothing = text_of((await browser.get("/facts?subject=instance:oc/none")).text)
    assert "Nothing is recorded about it" in nothing


async def test_long_histories_are_paged(browser: httpx.AsyncClient) -> None:
    twin = (await browser.get("/instances/oc/dev.json")).json()
    second = twin["history"][1]["sequence"]
    older = (await browser.get(f"/instances/oc/dev.json?before={second}")).json()
    assert older["history"] == twin["history"][2:]
