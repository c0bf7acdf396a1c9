"""`headway live` and `headway logs`: what runs now, and what it wrote."""

import json
from datetime import timedelta
from pathlib import Path

from tests.fixtures.live_worlds import GOOD_POD, ILL_POD, everything
from tests.fixtures.served import Served, delivered

from headway.domain.names import InstanceName

DEV = InstanceName("oc", "dev")


def _show_everything(served: Served) -> None:
    served.world.engine.shown.scripted[DEV] = everything(served.world.clock.now())


async def test_objects_and_pods_are_told_with_what_is_known_of_them(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        _show_everything(served)
        ran = await served.headway("live", "oc/dev", "-o", "wide")
        shown = await served.headway("live", "dev", "-o", "json")
    told = ran.out
    assert (ran.code, ran.err, shown.code) == (0, "", 0)
    assert "Deployment app1           ▲ degraded     1 of 2 new pods are available" in told
    assert "Service app1-present      · there" in told
    assert "? unknown" in told
    assert "Job old  ? unknown  not in the lock." in told
    assert f"{GOOD_POD} (ready, 1 d 2 h old)" in told
    assert "waiting: CrashLoopBackOff: back-off 40s restarting failed container" in told
    assert "bbbbbbbbbbbb, not the locked one" in told
    assert "exit code 1, 40 s ago: Error" in told
    assert "app1-older-0 (readiness unknown, on its way out)" in told
    assert "3 more pods were not looked at" in told
    assert json.loads(shown.out)["instance"] == "oc/dev"


async def test_an_engine_that_is_away_ends_with_1_and_nothing_is_told_as_healthy(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.engine.go_away()
        await served.world.pass_time(timedelta(seconds=10))
        ran = await served.headway("live", "oc/dev")
    assert ran.code == 1
    assert "so what runs is unknown now" in ran.out
    assert "does not answer since" in ran.out
    assert "healthy" not in ran.out


async def test_the_last_lines_of_a_container_are_told_tamed(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        _show_everything(served)
        logs = served.world.engine.shown.logs
        logs[GOOD_POD, "main", False] = ("one", "\x1b]0;title\x07two \x1b[31mred")
        logs[ILL_POD, "main", True] = ("out of luck",)
        ran = await served.headway("logs", "oc/dev", GOOD_POD)
        last = await served.headway("logs", "oc/dev", GOOD_POD, "main", "--lines", "1")
        before = await served.headway("logs", "oc/dev", ILL_POD, "main", "--previous", "-o", "json")
        nothing = await served.headway("logs", "oc/dev", GOOD_POD, "--previous")
    assert [line[8:] for line in ran.out.splitlines()] == ["  one", "  two red"]
    assert (last.out[8:], last.code) == ("  two red\n", 0)
    assert "is left out" in last.err
    assert [one["text"] for one in json.loads(before.out)["lines"]] == ["out of luck"]
    assert (nothing.out, nothing.code) == ("", 0)
    assert "it has written nothing that is kept" in nothing.err


async def test_a_container_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        _show_everything(served)
        no_pod = await served.headway("logs", "oc/dev", "gone")
        no_container = await served.headway("logs", "oc/dev", GOOD_POD, "nobody")
        unnamed = await served.headway("logs", "oc/dev", ILL_POD)
    assert (no_pod.code, no_container.code, unnamed.code) == (2, 2, 2)
    assert "oc/dev has no pod 'gone' now" in no_pod.err
    assert f"oc/dev has no container 'nobody' in a pod '{GOOD_POD}' now" in no_container.err
    assert "it has main, proxy" in unnamed.err
