"""`headway deployability`: the five answers of an application, and of all."""

import json
from pathlib import Path

from tests.fixtures.served import delivered
from tests.fixtures.world import ESTATE, World

from headway.testing.simulated_engine import crashes


async def test_one_application_is_told_with_what_led_there(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        served.world.publish("app1", "1.1.0", crashes())
        await served.world.look()
        ran = await served.headway("deployability", "--application", "oc")
        plain = await served.headway("deployability", "--application", "oc", encoding="ascii")
        document = json.loads((await served.headway("deployability", "-o", "json")).out)
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert all(len(line) <= 100 for line in lines)
    for question in ("deployable throughout", "mended first", "on demand at any time"):
        assert any(line.startswith(question) for line in lines)
    assert any("oc/app1: failed (fact " in line for line in lines)
    assert plain.code == 0
    (one,) = document["applications"]
    assert (one["application"], one["mending"]["open"]) == ("oc", 1)
    assert one["on_demand"]["last_proof"] is not None
    assert [question["key"] for question in document["questions"]] == [
        "throughout",
        "kept_first",
        "feedback",
        "mending",
        "on_demand",
    ]


async def test_definitions_are_told_beside_the_answers(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway("deployability", "--definitions")
    assert "  first thing that people did about it − not deployable any more." in ran.out


async def test_a_freeze_of_production_is_time_without_demand(tmp_path: Path) -> None:
    """Frozen on weekends: from Monday on, the last seven days hold two days of it."""
    frozen = ESTATE.replace(
        "  - {wave: production-1, instances: {prod1: production-1}}",
        "  - wave: production-1\n    instances: {prod1: production-1}\n    gates:\n      freeze:\n"
        '      - {schedule: "0 0 * * 6", lasts: 2d, timeZone: UTC, reason: the weekend}',
    )
    assert frozen != ESTATE
    async with delivered(tmp_path, world=World(estate=frozen)) as served:
        ran = await served.headway("deployability", "--since", "7d", "-o", "json")
    (one,) = json.loads(ran.out)["applications"]
    assert round(one["on_demand"]["frozen"], 3) == round(2 / 7, 3)


async def test_an_owner_without_an_application_is_told(tmp_path: Path) -> None:
    async with delivered(tmp_path) as served:
        ran = await served.headway("deployability", "--owner", "nobody")
    assert (ran.code, ran.out) == (2, "")
