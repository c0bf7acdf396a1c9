"""Images that are ordered by their source's commits: builds end in any order, deliveries do not."""

from datetime import timedelta

from tests.fixtures.branches import assert_all_agree
from tests.fixtures.world import World

from headway.app.queries.why import why
from headway.domain.facts import ImageFound, SourceAway, SourceCommitsFound
from headway.domain.names import ArtifactName, Cell, InstanceName
from headway.testing.clock import EPOCH

SOURCE = "https://git.example/cloud/app1.git"
APPLICATION = f"""\
apiVersion: headway.dev/v1
kind: Application
lane: standard
artifacts:
  app1: {{image: {{repository: "registry.example/oc/app1", source: "{SOURCE}"}}}}
"""
APP1 = ArtifactName("oc", "app1")
COMMITS = [f"{number:040x}" for number in range(1, 9)]
SECOND = timedelta(seconds=5)


def _world(*line: str) -> World:
    world = World(application=APPLICATION, artifacts=("app1",))
    world.sources.lines[SOURCE] = list(line)
    return world


async def _build(world: World, tag: str, commit: str | None) -> None:
    """Publish an image that was built from a commit, and let it travel as far as it goes."""
    world.publish("app1", tag, source_commit=commit)
    await world.look()
    await world.pass_time(SECOND)


async def test_an_older_commit_that_is_built_later_replaces_nothing() -> None:
    """The builds of the second and the first commit end in the wrong order; the third goes on."""
    world = _world(*COMMITS[:3])
    async with world.running():
        await _build(world, "second", COMMITS[1])
        assert world.tags() == ["second"] * 4
        await _build(world, "first", COMMITS[0])
        assert world.tags() == ["second"] * 4
        await _build(world, "third", COMMITS[2])
        assert world.tags() == ["third"] * 4
        assert len(await world.promotions()) == 8
        assert_all_agree(world)


async def test_images_of_the_first_look_have_the_order_of_their_commits() -> None:
    """What nobody saw come is ordered all the same; so it is after the ledger was lost."""
    world = _world(*COMMITS[:3])
    for tag, commit in (("second", COMMITS[1]), ("third", COMMITS[2]), ("first", COMMITS[0])):
        world.publish("app1", tag, source_commit=commit)
    async with world.running():
        await world.pass_time(SECOND)
        assert world.tags() == ["third"] * 4
    world.lose_ledger()
    async with world.running():
        await world.pass_time(SECOND)
        shelf = world.desk.situation.shelf(APP1)
        assert [shelf.images[one].label for one in shelf.newest_images] == ["third", "second", "first"]


async def test_while_the_source_is_away_no_new_image_has_an_order() -> None:
    """The older commit is built last, while nobody can say that it is: nothing goes, and it is said."""
    world = _world(*COMMITS[:3])
    async with world.running():
        await _build(world, "second", COMMITS[1])
        world.sources.away = True
        await _build(world, "third", COMMITS[2])
        await _build(world, "first", COMMITS[0])
        await world.pass_time(timedelta(minutes=1))
        assert world.tags() == ["second"] * 4
        assert [one.name for one in await world.facts(SourceAway)] == ["source of oc/app1"]  # type: ignore[attr-defined]
        told = why(world.desk, Cell(APP1, InstanceName("oc", "dev"))).conclusion
        assert "first has no place in the order of versions: its source commit 000000000000 was not" in told
        world.sources.away = False
        await world.pass_time(timedelta(minutes=1))
        assert world.tags() == ["third"] * 4
        assert not world.desk.situation.away
        assert_all_agree(world)


async def test_the_order_stays_over_a_restart_without_the_source() -> None:
    """Places are facts: the source may be away for good, and what was known is known."""
    world = _world(*COMMITS[:3])
    async with world.running():
        await _build(world, "second", COMMITS[1])
        await world.hold_all("dev")
        await _build(world, "third", COMMITS[2])
        await _build(world, "first", COMMITS[0])
    world.sources.away = True
    async with world.running():
        await world.lift_all("dev")
        await world.pass_time(SECOND)
        assert world.tags() == ["third"] * 4


