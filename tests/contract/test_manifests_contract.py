"""The port `Manifests`: what every implementation does, in memory and with real Git over a path and HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headway.adapters.git.manifests import GitManifests
from headway.app.ports import BranchPush, BranchPushed, Manifests, NewCommit, PushResult
from headway.domain.errors import UsageError
from headway.domain.names import CommitId, EnvironmentName, RepositoryName, TreeId
from headway.testing.manifests import InMemoryManifests, RemoteInMemory

AUTHOR = "Headway <headway@example.org>"
STAGING = "environments/staging"
NOBODY = CommitId("0123456789" * 4)

Clone = Callable[[], Manifests]


@pytest.fixture(params=["memory", "git over a path", "git over http"])
async def clone(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Clone]:
    """Make any number of clones of one remote."""
    made: list[InMemoryManifests | GitManifests] = []
    shared = RemoteInMemory()
    if request.param != "memory":
        remote = request.getfixturevalue("bare_remote")
        if request.param == "git over http":
            request.getfixturevalue("http_remote")

    def make() -> Manifests:
        if request.param == "memory":
            made.append(InMemoryManifests(shared))
        else:
            state = tmp_path / "state" / str(len(made))
            made.append(GitManifests(name=RepositoryName("apps"), url=remote.url, state=state))
        return made[-1]

    yield make
    for manifests in made:
        await manifests.close()


def change(
    edits: Mapping[str, bytes | TreeId | None], message: str = "Change", author: str = AUTHOR
) -> NewCommit:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    return NewCommit(edits=edits, message=message, author=author, at=at)


async def push(
    manifests: Manifests, branch: str, expected: CommitId | None, *commits: NewCommit
) -> BranchPushed:
    (pushed,) = await manifests.push([BranchPush(branch=branch, expected=expected, commits=commits)])
    return pushed


async def land(manifests: Manifests, branch: str, expected: CommitId | None, *commits: NewCommit) -> CommitId:
    pushed = await push(manifests, branch, expected, *commits)
    assert pushed.result is PushResult.LANDED
    assert pushed.tip is not None
    return pushed.tip


async def test_an_empty_remote_has_no_branches(clone: Clone) -> None:
    refs = await clone().fetch()
    assert refs.main is None
    assert refs.environments == {}


async def test_what_one_clone_pushes_another_fetches(clone: Clone) -> None:
    ours, theirs = clone(), clone()
    main = await land(ours, "main", None, change({"a/b.yaml": b"x: 1\n"}))
    staging = await land(ours, STAGING, None, change({"c/d.yaml": b"y: 2\n"}))
    refs = await theirs.fetch()
    assert refs.main == main
    assert refs.environments == {EnvironmentName("staging"): staging}
    assert await theirs.read_files(staging, ["c/d.yaml", "a/b.yaml"]) == {
        "c/d.yaml": b"y: 2\n",
        "a/b.yaml": None,
    }


async def test_a_branch_that_exists_is_not_made_anew(clone: Clone) -> None:
    ours, theirs = clone(), clone()
    tip = await land(theirs, STAGING, None, change({"a": b"1"}))
    pushed = await push(ours, STAGING, None, change({"a": b"2"}))
    assert pushed.result is PushResult.MOVED
    assert pushed.tip == tip


async def test_a_lost_race_says_moved_and_where_the_branch_stands_now(clone: Clone) -> None:
    ours, theirs = clone(), clone()
    first = await land(ours, STAGING, None, change({"a": b"1"}))
    await theirs.fetch()
    second = await land(theirs, STAGING, first, change({"a": b"2"}))
    pushed = await push(ours, STAGING, first, change({"b": b"1"}))
    assert pushed.result is PushResult.MOVED
    assert pushed.tip == second
    assert await ours.read_files(second, ["a"]) == {"a": b"2"}
    await land(ours, STAGING, second, change({"b": b"1"}))


async def test_the_same_commit_on_the_same_parent_has_the_same_id_and_is_found_landed(clone: Clone) -> None:
    ours, theirs = clone(), clone()
    first = await push(ours, STAGING, None, change({"a": b"1"}))
    again = await push(theirs, STAGING, None, change({"a": b"1"}))
    assert again.result is PushResult.LANDED
    assert again.commits == first.commits


async def test_a_commit_that_others_built_on_is_found_landed(clone: Clone) -> None:
    ours, theirs = clone(), clone()
    first = await land(ours, STAGING, None, change({"a": b"1"}))
    second = await land(ours, STAGING, first, change({"a": b"2"}))
    again = await push(theirs, STAGING, None, change({"a": b"1"}))
    assert again.result is PushResult.LANDED
    assert again.tip == second


async def test_one_push_carries_many_branches_and_a_moved_one_stops_only_itself(clone: Clone) -> None:
    ours, theirs = clone(), clone()
    moved = await land(theirs, "environments/b", None, change({"a": b"theirs"}))
    pushed = await ours.push(
        [
            BranchPush(branch=f"environments/{name}", expected=None, commits=(change({"a": b"1"}),))
            for name in "abc"
        ]
    )
    assert [one.result for one in pushed] == [PushResult.LANDED, PushResult.MOVED, PushResult.LANDED]
    assert (await theirs.fetch()).environments["b"] == moved


async def test_commits_of_one_branch_stand_on_each_other_in_order(clone: Clone) -> None:
    manifests = clone()
    tip = await land(
        manifests, STAGING, None, change({"a": b"1"}, "One"), change({"b": b"2"}, "Two\n\nReason: why\n")
    )
    one, two = await manifests.history(tip, None)
    assert (one.message, two.parents) == ("One", (one.id,))
    assert two.trailers == {"Reason": ("why",)}
    assert two.author == AUTHOR
    assert two.committed_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert await manifests.history(tip, one.id) == [two]
    assert [commit.message for commit in await manifests.history(tip, None, "a")] == ["One"]


async def test_edits_replace_and_remove_files_and_folders_and_pass_over_what_is_not_there(
    clone: Clone,
) -> None:
    manifests = clone()
    start = await land(
        manifests,
        STAGING,
        None,
        change({"a/x": b"1", "a/y": b"2", "b/z": b"3", "c": b"4", "d/e/f": b"5", "k": b"9"}),
    )
    folder = await manifests.write_folder({"new/n": b"6", "m": b"7"})
    tip = await land(
        manifests,
        STAGING,
        start,
        change({"a": folder, "b": None, "c": b"8", "d/e/f": None, "gone/x": None, "k/no": None}),
    )
    assert await manifests.read_folder(tip, "") == {"a/new/n": b"6", "a/m": b"7", "c": b"8", "k": b"9"}
    assert await manifests.list_folder(tip, "") == ["a/", "c", "k"]
    assert await manifests.list_folder(tip, "d") == []
    ids = await manifests.tree_ids(tip, ["a", "b", ""])
    assert ids["a"] == folder
    assert ids["b"] is None
    head = (await manifests.history(tip, start))[0]
    assert head.tree == ids[""]


async def test_a_folder_of_an_earlier_commit_can_be_put_back(clone: Clone) -> None:
    manifests = clone()
    first = await land(manifests, STAGING, None, change({"a/x": b"1", "k": b"k"}))
    second = await land(manifests, STAGING, first, change({"a/x": b"2"}))
    before = (await manifests.tree_ids(first, ["a"]))["a"]
    third = await land(manifests, STAGING, second, change({"a": before}))
    assert await manifests.read_folder(third, "a") == {"x": b"1"}
    assert await manifests.tree_ids(third, [""]) == await manifests.tree_ids(first, [""])


async def test_equal_folders_have_equal_ids_wherever_they_stand(clone: Clone) -> None:
    manifests = clone()
    tip = await land(manifests, "main", None, change({"a/x": b"1", "b/x": b"1", "c/x": b"2"}))
    ids = await manifests.tree_ids(tip, ["a", "b", "c", "a/x"])
    assert ids["a"] == ids["b"] != ids["c"]
    assert ids["a"] == await manifests.write_folder({"x": b"1"})
    assert ids["a/x"] is not None


async def test_a_stored_folder_is_read_back_by_its_tree(clone: Clone) -> None:
    manifests = clone()
    await land(manifests, "main", None, change({"n": b"1"}))
    tree = await manifests.write_folder({"a": b"1", "b/c": b"2"})
    assert await manifests.read_tree(tree) == {"a": b"1", "b/c": b"2"}
    with pytest.raises(UsageError, match="no tree"):
        await manifests.read_tree(TreeId("0" * 40))


async def test_mains_line_counts_positions_from_the_first_commit(clone: Clone) -> None:
    manifests = clone()
    tip: CommitId | None = None
    ids = []
    for number in range(4):
        tip = await land(manifests, "main", tip, change({"n": b"%d" % number}))
        ids.append(tip)
    line = await manifests.main_line(None, ids[3])
    assert [(one.commit.id, one.position) for one in line] == list(zip(ids, range(4), strict=True))
    newer = await manifests.main_line(ids[1], ids[3])
    assert [(one.commit.id, one.position) for one in newer] == [(ids[2], 2), (ids[3], 3)]
    assert await manifests.main_line(ids[3], ids[3]) == []
    assert await manifests.main_line(NOBODY, ids[3]) == line
    assert await clone_of(clone, ids[1], ids[3]) == newer


async def clone_of(clone: Clone, since: CommitId, until: CommitId) -> object:
    fresh = clone()
    await fresh.fetch()
    return await fresh.main_line(since, until)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a//b", ".git/config", "a/../../b", "a/.GIT/x"])
async def test_a_path_out_of_the_tree_reads_nothing_and_cannot_be_written(clone: Clone, path: str) -> None:
    manifests = clone()
    tip = await land(manifests, "main", None, change({"a": b"1"}))
    assert await manifests.read_files(tip, [path]) == {path: None}
    assert await manifests.tree_ids(tip, [path]) == {path: None}
    assert await manifests.read_folder(tip, path) == {}
    with pytest.raises(UsageError) as refused:
        await push(manifests, "main", tip, change({path: b"x"}))
    assert refused.value.code == "path-outside"


async def test_what_cannot_be_pushed_is_refused_before_anything_is_sent(clone: Clone) -> None:
    manifests = clone()
    no_tree = TreeId("ab" * 20)
    for branch, commits, code in (
        ("a..b", (change({"a": b"1"}),), "branch-malformed"),
        ("ok", (), "push-empty"),
        ("ok", (change({"a": b"1"}, author="nobody"),), "author-malformed"),
        ("ok", (change({"a": no_tree}),), "tree-unknown"),
        ("ok", (change({"a": b"1", "a/b": b"2"}),), "path-is-file"),
    ):
        with pytest.raises(UsageError) as refused:
            await push(manifests, branch, None, *commits)
        assert refused.value.code == code
    with pytest.raises(UsageError) as unknown:
        await manifests.read_files(NOBODY, ["a"])
    assert unknown.value.code == "commit-unknown"


async def test_a_push_on_a_commit_that_nobody_has_says_moved(clone: Clone) -> None:
    pushed = await push(clone(), STAGING, NOBODY, change({"a": b"1"}))
    assert pushed.result is PushResult.MOVED
    assert pushed.tip is None


async def test_ten_promoters_on_one_branch_lose_and_double_nothing(clone: Clone) -> None:
    first, second = clone(), clone()

    async def promote(manifests: Manifests, name: str) -> None:
        tip = (await manifests.fetch()).environments.get(EnvironmentName("staging"))
        while True:
            pushed = await push(manifests, STAGING, tip, change({name: b"1"}, name))
            if pushed.result is PushResult.LANDED:
                return
            tip = pushed.tip

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(promote((first, second)[number % 2], f"p{number}"))
    tip = (await first.fetch()).environments[EnvironmentName("staging")]
    messages = [commit.message for commit in await first.history(tip, None)]
    assert sorted(messages) == [f"p{number}" for number in range(10)]
