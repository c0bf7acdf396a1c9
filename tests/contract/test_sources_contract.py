"""What every adapter of the port `Sources` keeps: the order of commits on a source's main line."""

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
