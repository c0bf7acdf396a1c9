"""What only real Git can do to a source's order: clones that break, hosts that filter, names of branches."""

import asyncio
import subprocess
from pathlib import Path

import pytest
from tests.fixtures.git_remote import BareRemote, HttpRemote
from tests.fixtures.source_worlds import GitWorld

from headway.adapters.git.sources import GitSources
from headway.domain.errors import Transient


@pytest.fixture
def world(tmp_path: Path, git_settings: None) -> GitWorld:  # noqa: ARG001 - asked for what it sets
    """One source in real Git."""
    return GitWorld(tmp_path)


def clone_of(folder: Path) -> Path:
    """Give the only clone in a state folder."""
    (clone,) = (folder / "state").glob("*.git")
    return clone


async def test_only_commits_are_copied(world: GitWorld, tmp_path: Path) -> None:
    first = world.commit("one")
    assert await world.sources.places(world.url, [first]) == {first: 0}
    kept = await asyncio.to_thread(
        subprocess.run,
        ["git", "cat-file", "--batch-check=%(objecttype)", "--batch-all-objects"],
        cwd=clone_of(tmp_path),
        capture_output=True,
        check=True,
        text=True,
        timeout=90,
    )
    assert kept.stdout.split() == ["commit"]


async def test_commits_that_are_missing_are_copied_though_nothing_is_new(
    world: GitWorld, tmp_path: Path
) -> None:
    """The clone names the newest commit and does not hold it."""
    first = world.commit("one")
    await world.sources.places(world.url, [first])
    (clone_of(tmp_path) / "objects").rename(tmp_path / "gone")
    (clone_of(tmp_path) / "objects").mkdir()
    assert await world.sources.places(world.url, [first]) == {first: 0}


@pytest.mark.parametrize("broken", ["HEAD", "packed-refs", "objects", "refs"])
async def test_a_clone_that_cannot_be_read_is_copied_anew(
    world: GitWorld, tmp_path: Path, broken: str
) -> None:
    first = world.commit("one")
    await world.sources.places(world.url, [first])
    gone = clone_of(tmp_path) / broken
    if gone.is_dir():
        gone.rename(tmp_path / "gone")
        gone.mkdir()
    else:
        gone.write_text("nonsense")
    second = world.commit("two")
    for sources in (world.sources, GitSources(tmp_path / "state")):
        assert await sources.places(world.url, [first, second]) == {first: 0, second: 1}


async def test_the_default_branch_counts_whatever_its_name(world: GitWorld, tmp_path: Path) -> None:
    world.commit("one")
    remote = world._remote
    trunk = remote.commit("trunk", {"x": b"1"}, "first on trunk")
    remote.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    assert await GitSources(tmp_path / "state").places(world.url, [trunk]) == {trunk: 0}


async def test_a_host_that_filters_nothing_is_read_all_the_same(
    bare_remote: BareRemote, http_remote: HttpRemote, tmp_path: Path
) -> None:
    commits = [bare_remote.commit("main", {"x": str(one).encode()}) for one in range(3)]
    sources = GitSources(tmp_path / "state")
    found = await asyncio.gather(
        *(sources.places(http_remote.url("manifests.git"), commits) for _ in range(3))
    )
    assert found == [{commit: place for place, commit in enumerate(commits)}] * 3


async def test_a_host_that_names_a_branch_and_gives_nothing_is_away(
    bare_remote: BareRemote, http_remote: HttpRemote, tmp_path: Path
) -> None:
    first = bare_remote.commit("main", {"x": b"1"})
    http_remote.status_for["git-upload-pack"] = 503
    with pytest.raises(Transient) as raised:
        await GitSources(tmp_path / "state").places(http_remote.url("manifests.git"), [first])
    assert raised.value.code == "git-remote-away"
