"""The board, as people read it: in lane order, in words and marks, on any terminal."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures.served import delivered, serving
from tests.fixtures.world import ESTATE, World

from headway.interfaces.cli.board import board_rows, legend, next_of, waiting_lines
from headway.interfaces.cli.screen import Cell
from headway.testing.simulated_engine import crashes

SOAKED = ESTATE.replace(
    "instances: {prod1: production-1}}", "instances: {prod1: production-1}, gates: {soak: 10m}}"
)


async def test_the_board_names_every_artifact_in_every_instance_in_lane_order(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway("status")
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split() for line in ran.out.splitlines() if "app" in line]
    assert [row[0] for row in rows if row[1] == "app1"] == ["dev", "staging", "prod1", "prod2"]
    assert len(rows) == 8
    assert all(row[-4:] == ["●", "healthy", "✓", "verified"] for row in rows)
    assert all(row[-5].startswith("1.0.0+") for row in rows)


async def test_what_waits_and_what_needs_somebody_stand_below(tmp_path: Path) -> None:
    async with delivered(tmp_path, world=World(estate=SOAKED)) as served:
        await served.headway("hold", "staging", "--reason", "load test")
        ran = await served.headway("status")
    assert "Next" in ran.out
    assert re.search(r"app1 → prod1: 1\.0\.0\+\w+ waits: soak: .*10m", ran.out)
    assert "■ held" in ran.out
    assert "▲ oc/staging is held by operator: load test" in ran.out


async def test_a_version_that_failed_is_told_with_its_reason(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.publish("app1", "1.1.0", crashes())
        await served.world.look()
        await served.world.pass_time(timedelta(seconds=30))
        listed = await served.headway("versions", "app1", "-o", "wide")
        past = await served.headway("history", "--artifact", "app1", "-o", "wide")
    assert re.search(r"1\.1\.0\+\w+ .*✗ quarantined: .*exit status", listed.out)
    assert re.search(r"rollback: app1 1\.1\.0\+\w+ → 1\.0\.0\+\w+ .*headway", past.out)
    assert "✗ failed" in past.out


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("command", [("status",), ("history",), ("versions", "app1")])
async def test_tables_fit_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    async with delivered(tmp_path) as served:
        ran = await served.headway(*command)
    assert ran.out
    assert max(len(line) for line in ran.out.splitlines()) <= width


async def test_an_engine_that_is_away_is_one_line_with_a_way_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It serves every environment, and it is one thing to start; the log repeats nothing either."""
    caplog.set_level(logging.INFO)
    async with delivered(tmp_path) as served:
        served.world.engine.go_away()
        await served.world.pass_time(timedelta(minutes=5))
        ran = await served.headway("status")
    (line,) = [line for line in ran.out.splitlines() if "away: engine" in line]
    assert all(name in line for name in ("development", "staging", "production"))
    assert "it is asked again" in line
    said = [one.getMessage() for one in caplog.records if "the engine does not answer" in one.getMessage()]
    assert len(said) == 1


async def test_a_wide_table_keeps_each_row_in_one_line(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway("status", "-o", "wide")
    assert all(line == line.rstrip() for line in ran.out.splitlines())
    assert sum("app1" in line for line in ran.out.splitlines()) == 4
    assert "ENVIRONMENT" in ran.out


async def test_no_colour_reaches_a_pipe_or_who_does_not_want_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with delivered(tmp_path) as served:
        piped = await served.headway("status")
        monkeypatch.setenv("FORCE_COLOR", "1")
        coloured = await served.headway("status")
        monkeypatch.setenv("NO_COLOR", "1")
        refused = await served.headway("status")
    assert "\x1b" not in piped.out
    assert "\x1b[32m● healthy" in coloured.out
    assert "\x1b[32m" not in refused.out


async def test_a_terminal_without_unicode_gets_ascii(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway("status", encoding="ascii")
        document = await served.headway("status", "-o", "json", encoding="ascii")
    assert "* healthy" in ran.out
    assert "+ verified" in ran.out
    assert (ran.out + document.out).isascii()


def cell(**changed: object) -> dict[str, object]:
    """Make one cell of an answer."""
    usual = {"artifact": "oc/app1", "version": "1.0.0+abc", "health": "healthy", "verification": "passed"}
    rest = {"underway": None, "newer": None, "waits": None, "held": [], "quarantined": False, "unmet": []}
    return {**usual, **rest, **changed}


def instance(*cells: dict[str, object]) -> dict[str, object]:
    """Make one instance of an answer."""
    return {"name": "oc/dev", "held": [], "underway": [], "cells": list(cells)}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"health": "degraded"}, "▲ degraded"),
        ({"health": "unknown"}, "? unknown"),
        ({"health": "of a later server"}, "of a later server"),
        ({"verification": "running"}, "… verifying"),
        ({"verification": "withdrawn"}, "▲ withdrawn"),
        ({"quarantined": True}, "1.0.0+abc ✗"),
        ({"held": ["sue: test"]}, "1.0.0+abc ■"),
        ({"unmet": [{"blocks": False}, {"blocks": True}]}, "1.0.0+abc ◇"),
        ({"version": None}, "–"),
    ],
)
def test_every_state_has_a_mark_and_a_word(changed: dict[str, object], words: str) -> None:
    (row,) = board_rows([instance(cell(**changed))], wide=False)
    assert any(words in (one[0] if isinstance(one, Cell) else one) for one in row)


def test_the_marks_behind_versions_are_told_in_words() -> None:
    assert legend([instance(cell())]) == ""
    assert legend([instance(cell(held=["sue: test"]), cell())]) == "behind a version: ■ held"
    assert legend([instance(cell(quarantined=True))]) == "behind a version: ✗ quarantined"
    assert legend([instance(cell(unmet=[{"blocks": False}]))]) == ""
    unmet = legend([instance(cell(unmet=[{"blocks": True}]))])
    assert unmet == "behind a version: ◇ does not meet today's standards"


def test_what_is_on_its_way_is_said_before_what_waits() -> None:
    going = cell(underway="1.1.0", newer="1.2.0", waits="slot: busy")
    assert next_of(going) == "→ 1.1.0 is on its way"
    assert next_of(cell(newer="1.2.0", waits="slot: busy")) == "1.2.0 waits: slot: busy"
    assert next_of(cell()) is None
    assert list(waiting_lines([instance(cell(), going)])) == []


async def test_the_usual_names_of_regions_fit_eighty_columns(tmp_path: Path) -> None:
    names = ("dev", "staging", "production-ap-southeast-2", "production-us-west-2")
    estate = ESTATE.replace("prod1:", f"{names[2]}:").replace("prod2:", f"{names[3]}:")
    async with delivered(tmp_path, world=World(estate=estate, instances=names)) as served:
        await served.headway("hold", names[2], "--reason", "test")
        ran = await served.headway("status")
    (row,) = [line for line in ran.out.splitlines() if line.startswith(f"{names[2]} ")]
    assert "app1" in row
    assert "✓ verified" in row
    assert max(len(line) for line in ran.out.splitlines()) <= 80


async def test_an_estate_that_was_never_read_is_no_board_without_trouble(tmp_path: Path) -> None:
    world = World()
    world.remote.is_away = True
    async with serving(world, tmp_path) as served:
        ran = await served.headway("status")
        shown = await served.headway("status", "-o", "json")
        assert (ran.code, shown.code) == (1, 1)
        assert "was never read" in ran.out
        world.remote.is_away = False
        await world.look()
        assert (await served.headway("status")).code == 0
