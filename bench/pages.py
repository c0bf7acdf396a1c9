"""What web pages cost with 1,000 artifacts in 50 instances each: answers, weight, and news until it is seen.

Pages are asked for in this process, through all that answers a browser; news is seen by a real Chromium over
HTTP, from just before a fact is recorded until the words stand in the page.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from math import ceil
from pathlib import Path
from statistics import median

import httpx
from playwright.async_api import Page
from tests.fixtures.big_estate import BigEstate
from tests.fixtures.browser import chromium, signed_in
from tests.fixtures.page_world import NamedEstate, PageWorld, troubled
from tests.fixtures.served import Surface, app_of, listening

from bench.row import Against, Row
from headway.app.controller import Controller
from headway.app.desk import Desk
from headway.domain.facts import HoldLifted, HoldPlaced
from headway.domain.facts.fact import Actor
from headway.domain.names import ArtifactName, Cell, InstanceName

_ASKED = 100
_TOLD = 10
_SEEN_WITHIN_S = 10
_PAGES = {
    "the board": "/",
    "one application of 20 × 50": "/?application=a7",
    "one wave of it": "/?application=a7&wave=wave-1",
    "attention": "/attention",
    "why": "/why/a7/p3/i20",
    "an instance": "/instances/a7/i20",
}
_ARTIFACT, _INSTANCE = ArtifactName("a7", "p3"), InstanceName("a7", "i20")


def rows() -> Iterable[Row]:
    """Ask for pages of a large estate, then tell news to who looks at a large one and at a usual one."""
    yield from asyncio.run(_gathered(_of_large_estate()))
    yield from asyncio.run(
        _gathered(_news("40 × 8", troubled(NamedEstate()), "/", InstanceName("edge", "dev")))
    )


async def _gathered(rows_of: AsyncIterator[Row]) -> list[Row]:
    async with aclosing(rows_of) as found:  # type: ignore[type-var]  # it is a generator
        return [row async for row in found]


async def _of_large_estate() -> AsyncIterator[Row]:
    world = troubled(BigEstate(is_rendered=False))
    async for row in _news("1,000 × 50", world, "/?application=a7", _INSTANCE, _PAGES):
        yield row


async def _news(
    size: str, world: PageWorld, at: str, instance: InstanceName, asked: dict[str, str] | None = None
) -> AsyncIterator[Row]:
    desk = await world.desk()
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        app = app_of(Controller(desk), desk, state, "pat")
        async with listening(app, state) as url:
            surface = Surface(state, app, url)
            pages = {**asked, "a version's journey": _journey(desk)} if asked else {}
            for name, path in pages.items():
                async with surface.browser("pat") as browser:
                    for row in await _answers(browser, f"{size}: {name}", path):
                        yield row
            yield await _seen(surface, desk, f"{size}: a fact until a browser shows it", at, instance)


def _journey(desk: Desk) -> str:
    """Give the way of the version that stands in one cell."""
    standing = desk.situation.cell(Cell(_ARTIFACT, _INSTANCE)).standing
    if standing is None:
        raise LookupError(f"{_ARTIFACT} does not stand in {_INSTANCE}: the world delivers everywhere")
    label = desk.situation.shelf(_ARTIFACT).label(standing)
    return f"/artifacts/{_ARTIFACT.application}/{_ARTIFACT.artifact}/versions/{label}"


async def _answers(browser: httpx.AsyncClient, name: str, path: str) -> list[Row]:
    """Ask for a page again and again, and weigh what a first visit loads."""
    page = await browser.get(path)
    page.raise_for_status()
    times = []
    for _ in range(_ASKED):
        begun = time.perf_counter()
        await browser.get(path)
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    p50, p99 = (times[ceil(len(times) * share) - 1] for share in (0.5, 0.99))
    assets = [await browser.get(one) for one in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text)]
    loaded = sum(one.num_bytes_downloaded for one in (page, *assets))
    return [
        _row(f"{name}: p50", p50, "ms", None),
        _row("… p99", p99, "ms", 200),
        _row("… a first visit loads, as sent", loaded / 1000, "kB", 200),
    ]


async def _seen(surface: Surface, desk: Desk, name: str, at: str, instance: InstanceName) -> Row:
    """Hold and hold again, and see how long each takes until the page says so."""
    times = []
    async with chromium() as browser, signed_in(browser, surface, "pat") as page:
        await page.goto(surface.url + at)
        await page.locator("#live.on").wait_for()
        for number in range(_TOLD):
            word = f"reason-{number}-of-many"
            await _watch_for(page, word)
            begun = time.time() * 1000
            body = HoldPlaced(
                hold_id=f"bench-{number}", instance=instance, artifact=None, owner=f"pat-{number:03}"
            )
            await desk.record(desk.fact(body, reason=word, actor=Actor("person:pat")))
            async with asyncio.timeout(_SEEN_WITHIN_S):
                times.append(await page.evaluate("window.seen") - begun)
            # A board tells only the first few of what needs somebody.
            lifted = HoldLifted(hold_id=body.hold_id, instance=instance)
            await desk.record(desk.fact(lifted, reason="seen", actor=Actor("person:pat")))
    return _row(f"{name}, median of {_TOLD}", median(times), "ms", 300)


async def _watch_for(page: Page, word: str) -> None:
    """Let the page note the instant at which a word stands in it."""
    await page.evaluate(
        """word => {
          window.seen = new Promise((done) => {
            const look = () => document.body.textContent.includes(word);
            const watcher = new MutationObserver(() => {
              if (look()) { watcher.disconnect(); done(performance.timeOrigin + performance.now()); }
            });
            watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
          });
        }""",
        word,
    )


def _row(name: str, ours: float, unit: str, aim: float | None) -> Row:
    return Row(name=name, ours=ours, floor=None, floor_is="", against=Against.LIMIT, aim=aim, unit=unit)