async def test_an_image_of_a_commit_that_is_not_on_the_line_goes_nowhere_by_itself() -> None:
    """Built from a change that is not merged; once the line holds its commit, it goes."""
    world = _world(*COMMITS[:1])
    async with world.running():
        await _build(world, "first", COMMITS[0])
        await _build(world, "change", COMMITS[1])
        await _build(world, "unlabelled", None)
        assert world.tags() == ["first"] * 4
        told = why(world.desk, Cell(APP1, InstanceName("oc", "dev"))).conclusion
        assert "unlabelled has no place in the order of versions: it names no source commit" in told
        world.sources.lines[SOURCE].append(COMMITS[1])
        await world.pass_time(timedelta(minutes=11))
        assert world.tags() == ["change"] * 4


async def test_after_history_was_rewritten_nothing_is_older_or_newer_than_what_it_dropped() -> None:
    """What runs was built from a dropped commit: a person promotes once, then the new line has its order."""
    world = _world(*COMMITS[:3])
    async with world.running():
        await _build(world, "third", COMMITS[2])
        assert world.tags() == ["third"] * 4
        world.sources.lines[SOURCE] = [COMMITS[0], COMMITS[4], COMMITS[5], COMMITS[6], COMMITS[7]]
        await _build(world, "anew", COMMITS[6])
        assert world.tags() == ["third"] * 4
        for instance in ("dev", "staging", "prod1", "prod2"):
            newest = world.desk.situation.shelf(APP1).newest_images[0]
            locked = world.desk.situation.cell(Cell(APP1, InstanceName("oc", instance))).locked
            assert locked is not None
            await world.record_asked(instance, APP1, locked.__class__(newest, locked.commit), by="sue")
            await world.pass_time(SECOND)
        assert world.tags() == ["anew"] * 4
        await _build(world, "older", COMMITS[5])
        await _build(world, "newer", COMMITS[7])
        assert world.tags() == ["newer"] * 4
        assert_all_agree(world)


async def test_a_new_tag_keeps_an_images_place() -> None:
    """The registry tells of a new tag and knows no places: the order stays without asking the source."""
    world = _world(*COMMITS[:2])
    async with world.running():
        await _build(world, "first", COMMITS[0])
        digest = world.publish("app1", "second", source_commit=COMMITS[1])
        await world.look()
        world.sources.away = True
        world.registry.move_tag("registry.example/oc/app1", "also", digest)
        await world.look()
        found = [one for one in await world.facts(ImageFound) if isinstance(one, ImageFound)]
        assert [one.source_position for one in found if one.digest == digest] == [None, 1, 1]
        await world.pass_time(SECOND)
        assert len(set(world.tags())) == 1


async def test_a_path_is_a_name_for_people_and_gives_no_order() -> None:
    """As before: images go in the order in which they were first seen."""
    world = World(application=APPLICATION.replace(SOURCE, "cloud/app1.git"), artifacts=("app1",))
    async with world.running():
        await _build(world, "second", COMMITS[1])
        await _build(world, "first", COMMITS[0])
        assert world.tags() == ["first"] * 4


async def test_a_range_that_is_declared_later_orders_without_the_source() -> None:
    """What runs is outside the new range, and keeps the rank of the rule before: nobody compares the two."""
    world = _world(*COMMITS[:2])
    async with world.running():
        await _build(world, "nightly", COMMITS[0])
        ranged = APPLICATION.replace(
            f'source: "{SOURCE}"', f'source: "{SOURCE}", versions: {{semver: ">=1.0"}}'
        )
        world.commit("Versions", {"oc/application.yaml": ranged.encode()})
        await world.look()
        await _build(world, "1.0.0", COMMITS[1])
        assert world.tags() == ["nightly"] * 4


async def test_every_commit_of_the_line_is_recorded_once_built_or_not() -> None:
    """From the place of the first image on; of what came before it nothing is asked."""
    world = _world(*COMMITS[:5])
    for number, commit in enumerate(COMMITS[:4]):
        world.sources.times[commit] = EPOCH + number * SECOND
    async with world.running():
        await _build(world, "second", COMMITS[1])
        await _build(world, "fifth", COMMITS[4])
        await world.look()
        found = [one for one in await world.facts(SourceCommitsFound) if isinstance(one, SourceCommitsFound)]
        told = [(one.position, one.commit, one.committed_at) for fact in found for one in fact.commits]
        assert told == [
            (1, COMMITS[1], EPOCH + SECOND),
            (2, COMMITS[2], EPOCH + 2 * SECOND),
            (3, COMMITS[3], EPOCH + 3 * SECOND),
            (4, COMMITS[4], None),
        ]
