"""Findings and waivers on the command line: at the gate, on the board, before a promotion and a rollback."""

from datetime import date, timedelta
from pathlib import Path

from tests.fixtures.served import serving
from tests.fixtures.standards_world import BROKEN, ENOUGH, StandardsWorld, waiver

from headway.domain.names import ArtifactName

FOUND = "enough · Deployment app1"
SAID = "Write two replicas at least"
THREE = ENOUGH.replace(">= 2", ">= 3").replace("two", "three")


async def _go(world: StandardsWorld) -> None:
    await world.look()
    await world.pass_time(timedelta(seconds=20))


async def test_why_names_rule_object_and_what_to_do(tmp_path: Path) -> None:
    """The first line says it all; then each finding by itself, and how to see where it is written."""
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with serving(world, tmp_path) as served:
        await _go(world)
        commit = world.write_spec(replicas=1)[:8]
        await _go(world)
        ran = await served.headway("why", "app1", "--in", "dev")
    first, *_ = ran.out.splitlines()
    assert "because of standards: " in first
    assert f"{FOUND}: {SAID}" in first
    assert ran.out.splitlines()[-6:] == [
        f"1.0.0+{commit}",
        f"  ✗ standards: 1.0.0+{commit} in oc/dev does not meet a standard",
        f"    ✗ {FOUND}",
        f"      {SAID}",
        f"    in which file and line: headway check --commit {commit} argocd-oc-apps",
        "    who can change it: the team, by a commit on main, or the platform team, "
        "by a waiver in standards/waivers.yaml",
    ]


async def test_why_says_what_cannot_be_asked_before_what_is_not_met(tmp_path: Path) -> None:
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with serving(world, tmp_path) as served:
        await _go(world)
        world.write_spec(replicas=1)
        world.write_standard("broken", BROKEN)
        await _go(world)
        ran = await served.headway("why", "app1", "--in", "dev")
    (gate,) = [line for line in ran.out.splitlines() if line.startswith("  ✗ standards: ")]
    assert gate.startswith("  ✗ standards: a standard cannot be asked, and so nothing passes: ")
    assert gate.endswith("does not meet a standard")
    assert f"    ✗ {FOUND}\n      {SAID}\n" in ran.out


async def test_what_is_waived_is_shown_with_who_answers_for_it(tmp_path: Path) -> None:
    world = StandardsWorld(standards={"enough": THREE}, waivers=waiver("enough", date(2026, 3, 5)))
    async with serving(world, tmp_path) as served:
        await _go(world)
        world.write_spec(replicas=1)
        await _go(world)
        why = await served.headway("why", "app1", "--in", "dev")
        board = await served.headway("status")
    assert "What runs, by today's standards (it is not touched)" in why.out
    assert "waived by pat until 2026-03-05, which is soon: the next version mends it" in why.out
    assert "◇" not in board.out
    assert "▲ a waiver ends: enough for application oc: waived by pat until 2026-03-05" in board.out


async def test_the_preview_of_a_promotion_says_what_it_would_not_meet(tmp_path: Path) -> None:
    world = StandardsWorld()
    async with serving(world, tmp_path) as served:
        await _go(world)
        world.write_spec(replicas=3)
        await _go(world)
        world.write_standard("enough", THREE)
        await _go(world)
        shelf = world.desk.situation.shelf(ArtifactName("oc", "app1"))
        pair = ("--digest", shelf.newest_images[0], "--commit", shelf.newest_configurations[-1])
        tried = await served.headway("promote", "app1", "--to", "dev", *pair, "--dry-run")
        back = await served.headway("rollback", "app1", "--from", "dev", "--dry-run")
    assert "By the standards in force:" in tried.out
    assert f"✗ {FOUND}\n    Write three replicas at least" in tried.out
    assert (
        "▲ it does not meet a standard: enough · Deployment app1: Write three replicas at least" in back.out
    )


async def test_the_board_marks_what_runs_and_no_longer_meets_them(tmp_path: Path) -> None:
    world = StandardsWorld(standards={"enough": ENOUGH})
    async with serving(world, tmp_path) as served:
        await _go(world)
        world.write_standard("enough", THREE)
        await _go(world)
        board = await served.headway("status")
        document = await served.headway("status", "-o", "json")
    assert "1.0.0+" in board.out
    assert "◇ does not meet today's standards" in board.out
    assert (
        "▲ oc/app1 in oc/dev runs and does not meet today's standards: enough · Deployment app1" in board.out
    )
    assert '"rule": "enough"' in document.out
