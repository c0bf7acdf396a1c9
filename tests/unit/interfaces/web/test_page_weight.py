"""How much a browser loads that comes for the first time: the page, style, script and icon, as sent."""

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2s
from pathlib import Path

import httpx
from starlette.routing import compile_path
from tests.fixtures.live_worlds import container
from tests.fixtures.page_world import NamedEstate, PageWorld, served_in_memory, troubled
from tests.fixtures.served import delivered

from headway.domain.live import LiveInstance, LivePod, LiveResource, ResourceHealth
from headway.domain.names import InstanceName
from headway.interfaces.web.pages import PAGES

MOST_BYTES = 200_000
FORTY_BY_EIGHT = (
    "/",
    "/?application=oneconnect",
    "/?only=wrong",
    "/attention",
    "/why/oneconnect/app1/dev",
    "/artifacts/oneconnect/app1",
    "/artifacts/oneconnect/app1/versions/1.1.0",
    "/instances/oneconnect/dev",
    "/instances/oneconnect/dev/live",
    "/instances/oneconnect/dev/logs/app1-0/main",
    "/facts?subject=instance:oneconnect/dev",
    "/actions/hold?instance=oneconnect/dev",
    "/metrics?application=oneconnect",
    "/metrics/deployments",
    "/deployability?application=oneconnect",
    "/facts/3",
)


async def test_a_first_visit_of_any_page_is_light(tmp_path: Path) -> None:
    world = troubled(NamedEstate())
    _let_much_run(world)
    async with (
        served_in_memory(world, tmp_path, "pat") as surface,
        surface.browser("pat") as browser,
    ):
        loaded = {path: await _first_load(browser, path) for path in FORTY_BY_EIGHT}
    assert max(loaded.values()) < MOST_BYTES, loaded


def _let_much_run(world: PageWorld) -> None:
    """Eight workloads of twenty pods each, and a log that does not fold well."""
    main = container(world.at)
    pods = tuple(LivePod(name=f"app1-{one}", is_ready=True, containers=(main,)) for one in range(20))
    workload = LiveResource(
        artifact="app1", kind="Deployment", name="app1", health=ResourceHealth.HEALTHY, pods=pods
    )
    several = tuple(replace(workload, artifact=f"app{one}") for one in range(8))
    shown = world.engine.shown
    shown.scripted[InstanceName("oneconnect", "dev")] = LiveInstance(resources=several)
    lines = tuple(blake2s(str(number).encode()).hexdigest() * 60 for number in range(1000))
    shown.logs["app1-0", "main", False] = lines


async def test_a_first_visit_of_what_differs_is_light(tmp_path: Path) -> None:
    async with delivered(tmp_path, "pat", listens=False) as served, served.browser("pat") as browser:
        served.world.publish("app1", "1.1.0")
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=30))
        assert await _first_load(browser, "/differences?left=oc/dev&right=oc/prod1") < MOST_BYTES


def test_every_page_is_weighed() -> None:
    weighed = [path.partition("?")[0] for path in (*FORTY_BY_EIGHT, "/differences")]
    left = [path for path, _, _ in PAGES if not any(compile_path(path)[0].fullmatch(one) for one in weighed)]
    assert left == []


async def _first_load(browser: httpx.AsyncClient, path: str) -> int:
    page = await browser.get(path)
    assert page.status_code == 200, path
    assets = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text)
    assert len(assets) in (3, 4, 5), "some pages have a style, or a script, of their own"
    loaded = [page, *[await browser.get(one) for one in assets]]
    assert all(one.status_code == 200 for one in loaded)
    return sum(one.num_bytes_downloaded for one in loaded)
