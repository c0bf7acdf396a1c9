"""`headway metrics`: numbers, what is beside them, charts that fit, and the deployments behind each."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fixtures.served import Served, delivered

from headway.domain.names import ArtifactName, InstanceName
from headway.interfaces.cli.charts import bars, sparkline
from headway.interfaces.cli.spans import shown_span


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A delivered world in which app1 1.1.0 went out and was taken back in the first region."""
    async with delivered(tmp_path) as one:
        one.world.publish("app1", "1.1.0")
        await one.world.look()
        ran = await one.headway("rollback", "app1", "--from", "prod1", "--reason", "errors")
        assert ran.code == 0, ran.err
        await one.world.settle()
        yield one


async def test_the_table_tells_all_five_and_what_is_beside_them(served: Served) -> None:
    ran = await served.headway("metrics", "--since", "30d")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0].startswith("production-1, production-2  (")
    for name, value in (
        ("deployment frequency", "2 deployments"),
        ("change failure rate", "1 of 2 judged"),
        ("recovery time", "1 failures"),
        ("rework rate", "1 rollbacks, 0 forward of 3"),
    ):
        (line,) = [one for one in lines if one.startswith(name)]
        assert line.endswith(value), line
    assert "  4 first locks" in lines
    assert all(len(line) <= 80 for line in lines), max(lines, key=len)


async def test_side_by_side_each_region_has_its_own(served: Served) -> None:
    ran = await served.headway("metrics", "--by", "region", "-o", "json")
    found = {one["name"]: one for one in json.loads(ran.out)["groups"]}
    assert [found[name]["failed"] for name in ("one", "two")] == [1, 0]
    assert (found["one"]["judged"], found["one"]["failure_rate"], found["one"]["rework"]) == (1, 1.0, 1)
    shown = await served.headway("metrics", "--by", "region")
    assert [line.split()[0] for line in shown.out.splitlines() if line.startswith(("one", "two"))] == [
        "one",
        "two",
    ]


async def test_a_configurations_lead_time_is_from_its_commit(served: Served) -> None:
    served.world.commit("Change it", {"oc/app2/base/deployment.yaml": b"base 2\n"})
    await served.world.look()
    ran = await served.headway("metrics", "--artifact", "app2", "-o", "json")
    lead = json.loads(ran.out)["metrics"]["lead_time"]
    assert (lead["configuration"], lead["from_commit"]["count"], lead["unknown"]) == (2, 2, 0)


async def test_each_number_leads_to_its_deployments(served: Served) -> None:
    ran = await served.headway("metrics", "--deployments", "failed", "-o", "json")
    (failed,) = json.loads(ran.out)
    assert (failed["artifact"], failed["instance"], failed["failed_by"]) == (
        "oc/app1",
        "oc/prod1",
        "taken-back",
    )
    told = await served.headway("metrics", "--deployments", "deployed", "--limit", "1")
    assert "Earlier ones: --before" in told.out
    history = json.loads((await served.headway("history", "-o", "json")).out)
    assert failed["promotion_id"] in {one["promotion_id"] for one in history}
    assert failed["recovered_by"] in {one["promotion_id"] for one in history if one["kind"] == "rollback"}
    none = await served.headway("metrics", "--deployments", "open")
    assert none.out == "There is none.\n"


async def test_what_cannot_be_asked_is_told_in_three_parts(served: Served) -> None:
    ran = await served.headway("metrics", "--owner", "nobody")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: there is no owner 'nobody'")


async def test_a_terminal_of_plain_letters_gets_charts_too(served: Served) -> None:
    ran = await served.headway("metrics", encoding="ascii")
    assert ran.code == 0
    assert "?" not in ran.out


async def test_the_world_rolled_back_what_it_should(served: Served) -> None:
    cell = (ArtifactName("oc", "app1"), InstanceName("oc", "prod1"))
    assert served.world.tag_in("prod1") == "1.0.0", cell


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([0, 1, 2, 4], 10, "▁▃▅█"),
        ([None, 3], 10, "·█"),
        ([0, 0], 10, "▁▁"),
        ([], 10, ""),
        ([1, 9, 2, 3, None, None], 3, "█▃·"),
    ],
)
def test_a_line_of_marks_fits_and_shows_the_largest(
    values: list[float | None], width: int, line: str
) -> None:
    assert sparkline(values, width) == line


def test_a_bar_of_something_is_never_nothing() -> None:
    lines = list(bars([("few", 1), ("many", 1000), ("none", 0)]))
    assert [line.count("█") for line in lines] == [1, 24, 0]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "-"),
        (0, "0 s"),
        (0.25, "250 ms"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (93_700, "1 d 2 h"),
    ],
)
def test_a_span_is_told_by_its_two_largest_parts(seconds: float | None, words: str) -> None:
    assert shown_span(seconds) == words
