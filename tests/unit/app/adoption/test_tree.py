"""What an overlay is made of, and which folders an artifact declares to share."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from headway.adapters.kustomize.folder_trees import FolderTrees
from headway.app.adoption.tree import WithFiles, reached_folders, shared_paths
from headway.domain.errors import UsageError
from headway.domain.names import CommitId

ANY = CommitId("0" * 40)


def trees(folder: Path, files: Mapping[str, str]) -> FolderTrees:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return FolderTrees(folder)


async def test_bases_and_components_are_followed_to_the_end(tmp_path: Path) -> None:
    found = trees(
        tmp_path,
        {
            "a/overlays/dev/kustomization.yaml": "resources: [../../base, https://x.example/y]\n",
            "a/base/kustomization.yml": "resources: [all.yaml]\ncomponents: [../../common/tls]\n",
            "common/tls/Kustomization": "resources: []\n",
            "common/other/kustomization.yaml": "resources: []\n",
        },
    )
    assert await reached_folders(found, ANY, "a/overlays/dev") == ("a/overlays/dev", "a/base", "common/tls")


async def test_a_folder_without_a_kustomization_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        await reached_folders(trees(tmp_path, {"a/all.yaml": "kind: X\n"}), ANY, "a")
    assert caught.value.code == "overlay-missing"


@pytest.mark.parametrize("outside", ["../..", "../../../x"])
async def test_what_reaches_the_root_or_further_is_refused(tmp_path: Path, outside: str) -> None:
    found = trees(tmp_path, {"a/dev/kustomization.yaml": f"resources: [{outside}]\n"})
    with pytest.raises(UsageError) as caught:
        await reached_folders(found, ANY, "a/dev")
    assert caught.value.code == "path-outside"
    assert caught.value.what.startswith("a/dev/kustomization.yaml")


def test_the_folder_around_overlays_is_shared_unless_others_have_theirs_there() -> None:
    reached = ["oc/overlays/dev", "oc/base", "common/tls"]
    assert shared_paths(reached, ["oc/overlays/dev"], []) == ("common/tls", "oc/base", "oc/overlays")
    assert shared_paths(["dev/oc", "base/oc"], ["dev/oc"], ["dev/other"]) == ("base/oc", "dev/oc")
    assert shared_paths(["oc/dev", "oc/base"], ["oc/dev"], []) == ("oc",)


async def test_files_that_nobody_committed_are_there_beside_the_others(tmp_path: Path) -> None:
    under = trees(tmp_path, {"a/one": "1"})
    more = WithFiles(under, {"a/two": b"2", "b/three": b"3"})
    assert await more.read_folder(ANY, "a") == {"one": b"1", "two": b"2"}
    assert await more.read_files(ANY, ["a/two", "a/none"]) == {"a/two": b"2", "a/none": None}
    ids, plain = await more.tree_ids(ANY, ["a", "b", "c"]), await under.tree_ids(ANY, ["a", "b", "c"])
    assert ids["a"] not in (None, plain["a"])
    assert (plain["b"], ids["c"]) == (None, None)
    assert ids["b"] is not None
