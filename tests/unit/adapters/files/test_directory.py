"""A plain folder on a desk is read as a commit would be."""

from pathlib import Path

import pytest

from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.document import MAX_BYTES
from headway.domain.errors import UsageError
from headway.domain.estate.problems import EstateInvalid
from headway.domain.names import RepositoryName


@pytest.fixture
def desk(tmp_path: Path, whole_estate: str, whole_application: str) -> Path:
    """Lay out the right estate."""
    directory = tmp_path / "apps"
    for overlay in ("dev", "prod"):
        (directory / "shop" / "app1" / "overlays" / overlay).mkdir(parents=True)
    (directory / "estate.yaml").write_text(whole_estate)
    (directory / "shop" / "application.yaml").write_text(whole_application)
    return directory


def test_a_folder_gives_its_files_and_folders(desk: Path) -> None:
    (desk / ".git" / "refs").mkdir(parents=True)
    (desk / "standards").mkdir()
    tree = tree_from_directory(desk)
    assert tree.repository == "apps"
    assert tree.commit is None
    assert sorted(tree.files) == ["estate.yaml", "shop/application.yaml"]
    assert tree.folders == {"shop/app1", "shop/app1/overlays/dev", "shop/app1/overlays/prod"}
    assert read_estate({tree.repository: tree}).warnings == ()


def test_mistakes_are_told_by_the_path_that_was_given(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "shop" / "application.yaml").write_text("kind: Application\n")
    monkeypatch.chdir(desk.parent)
    tree = tree_from_directory(Path("apps"))
    with pytest.raises(EstateInvalid, match=r"^apps/shop/application.yaml:1: apiVersion: it is missing"):
        read_estate({tree.repository: tree})
    monkeypatch.chdir(desk)
    tree = tree_from_directory(Path())
    assert tree.repository == "apps"
    with pytest.raises(EstateInvalid, match=r"^shop/application.yaml:1: apiVersion: it is missing"):
        read_estate({tree.repository: tree})


def test_symbolic_links_are_not_followed_and_told(desk: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "application.yaml").write_text("a secret")
    (desk / "other").symlink_to(secret)
    (desk / "drawings").symlink_to(tmp_path)
    (desk / "shop" / "app2").symlink_to(secret)
    (desk / "shop" / "application.yaml").unlink()
    (desk / "shop" / "application.yaml").symlink_to(secret / "application.yaml")
    tree = tree_from_directory(desk)
    assert list(tree.files) == ["estate.yaml"]
    assert tree.folders == frozenset()
    assert tree.odd_files == {"other/application.yaml", "shop/application.yaml"}
    with pytest.raises(
        EstateInvalid, match=r"/shop/application.yaml:1: the file: it is a symbolic link"
    ) as told:
        read_estate({tree.repository: tree})
    assert [one.application for one in told.value.problems] == ["other", "shop"]


@pytest.mark.parametrize("target", ["real.yaml", "nowhere.yaml"])
def test_an_estate_file_that_is_a_link_is_refused_as_one(desk: Path, target: str) -> None:
    (desk / "estate.yaml").rename(desk / "real.yaml")
    (desk / "estate.yaml").symlink_to(target)
    tree = tree_from_directory(desk)
    with pytest.raises(EstateInvalid, match=r"/estate.yaml:1: the file: it is a symbolic link") as told:
        read_estate({tree.repository: tree})
    assert len(told.value.problems) == 1


def test_no_more_is_read_of_a_file_than_may_be_in_it(desk: Path) -> None:
    (desk / "shop" / "application.yaml").write_bytes(b"#" * (MAX_BYTES + 100))
    tree = tree_from_directory(desk)
    assert len(tree.files["shop/application.yaml"]) == MAX_BYTES + 1
    with pytest.raises(EstateInvalid, match="bytes, and 262144 are the most that is read"):
        read_estate({tree.repository: tree})


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        tree_from_directory(tmp_path / "gone", RepositoryName("apps"))
    assert caught.value.code == "folder-missing"
    assert "no such file or directory" in str(caught.value)
