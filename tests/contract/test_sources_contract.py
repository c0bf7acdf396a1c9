"""What every adapter of the port `Sources` keeps: the commits of a source's main line, in order."""

from pathlib import Path

import pytest
from tests.fixtures.source_worlds import GitWorld, SourceWorld, WorldInMemory

from headway.domain.errors import Transient


@pytest.fixture(params=["memory", "git"])
def world(request: pytest.FixtureRequest, tmp_path: Path, git_settings: None) -> SourceWorld:  # noqa: ARG001 - asked for what it sets
    """One source, not committed to yet."""
    return WorldInMemory() if request.param == "memory" else GitWorld(tmp_path)


async def test_commits_stand_in_the_order_of_the_main_line(world: SourceWorld) -> None:
    first, second, third = (world.commit(one) for one in ("one", "two", "three"))
    assert await world.sources.places(world.url, {third, first}) == {first: 0, third: 2}
    assert await world.sources.places(world.url, [second]) == {second: 1}


async def test_a_later_commit_comes_after_all_that_were_there(world: SourceWorld) -> None:
    first = world.commit("one")
    assert await world.sources.places(world.url, [first]) == {first: 0}
    second = world.commit("two")
    assert await world.sources.places(world.url, [first, second]) == {first: 0, second: 1}


async def test_what_is_not_on_the_line_is_left_out(world: SourceWorld) -> None:
    first = world.commit("one")
    aside = world.commit_aside("aside")
    last = world.commit("two")
    unknown = ["0" * 40, first[:12], "main", "--all", ""]
    found = await world.sources.places(world.url, [first, aside, last, *unknown])
    assert found == {first: 0, last: 2}


async def test_a_source_without_a_commit_has_no_places(world: SourceWorld) -> None:
    assert await world.sources.places(world.url, ["0" * 40]) == {}


async def test_after_history_was_rewritten_only_the_new_line_counts(world: SourceWorld) -> None:
    first, dropped = world.commit("one"), world.commit("two")
    assert await world.sources.places(world.url, [first, dropped]) == {first: 0, dropped: 1}
    world.rewind(first)
    anew = world.commit("two, mended")
    found = await world.sources.places(world.url, [first, dropped, anew])
    assert found == {first: 0, anew: 1}


async def test_a_source_that_is_away_is_unknown_and_the_next_question_goes_on(world: SourceWorld) -> None:
    first = world.commit("one")
    world.go_away()
    for _ in range(2):
        with pytest.raises(Transient):
            await world.sources.places(world.url, [first])
    world.come_back()
    assert await world.sources.places(world.url, [first]) == {first: 0}
    world.go_away()
    with pytest.raises(Transient) as raised:
        await world.sources.places(world.url, [first])
    assert raised.value.code == "git-remote-away"


async def test_a_stretch_of_the_line_tells_each_commit_and_when_it_was_made(world: SourceWorld) -> None:
    line = [world.commit(one) for one in ("one", "two", "three")]
    await world.sources.places(world.url, line)
    found = await world.sources.stretch(world.url, 1, 2)
    assert [(one.commit, one.position) for one in found] == [(line[1], 1), (line[2], 2)]
    assert [one.committed_at for one in found] == [world.committed_at(one) for one in line[1:]]


async def test_a_stretch_ends_where_the_line_does_and_is_empty_where_nobody_looked(
    world: SourceWorld,
) -> None:
    first = world.commit("one")
    assert await world.sources.stretch(world.url, 0, 9) == []
    await world.sources.places(world.url, [first])
    assert [one.commit for one in await world.sources.stretch(world.url, -5, 9)] == [first]
    assert await world.sources.stretch(world.url, 1, 9) == []
