"""Whatever people and programs write, nothing of it runs, and nothing breaks the page around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.routing import compile_path
from tests.fixtures.hostile import (
    ABOUT_NUMBERS,
    ABOUT_ONE_CELL,
    HOSTILE,
    hostile_manifests,
    hostile_repository,
    hostile_world,
)
from tests.fixtures.page_world import NamedEstate, PageWorld, served_in_memory
from tests.fixtures.pages import text_of, without_charts
from tests.fixtures.served import delivered

from headway.domain.deployment import DeploymentState
from headway.interfaces.web.pages import PAGES
from headway.interfaces.web.screen import health_of, href, link, verification_of

Hostile = tuple[str, httpx.AsyncClient]
PATHS = (*ABOUT_ONE_CELL, *ABOUT_NUMBERS)


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
async def hostile(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """A world where everything that people and programs write is the same bad text."""
    bad = request.param
    world = hostile_world(bad)
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        yield bad, browser


async def test_nothing_that_is_written_becomes_part_of_the_page(
    hostile: Hostile,
) -> None:
    bad, browser = hostile
    for path in PATHS:
        answer = await browser.get(path)
        assert answer.status_code == 200, path
        page = without_charts(answer.text)
        own = 2 if path == "/instances/oneconnect/dev" else 1
        assert page.count("<script") == page.count('<script src="/assets/') == own, "our own"
        assert "<img" not in page
        assert "<svg" not in page
        assert page.count("<title>") == page.count("</main>") == 1
        assert "7 * 7" not in bad or "49" not in text_of(page)
        assert not any(mark in page for mark in "\u202e\u202c\u2066\x1b\x00\x07")
        if bad.isprintable() and path in ABOUT_ONE_CELL[:-1]:
            assert bad[:40] in text_of(page), f"{path} tells it all the same"


async def test_a_twin_of_bad_text_is_json(hostile: Hostile) -> None:
    _, browser = hostile
    for path in PATHS[1:]:
        at, question, query = path.partition("?")
        assert (await browser.get(f"{at}.json{question}{query}")).json()


@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
async def test_manifests_that_other_hands_wrote_become_no_part_of_a_difference(
    bad: str, tmp_path: Path
) -> None:
    world = hostile_repository()
    async with (
        delivered(tmp_path, "pat", world=world, listens=False) as served,
        served.browser("pat") as browser,
    ):
        theirs = hostile_manifests(world, bad)
        at = f"left=oc/dev@{theirs}&right=oc/staging"
        page = (await browser.get(f"/differences?{at}")).text
        twin = (await browser.get(f"/differences.json?{at}")).json()
        journey = (await browser.get("/artifacts/oc/app1/versions/1.0.0")).text
    assert len(twin["files"]) >= 3
    for one in (page, journey):
        assert one.count("<script") == 1, "our own"
        assert "<img" not in one
        assert "<svg" not in one
        assert one.count("<title>") == one.count("</main>") == 1
        assert not any(mark in one for mark in "\u202e\u202c\u2066\x1b\x00\x07")
    assert 'href="javascript' not in journey
    assert "javascript:alert(1)" in text_of(journey), "told all the same"
    if bad.isprintable():
        assert bad[:40] in text_of(page), "told all the same"


def test_every_page_is_tried() -> None:
    tried = [path.partition("?")[0] for path in (*PATHS, "/differences")]
    untried = [path for path, _, _ in PAGES if not any(compile_path(path)[0].fullmatch(one) for one in tried)]
    assert untried == []


async def test_every_answer_forbids_what_pages_do_not_need(tmp_path: Path) -> None:
    world = PageWorld(NamedEstate())
    world.deliver()
    async with served_in_memory(world, tmp_path, "pat") as surface, surface.browser("pat") as browser:
        answers = [await browser.get(path) for path in (*PATHS, "/nowhere", "/board.json")]
        browser.cookies.clear()
        answers.append(await browser.get("/"))
    assert [one.status_code for one in answers[-3:]] == [404, 200, 401]
    for one in answers:
        policy = one.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
        assert "unsafe" not in policy
        assert one.headers["x-frame-options"] == "DENY"
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["referrer-policy"] == "same-origin"
        assert " style=" not in one.text
        assert "javascript:" not in one.text


async def test_assets_are_kept_and_nothing_beside_them_is_served(tmp_path: Path) -> None:
    async with served_in_memory(PageWorld(NamedEstate()), tmp_path) as surface:
        site = surface.app.state.pages
        path = site.screen.assets.path("headway.css")
        async with surface.client(None) as browser:
            kept = await browser.get(path)
            assert "immutable" in kept.headers["cache-control"]
            for other in (
                "/assets/headway.css",
                "/assets/../pages.py",
                f"{path}/",
                "/assets/",
                f"{path}?x=%00",
            ):
                answer = await browser.get(other)
                assert answer.status_code == (200 if "?" in other else 401), other


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://git.example/x?a=b", True),
        ("http://git.example", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("ssh://git@git.example/x", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(url: str, leads: bool) -> None:
    assert (link(url) == url) is leads


def test_names_in_addresses_are_written_safely() -> None:
    assert href("why", 'a"b', "<c>") == "/why/a%22b/%3Cc%3E"
    assert href("", application="a&b=c", page=None) == "/?application=a%26b%3Dc"


def test_states_that_nobody_knows_are_shown_as_unknown() -> None:
    assert health_of("exploded") == ("unknown", "exploded")
    assert verification_of("<b>") == ("unknown", "<b>")
    assert all(health_of(one)[0] == one for one in DeploymentState)
