"""The clone follows its remote through everything that people and disks do to it."""

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.fixtures.git_remote import BareRemote

from headway.adapters.git.manifests import GitManifests
from headway.app.ports import BranchPush, NewCommit, PushResult
from headway.domain.errors import Transient, UsageError
from headway.domain.names import CommitId, RepositoryName

Clone = Callable[[], GitManifests]
EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


@pytest.fixture
async def clone(tmp_path: Path, bare_remote: BareRemote) -> AsyncIterator[Clone]:
    """Open the one clone, as a process that starts anew does."""
    made: list[GitManifests] = []

    def make() -> GitManifests:
        made.append(GitManifests(name=RepositoryName("apps"), url=bare_remote.url, state=tmp_path / "state"))
        return made[-1]

    yield make
    for manifests in made:
        await manifests.close()


def folder(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "state").glob("apps-*.git")
    return found


async def test_rewritten_and_deleted_branches_are_followed(clone: Clone, bare_remote: BareRemote) -> None:
    bare_remote.commit("main", {"a": b"1"})
    bare_remote.commit("environments/a", {"a": b"1"})
    bare_remote.commit("topic", {"a": b"1"})
    manifests = clone()
    before = await manifests.fetch()
    assert set(before.environments) == {"a"}
    bare_remote.delete("main")
    bare_remote.delete("environments/a")
    main = bare_remote.commit("main", {"b": b"2"}, "Rewritten")
    bare_remote.commit("environments/a/b", {"a": b"1"})
    after = await manifests.fetch()
    assert after.main == main != before.main
    assert set(after.environments) == {"a/b"}
    bare_remote.delete("environments/a/b")
    assert (await manifests.fetch()).environments == {}


async def test_a_line_that_was_rewritten_is_given_whole(clone: Clone, bare_remote: BareRemote) -> None:
    manifests = clone()
    old = CommitId(bare_remote.commit("main", {"a": b"1"}))
    await manifests.fetch()
    bare_remote.delete("main")
    bare_remote.commit("main", {"b": b"2"}, "One")
    new = CommitId(bare_remote.commit("main", {"b": b"3"}, "Two"))
    await manifests.fetch()
    line = await manifests.main_line(old, new)
    assert [(one.commit.message.strip(), one.position) for one in line] == [("One", 0), ("Two", 1)]


async def test_merges_keep_the_first_parents_line_and_show_both_sides_in_history(
    clone: Clone, bare_remote: BareRemote
) -> None:
    base = bare_remote.commit("main", {"a": b"1"}, "Base")
    bare_remote.git("update-ref", "refs/heads/topic", base)
    side = bare_remote.commit("topic", {"b": b"2"}, "Side")
    straight = bare_remote.commit("main", {"c": b"3"}, "Straight")
    tree = bare_remote.git("rev-parse", f"{side}^{{tree}}")
    merge = bare_remote.git("commit-tree", tree, "-p", straight, "-p", side, "-m", "Merge")
    bare_remote.git("update-ref", "refs/heads/main", merge)
    manifests = clone()
    await manifests.fetch()
    line = await manifests.main_line(None, CommitId(merge))
    assert [one.commit.message.strip() for one in line] == ["Base", "Straight", "Merge"]
    history = await manifests.history(CommitId(merge), CommitId(straight))
    assert [one.message.strip() for one in history] == ["Side", "Merge"]
    touching = await manifests.history(CommitId(merge), None, "b")
    assert [one.message.strip() for one in touching] == ["Side"]


@pytest.mark.parametrize("file", ["HEAD", "config", "refs/heads/main"])
async def test_a_clone_that_is_no_repository_any_more_is_set_aside_and_made_anew(
    clone: Clone, bare_remote: BareRemote, tmp_path: Path, file: str
) -> None:
    bare_remote.commit("main", {"a": b"0"})
    await clone().fetch()
    (folder(tmp_path) / file).write_text("[garbage")
    tip = CommitId(bare_remote.commit("main", {"a": b"1"}))
    manifests = clone()
    assert (await manifests.fetch()).main == tip
    assert await manifests.read_files(tip, ["a"]) == {"a": b"1"}
    assert len(list((tmp_path / "state").glob("*.broken-*"))) == 1


