"""An artifact of several images is walked one image at a time, whatever arrives together or fails."""

from datetime import timedelta

import pytest
from tests.fixtures.branches import assert_all_agree
from tests.fixtures.walked import ONE_WAVE, Walked, condemn, other_image
from tests.fixtures.world import INSTANCES

from headway.app.commands.promote import promote
from headway.app.commands.roll_back import roll_back
from headway.app.queries.why import why
from headway.domain.facts import SourceAway, SourceBack
from headway.domain.lock import LockEntry
from headway.domain.names import ArtifactName, Cell, InstanceName, Version
from headway.testing.simulated_engine import Behaviour, crashes

APP1 = ArtifactName("oc", "app1")


def instance(name: str) -> InstanceName:
    """Name an instance."""
    return InstanceName("oc", name)


def assert_one_at_a_time(world: Walked) -> None:
    """No commit of any branch changed two images of app1."""
    for name in INSTANCES:
        assert all(len(way) <= 1 for way in world.ways(name)), (name, world.ways(name))


async def test_an_image_and_a_commit_that_come_together_go_one_after_the_other() -> None:
    """In the first wave too; each instance on the way verifies both steps."""
    world = Walked()
    async with world.running():
        await world.go()
        world.publish("app1", "1.1.0")
        world.changed(proxy=2)
        await world.go(30)
        assert [world.ways(name) for name in INSTANCES] == [[("app1",), ("proxy",)]] * 4
        assert [world.runs(name) for name in INSTANCES] == [{"app1": "1.1.0", "helper": 1, "proxy": 2}] * 4
        assert_all_agree(world)


async def test_what_has_waited_longer_goes_first() -> None:
    world = Walked()
    async with world.running():
        await world.go()
        await world.hold_all("dev")
        world.changed(proxy=2)
        await world.go()
        world.publish("app1", "1.1.0")
        await world.go()
        await world.lift_all("dev")
        await world.go(30)
        assert [world.ways(name) for name in INSTANCES] == [[("proxy",), ("app1",)]] * 4


async def test_without_the_declaration_they_go_together() -> None:
    """The field is what does it: the same story of an ordinary artifact."""
    world = Walked(declares=False)
    async with world.running():
        await world.go()
        world.publish("app1", "1.1.0")
        world.changed(proxy=2)
        await world.go(30)
        assert world.ways("dev") == [("app1", "proxy")]


async def test_plain_configuration_goes_with_an_image_as_ever() -> None:
    world = Walked()
    async with world.running():
        await world.go()
        world.publish("app1", "1.1.0")
        world.configured("base 2")
        await world.go(30)
        assert [world.ways(name) for name in INSTANCES] == [[("app1",)]] * 4


@pytest.mark.parametrize("held", ["dev", "staging", "prod2"])
async def test_a_held_instance_walks_all_that_came_meanwhile(held: str) -> None:
    """Nothing is skipped where that would change two images; what can be skipped is."""
    world = Walked()
    async with world.running():
        await world.go()
        await world.hold_all(held)
        world.changed(proxy=2)
        await world.go()
        world.configured("base 2")
        world.publish("app1", "1.1.0")
        await world.go()
        world.changed(helper=2)
        await world.go()
        world.publish("app1", "1.2.0")
        world.changed(proxy=3)
        await world.go()
        await world.lift_all(held)
        await world.go(60)
        assert [world.runs(name) for name in INSTANCES] == [{"app1": "1.2.0", "helper": 2, "proxy": 3}] * 4
        assert_one_at_a_time(world)
        assert_all_agree(world)


async def test_twenty_five_versions_behind_are_walked_from_the_oldest_that_is_near() -> None:
    """The step may lie deeper than the plan weighs versions."""
    world = Walked(others=("proxy", "helper", "third"))
    async with world.running():
        await world.go()
        await world.hold_all("prod2")
        for number in range(2, 15):
            world.changed(proxy=number)
            await world.go()
            world.changed(**{("helper", "third")[number % 2]: number})
            await world.go()
        await world.lift_all("prod2")
        await world.go(300)
        assert world.runs("prod2") == world.runs("dev")
        assert_one_at_a_time(world)


