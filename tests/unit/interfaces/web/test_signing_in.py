"""How a browser gets an identity, and what that opens."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.fixtures.served import Served, delivered

from headway.interfaces.web.pages import PAGES

OURS = {"Origin": "http://headway.test"}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A delivered world where pat has the platform's role and bob has none."""
    async with delivered(tmp_path, "pat", "bob", listens=False) as one:
        yield one


async def test_a_link_signs_in_once(served: Served) -> None:
    path = await served.sign_in_path("pat")
    async with served.client(None) as browser:
        first = await browser.get(path, headers={"Sec-Fetch-Site": "none"})
        assert (first.status_code, first.headers["location"]) == (303, "/")
        browser.cookies.clear()
        again = await browser.get(path, headers={"Sec-Fetch-Site": "none", "Accept": "text/html"})
    assert again.status_code == 401
    assert "headway board" in again.text


async def test_a_link_signs_nobody_in_after_a_minute(served: Served) -> None:
    path = await served.sign_in_path("pat")
    await served.world.pass_time(timedelta(seconds=61))
    async with served.client(None) as browser:
        assert (await browser.get(path, headers={"Sec-Fetch-Site": "none"})).status_code == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
async def test_another_page_cannot_sign_a_browser_in(served: Served, site: str | None) -> None:
    """Whoever follows a link is asked; only who typed it, or a program that opened it, is not."""
    path = await served.sign_in_path("pat")
    headers = {"Sec-Fetch-Site": site} if site else {}
    async with served.client(None) as browser:
        answer = await browser.get(path, headers=headers)
        assert answer.status_code == 200
        assert not browser.cookies
        code = path.partition("code=")[2]
        refused = await browser.post("/sign-in", data={"code": code}, headers={"Origin": "http://evil.test"})
        assert (refused.status_code, refused.json()["code"]) == (403, "form-not-ours")
        assert (await browser.post("/sign-in", data={"code": code}, headers=OURS)).status_code == 303


async def test_the_cookie_is_for_this_browser_alone(served: Served) -> None:
    path = await served.sign_in_path("pat")
    async with served.client(None) as browser:
        answer = await browser.get(path, headers={"Sec-Fetch-Site": "none"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=604800" in cookie
    assert "secure" not in cookie, "loopback speaks plain HTTP"


async def test_a_token_signs_in_and_leads_back(served: Served) -> None:
    async with served.client(None) as browser:
        form = {"token": served.token_of("pat"), "back": "/attention"}
        answer = await browser.post("/sign-in", data=form, headers=OURS)
        assert (answer.status_code, answer.headers["location"]) == (303, "/attention")
        assert (await browser.get("/attention")).status_code == 200


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test/", "/\\evil.test", "evil", "/a\r\nX: y"])
async def test_the_way_back_stays_inside(served: Served, back: str) -> None:
    async with served.client(None) as browser:
        form = {"token": served.token_of("pat"), "back": back}
        answer = await browser.post("/sign-in", data=form, headers=OURS)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("token", ["", "wrong", "\xfc", "x" * 600])
async def test_a_token_that_nobody_has_signs_nobody_in(served: Served, token: str) -> None:
    async with served.client(None) as browser:
        answer = await browser.post("/sign-in", data={"token": token}, headers=OURS)
        assert answer.status_code == 401
        assert not browser.cookies


async def test_without_an_identity_every_page_asks_for_one(served: Served) -> None:
    async with served.client(None) as browser:
        for pattern, twin_pattern, _ in PAGES:
            path, twin = (re.sub(r"\{\w+\}", "x", one) for one in (pattern, twin_pattern))
            page = await browser.get(path, headers={"Accept": "text/html"})
            assert (page.status_code, "Sign in" in page.text) == (401, True), path
            said = await browser.get(twin)
            assert (said.status_code, said.json()["code"]) == (401, "not-signed-in"), twin


async def test_a_token_reads_pages_too(served: Served) -> None:
    async with served.client(served.token_of("bob")) as client:
        assert (await client.get("/board.json")).status_code == 200


async def test_the_cookie_opens_nothing_of_the_api(served: Served) -> None:
    async with served.browser("pat") as browser:
        assert (await browser.get("/api/v1/status")).status_code == 401
        body = {"instance": "oc/dev", "reason": "test"}
        assert (await browser.post("/api/v1/hold", json=body)).status_code == 401


@pytest.mark.parametrize("change", ["removed", "new token", "expired", "signed out"])
async def test_who_may_not_be_there_any_more_is_out_at_once(served: Served, change: str) -> None:
    async with served.browser("pat") as browser:
        assert (await browser.get("/")).status_code == 200
        if change == "removed":
            served.store.remove("pat")
        elif change == "new token":
            served.store.add("pat")
        elif change == "expired":
            await served.world.pass_at_once(timedelta(days=7, seconds=1))
        else:
            await browser.post("/sign-out", data={"out": "1"})
        assert (await browser.get("/")).status_code == 401


def _changed(cookie: str) -> list[str]:
    payload, _, signature = cookie.partition(".")
    other = "A" if payload[0] != "A" else "B"
    return [
        other + payload[1:] + "." + signature,
        payload,
        payload + ".",
        "",
        "x" * 5000,
        "\xfc." + signature,
    ]


async def test_a_cookie_that_is_not_ours_signs_nobody_in(served: Served) -> None:
    async with served.browser("pat") as browser:
        (name, cookie), *_ = browser.cookies.items()
    for other in _changed(cookie):
        async with served.client(None) as stranger:
            headers = {"Cookie": f"{name}={other}".encode("latin-1"), "Accept": "text/html"}
            assert (await stranger.get("/", headers=headers)).status_code == 401  # type: ignore[arg-type]


async def test_who_follows_a_link_from_elsewhere_is_looked_at_again(served: Served) -> None:
    """A strict cookie does not come along from another site; the page asks once more, as our own visitor."""
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    async with served.client(None) as stranger:
        assert 'http-equiv="refresh"' in (await stranger.get("/attention", headers=headers)).text
        own = headers | {"Sec-Fetch-Site": "same-origin"}
        assert 'http-equiv="refresh"' not in (await stranger.get("/attention", headers=own)).text


async def test_headway_board_prints_an_address_that_signs_in(tmp_path: Path) -> None:
    async with delivered(tmp_path, "pat") as served:
        ran = await served.headway("board", "--print", person="pat")
        async with httpx.AsyncClient() as browser:
            await browser.get(ran.out.strip(), headers={"Sec-Fetch-Site": "none"})
            page = await browser.get(served.url)
    assert ran.code == 0
    assert page.status_code == 200
    assert "pat" in page.text
