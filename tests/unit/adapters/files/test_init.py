"""What `headway init` writes works at once: it is read, built by Kustomize, published by its README."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from headway.adapters.files import read_estate, tree_from_directory
from headway.adapters.files.init import INSTANCES, REPOSITORIES, write_estate
from headway.domain.errors import UsageError
from headway.domain.estate.sources import EstateRead

PROJECT = Path(__file__).parents[4]
KUSTOMIZE = os.environ.get("HEADWAY_KUSTOMIZE", str(PROJECT / ".tools" / "bin" / "kustomize"))


def read_written(directory: Path) -> EstateRead:
    trees = [tree_from_directory(directory / name) for name in REPOSITORIES]
    return read_estate({tree.repository: tree for tree in trees})


def test_what_is_written_is_read_without_a_warning(tmp_path: Path) -> None:
    written = write_estate(tmp_path / "estate", person="ann")
    assert all(path.is_file() for path in written)
    read = read_written(tmp_path / "estate")
    assert read.warnings == ()
    assert sorted(read.estate.applications) == ["nats", "oneconnect"]
    assert [one.instance for one in read.estate.instances("oneconnect")] == list(INSTANCES)
    assert read.estate.roles == {"platform": ("ann",), "support": ("ann",)}


def test_the_given_registry_and_remotes_stand_everywhere(tmp_path: Path) -> None:
    write_estate(
        tmp_path, person="ann", registry="harbor.example.com/demo", remotes="https://git.example.com/x/"
    )
    estate = read_written(tmp_path).estate
    images = [
        one.image.repository
        for app in estate.applications.values()
        for one in app.artifacts.values()
        if one.image
    ]
    assert sorted(images) == [
        "harbor.example.com/demo/oneconnect/app1",
        "harbor.example.com/demo/oneconnect/app2",
        "harbor.example.com/demo/system/nats",
    ]
    assert {one.url for one in estate.repositories.values()} == {
        "https://git.example.com/x/argocd-oc-apps.git",
        "https://git.example.com/x/argocd-oc-system.git",
    }
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "127.0.0.1" in path.read_text()]


def test_every_overlay_is_built_by_the_real_kustomize(tmp_path: Path) -> None:
    write_estate(tmp_path, person="ann")
    overlays = sorted(path.parent for path in tmp_path.glob("*/*/*/overlays/*/kustomization.yaml"))
    assert len(overlays) == 4 * len(INSTANCES)
    for overlay in overlays:
        done = subprocess.run(
            [KUSTOMIZE, "build", str(overlay)], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "kind: Service" in done.stdout


def test_the_readme_publishes_both_repositories_where_the_estate_says(tmp_path: Path) -> None:
    directory = tmp_path / "an estate"
    write_estate(directory, person="ann")
    readme = (directory / "README.md").read_text(encoding="utf-8")
    command = next(line.strip() for line in readme.splitlines() if line.strip().startswith("for r in"))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.com",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.com",
    }
    subprocess.run(["sh", "-ec", command], cwd=directory, env=environment, timeout=60, check=True)
    for repository in read_written(directory).estate.repositories.values():
        done = subprocess.run(
            ["git", "ls-remote", repository.url],
            env=environment,
            timeout=60,
            check=True,
            capture_output=True,
            text=True,
        )
        assert re.search(r"refs/heads/main$", done.stdout.strip())


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as caught:
        write_estate(tmp_path, person="ann")
    assert caught.value.code == "folder-not-empty"
    assert str(caught.value) == (
        f"{tmp_path} is not empty: it holds mine.txt, and nothing there is ever written over. "
        "name a folder that is empty or not there"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "estate").write_text("mine")
    with pytest.raises(UsageError, match="estate is a file"):
        write_estate(tmp_path / "estate", person="ann")
    with pytest.raises(UsageError, match="cannot be written: not a directory"):
        write_estate(tmp_path / "estate" / "inner", person="ann")


@pytest.mark.parametrize(
    "odd", [{"person": 'a"b'}, {"person": " "}, {"registry": "http://x"}, {"remotes": "/x\n- y"}]
)
def test_words_that_cannot_stand_in_a_file_are_refused(tmp_path: Path, odd: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        write_estate(tmp_path, **{"person": "ann", **odd})
    assert caught.value.code == "init-malformed"
    assert list(tmp_path.iterdir()) == []