async def test_a_commit_of_two_images_waits_until_people_part_it() -> None:
    """`why` names both and the way out; taking one back lets the other go, then it comes again."""
    world = Walked()
    async with world.running():
        await world.go()
        world.changed(proxy=2, helper=2)
        world.publish("app1", "1.1.0")
        await world.go(30)
        assert world.runs("dev") == {"app1": "1.1.0", "helper": 1, "proxy": 1}, "the image goes on alone"
        told = why(world.desk, Cell(APP1, instance("dev")))
        (shut,) = [one for answer in told.answers for one in answer.blocked]
        assert shut.gate == "images"
        assert "changes registry.example/oc/helper and registry.example/oc/proxy at once" in shut.words
        assert "the team: commits on main" in shut.who
        world.changed(helper=1)
        await world.go(30)
        world.changed(helper=2)
        await world.go(30)
        assert [world.runs(name) for name in INSTANCES] == [{"app1": "1.1.0", "helper": 2, "proxy": 2}] * 4
        assert_one_at_a_time(world)


async def test_parted_after_it_was_told_all_at_once_it_goes_too() -> None:
    """Both mending commits are there before anything is looked at."""
    world = Walked()
    async with world.running():
        await world.go()
        world.changed(proxy=2, helper=2)
        world.changed(helper=1)
        world.changed(helper=2)
        await world.go(60)
        assert [world.ways(name) for name in INSTANCES] == [[("proxy",), ("helper",)]] * 4


async def test_a_bad_image_beside_is_taken_back_and_stops_neither_the_other_half_nor_its_cure() -> None:
    world = Walked()
    condemn(world, "proxy", 2)
    async with world.running():
        await world.go()
        world.changed(proxy=2)
        await world.go()
        assert world.ways("dev") == [("proxy",), ("proxy",)], "tried and taken back"
        world.publish("app1", "1.1.0")
        await world.go(30)
        good = {"app1": "1.1.0", "helper": 1}
        assert [world.runs(name) for name in INSTANCES] == [{**good, "proxy": 1}] * 4
        world.changed(proxy=3)
        await world.go(30)
        assert [world.runs(name) for name in INSTANCES] == [{**good, "proxy": 3}] * 4
        assert_one_at_a_time(world)
        assert_all_agree(world)


async def test_a_bad_own_image_stops_no_other() -> None:
    world = Walked()
    async with world.running():
        await world.go()
        world.publish("app1", "1.1.0", crashes())
        world.changed(proxy=2)
        await world.go(30)
        assert world.runs("prod2") == {"app1": "1.0.0", "helper": 1, "proxy": 2}
        world.publish("app1", "1.2.0")
        await world.go(30)
        assert [world.runs(name) for name in INSTANCES] == [{"app1": "1.2.0", "helper": 1, "proxy": 2}] * 4
        assert_one_at_a_time(world)


async def test_frequent_images_do_not_starve_a_commit() -> None:
    world = Walked()
    async with world.running():
        await world.go()
        for number in range(1, 9):
            world.publish("app1", f"1.{number}.0", Behaviour(after=timedelta(seconds=20)))
            if number == 2:
                world.changed(proxy=2)
            await world.look()
            await world.pass_time(timedelta(seconds=15))
        await world.go(300)
        assert ("proxy",) in world.ways("dev")[:4], world.ways("dev")
        assert world.runs("prod2") == {"app1": "1.8.0", "helper": 1, "proxy": 2}
        assert_one_at_a_time(world)


