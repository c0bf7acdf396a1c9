"""`headway doctor`: what each engine lacks, and an exit code that a script can use."""

import json
from pathlib import Path

from tests.fixtures.served import delivered

from headway.domain.diagnosis import Finding, Severity
from headway.domain.names import InstanceName

MISSING = Finding(
    severity=Severity.WRONG,
    instance=InstanceName("oc", "staging"),
    what="nothing reads oc/staging/manifests",
    why="none has that path",
    next_step="make one",
)
SLOW = Finding(
    severity=Severity.REMARK,
    instance=InstanceName("oc", "dev"),
    what="it is slow",
    why="it reads all",
    next_step="narrow it",
)


async def test_engines_that_lack_nothing_are_said_so(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway("doctor")
    assert ran.code == 0
    assert "development (podman): ✓ nothing is missing" in ran.out.splitlines()


async def test_what_is_wrong_is_told_in_three_parts_and_ends_with_1(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.engine.findings = [MISSING, SLOW]
        ran = await served.headway("doctor")
        shown = await served.headway("doctor", "-o", "json")
    assert (ran.code, shown.code, ran.err) == (1, 1, "")
    told = ran.out.splitlines()
    at = told.index("staging (podman)")
    assert told[at + 1 : at + 4] == [
        "  ✗ oc/staging: nothing reads oc/staging/manifests",
        "    why: none has that path",
        "    next: make one",
    ]
    found = json.loads(shown.out)
    assert found["is_well"] is False
    by_name = {one["environment"]: one["findings"] for one in found["environments"]}
    assert [one["severity"] for one in by_name["development"]] == ["remark"]
    assert by_name["staging"][0]["instance"] == "oc/staging"


async def test_a_remark_alone_is_no_failure(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.engine.findings = [SLOW]
        ran = await served.headway("doctor")
    assert ran.code == 0
    assert "▲ oc/dev: it is slow" in ran.out


async def test_one_environment_can_be_asked_alone(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.engine.findings = [MISSING]
        ran = await served.headway("doctor", "development")
        unknown = await served.headway("doctor", "nowhere")
    assert (ran.code, ran.out) == (0, "development (podman): ✓ nothing is missing\n")
    assert unknown.code == 2
    assert "no environment 'nowhere'" in unknown.err


async def test_an_engine_that_is_away_is_wrong(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.engine.go_away()
        ran = await served.headway("doctor", "staging")
    assert ran.code == 1
    assert "✗ the engine of staging does not answer" in ran.out