async def test_a_clone_whose_objects_are_gone_is_found_out_and_made_anew(
    clone: Clone, bare_remote: BareRemote, tmp_path: Path
) -> None:
    tip = CommitId(bare_remote.commit("main", {"a/b": b"1"}))
    manifests = clone()
    await manifests.fetch()
    await manifests.close()
    blob = bare_remote.git("rev-parse", "main:a/b")
    lost = folder(tmp_path) / "objects" / blob[:2] / blob[2:]
    lost.chmod(0o600)
    lost.write_bytes(b"not zlib")
    manifests = clone()
    with pytest.raises(Transient) as damaged:
        await manifests.read_files(tip, ["a/b"])
    assert damaged.value.code == "clone-damaged"
    await manifests.fetch()
    assert await manifests.read_files(tip, ["a/b"]) == {"a/b": b"1"}


async def test_a_clone_that_was_deleted_under_us_is_made_anew_at_the_next_start(
    clone: Clone, bare_remote: BareRemote, tmp_path: Path
) -> None:
    tip = CommitId(bare_remote.commit("main", {"a": b"1"}))
    await clone().fetch()
    shutil.rmtree(folder(tmp_path))
    assert (await clone().fetch()).main == tip


@pytest.mark.parametrize(
    ("mode", "kind", "name"),
    [
        ("120000", "blob", "link"),
        ("160000", "commit", "module"),
        ("100644", "blob", ".."),
        ("100644", "blob", ".git"),
        ("100644", "blob", ".GIT"),
        ("100644", "blob", "a/b"),
        ("100644", "blob", "a\\b"),
        ("100644", "blob", "a\nb"),
    ],
)
async def test_a_hostile_entry_never_leaves_the_tree_and_is_named(
    clone: Clone, bare_remote: BareRemote, mode: str, kind: str, name: str
) -> None:
    content = bare_remote.make_blob(b"../../../etc/passwd")
    tree = bare_remote.make_tree((mode, kind, content, name), ("100644", "blob", content, "regular"))
    top = bare_remote.make_tree(("40000", "tree", tree, "app"))
    tip = CommitId(bare_remote.commit_tree("main", top, "Hostile", None))
    manifests = clone()
    await manifests.fetch()
    with pytest.raises(UsageError) as refused:
        await manifests.read_folder(tip, "app")
    assert refused.value.code == "path-outside"
    assert repr(f"app/{name}") in str(refused.value)
    assert (await manifests.read_files(tip, [f"app/{name}"])) == {f"app/{name}": None}
    await manifests.list_folder(tip, "app")
    await manifests.tree_ids(tip, [f"app/{name}", f"app/{name}/x"])


async def test_a_commit_message_in_no_encoding_is_read_all_the_same(
    clone: Clone, bare_remote: BareRemote
) -> None:
    tree = bare_remote.make_tree(("100644", "blob", EMPTY_BLOB, "a"))
    raw = b"tree %s\nauthor \xe9 <e@x> 1 +0000\ncommitter e <e@x> 1 +0000\n\n\xff\xfe\n" % tree.encode()
    bare_remote.make_blob(b"")
    made = bare_remote.git("hash-object", "-t", "commit", "-w", "--stdin", given=raw)
    bare_remote.git("update-ref", "refs/heads/main", made)
    manifests = clone()
    await manifests.fetch()
    (commit,) = await manifests.history(CommitId(made), None)
    assert commit.message == "\ufffd\ufffd\n"


async def test_a_hundred_promotions_in_a_thousand_applications_are_one_push_of_small_edits(
    clone: Clone, bare_remote: BareRemote
) -> None:
    manifests = clone()
    files: dict[str, bytes] = {}
    for number in range(1000):
        for part in ("lock.yaml", "manifests/app/deployment-app.yaml"):
            files[f"shop-{number}/staging/{part}"] = b"%d\n" % number
    tree = await manifests.write_folder(files)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    start = NewCommit(edits={"": tree}, message="x", author="A <a@b>", at=at)
    (began,) = await manifests.push(
        [BranchPush(branch="environments/staging", expected=None, commits=(start,))]
    )
    folder_id = await manifests.write_folder({"d.yaml": b"new"})
    commits = tuple(
        NewCommit(
            edits={
                f"shop-{number}/staging/lock.yaml": b"new",
                f"shop-{number}/staging/manifests/app": folder_id,
            },
            message=f"{number}",
            author="A <a@b>",
            at=at,
        )
        for number in range(100)
    )
    (pushed,) = await manifests.push(
        [BranchPush(branch="environments/staging", expected=began.tip, commits=commits)]
    )
    assert pushed.result is PushResult.LANDED
    assert bare_remote.git("rev-list", "--count", "environments/staging") == "101"
    assert bare_remote.show("environments/staging", "shop-7/staging/lock.yaml") == "new"
    changed = bare_remote.git("diff", "--name-only", f"{pushed.commits[0]}^", pushed.commits[0]).split()
    assert all(path.startswith("shop-0/") for path in changed)