async def test_a_person_who_asks_for_two_images_at_once_waits_too() -> None:
    """No `--now` lets them through."""
    world = Walked()
    async with world.running():
        await world.go()
        both = world.changed(proxy=2, helper=2)
        await world.go()
        dev = Cell(APP1, instance("dev"))
        standing = world.desk.situation.cell(dev).standing
        assert standing is not None
        asked = Version(standing.digest, both)
        await promote(world.desk, "pat", APP1, instance("dev"), asked, now=True, reason="hurry")
        await world.go(60)
        assert world.runs("dev") == {"app1": "1.0.0", "helper": 1, "proxy": 1}
        told = why(world.desk, dev)
        assert "images" in {one.gate for answer in told.answers for one in answer.blocked}


async def test_after_a_rollback_by_a_person_it_goes_on_one_at_a_time() -> None:
    world = Walked()
    async with world.running():
        await world.go()
        world.changed(proxy=2)
        await world.go(30)
        await roll_back(world.desk, "sue", APP1, (instance("prod2"),), reason="odd")
        await world.go(30)
        world.changed(helper=2)
        await world.lift_all("prod2")
        await world.go(60)
        assert world.runs("prod1") == {"app1": "1.0.0", "helper": 2, "proxy": 2}
        assert world.runs("prod2") == {"app1": "1.0.0", "helper": 1, "proxy": 1}, (
            "it holds what was taken back"
        )
        world.changed(proxy=1)
        await world.go(60)
        assert [world.runs(name) for name in INSTANCES] == [{"app1": "1.0.0", "helper": 2, "proxy": 1}] * 4
        assert_one_at_a_time(world)


async def test_a_region_that_was_away_follows_the_way_of_the_other() -> None:
    """The wave went on without it; each of its steps was one of the other region's."""
    world = Walked(ONE_WAVE)
    world.give_own_engine("production-2")
    async with world.running():
        await world.go()
        await world.record(SourceAway(source="engine", name="production-2", words="gone"))
        for number in range(2, 5):
            world.changed(proxy=number)
            await world.go(20)
            world.changed(helper=number)
            await world.go(20)
        assert world.runs("prod1") == {"app1": "1.0.0", "helper": 4, "proxy": 4}
        await world.record(SourceBack(source="engine", name="production-2"))
        await world.go(120)
        assert world.runs("prod2") == world.runs("prod1")
        assert set(world.locked_in("prod2")) <= set(world.locked_in("prod1"))
        assert_one_at_a_time(world)


async def test_after_a_lost_ledger_what_runs_is_rendered_and_walked_from() -> None:
    """As after adoption: first locks that no fact tells of."""
    world = Walked()
    async with world.running():
        await world.go()
    world.lose_ledger()
    world.publish("app1", "1.1.0")
    world.changed(proxy=2)
    async with world.running():
        for name in INSTANCES:
            await world.lift_all(name)
        await world.go(60)
        assert [world.runs(name) for name in INSTANCES] == [{"app1": "1.1.0", "helper": 1, "proxy": 2}] * 4
        assert_one_at_a_time(world)


async def test_what_failed_in_a_later_wave_is_walked_away_from_so_that_the_later_wave_can_follow() -> None:
    """Dev still runs what staging took back: first goes what staging can take, though it came later."""
    world = Walked()
    bad = other_image("proxy", 2)

    def script(instance: InstanceName, artifact: str, entry: LockEntry) -> Behaviour:
        runs = artifact == "app1" and bad in world.others_at(entry.commit)
        return crashes() if runs and instance.instance == "staging" else Behaviour()

    world.scripts = script
    async with world.running():
        await world.go()
        world.changed(proxy=2)
        await world.go(30)
        assert (world.runs("dev")["proxy"], world.runs("staging")["proxy"]) == (2, 1)
        await world.lift_all("staging")
        await world.hold_all("dev")
        world.publish("app1", "1.1.0")
        await world.go()
        world.changed(proxy=3)
        await world.go()
        await world.lift_all("dev")
        await world.go(60)
        assert world.ways("dev") == [("proxy",), ("proxy",), ("app1",)]
        assert [world.runs(name) for name in INSTANCES] == [{"app1": "1.1.0", "helper": 1, "proxy": 3}] * 4
        assert_one_at_a_time(world)
